// Runs before every page of a test that roams, after the probe: when the others' voices came, and did not.
(() => {
  // What was said to whom, and how connections and sockets were, for a failing test to tell.
  const log = [];
  const note = (...what) => log.push(`${Math.round(performance.now())} ${what.join(" ")}`);
  const typeOf = (frame) => /"type":"([a-z-]+)"/.exec(frame)?.[1];
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...words) {
      super(...words);
      note("socket");
      this.addEventListener("open", () => note("socket open"));
      this.addEventListener("close", ({ code }) => note("socket closed", code));
      this.addEventListener(
        "message",
        ({ data }) => typeOf(data) !== "pong" && note("<", typeOf(data)),
      );
    }
    send(frame) {
      note(">", typeOf(frame));
      super.send(frame);
    }
  };
  const Probed = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Probed {
    constructor(...words) {
      super(...words);
      note("connection");
      this.addEventListener("connectionstatechange", () => note(this.connectionState));
    }
  };

  const QUIET_MS = 500;
  const CALM_MS = 1000;
  const voices = new Map();
  const gaps = [];
  let most = 0;
  let heardAt = 0;
  let isWhole = false;

  async function look() {
    for (const connection of probe.connections) {
      if (connection.signalingState === "closed") continue;
      const [voice] = connection.getTransceivers();
      if (!voice) continue;
      for (const part of (await voice.receiver.getStats()).values()) {
        if (part.type !== "inbound-rtp") continue;
        const before = voices.get(connection);
        if (part.packetsReceived === (before?.count ?? 0)) continue;
        voices.set(connection, { count: part.packetsReceived, at: Date.now() });
      }
    }
    const now = Date.now();
    const heard = [...voices.values()].filter(({ at }) => now - at < QUIET_MS).length;
    most = Math.max(most, heard);
    if (heard < most || !most) {
      isWhole = false;
      return;
    }
    if (!isWhole && heardAt) gaps.push([heardAt, now]);
    isWhole = true;
    heardAt = now;
  }

  async function listen() {
    await look();
    setTimeout(listen, 50);
  }
  listen();

  window.roaming = {
    /** Times, of more than half a second, in which fewer voices came than before: from, to. */
    gaps,
    /** Whether all of them have been heard without a gap for a while. */
    isCalm: () => isWhole && Date.now() - (gaps.at(-1)?.[1] ?? 0) > CALM_MS,
    log,
  };
})();
