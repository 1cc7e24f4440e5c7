// Runs before every page of a test that roams, after the probe: when the others' voices came, and did not.
(() => {
  const QUIET_MS = 500;
  const counts = new Map();
  const gaps = [];
  let heardAt = 0;

  async function look() {
    const now = Date.now();
    let grew = false;
    for (const connection of probe.connections) {
      if (connection.signalingState === "closed") continue;
      const [voice] = connection.getTransceivers();
      if (!voice) continue;
      for (const part of (await voice.receiver.getStats()).values()) {
        if (part.type !== "inbound-rtp") continue;
        if (part.packetsReceived > (counts.get(connection) ?? 0)) grew = true;
        counts.set(connection, part.packetsReceived);
      }
    }
    if (!grew) return;
    if (heardAt && now - heardAt > QUIET_MS) gaps.push([heardAt, now]);
    heardAt = now;
  }

  async function listen() {
    await look();
    setTimeout(listen, 50);
  }
  listen();

  window.roaming = {
    /** Times, of more than half a second, in which no voice came: from, to. */
    gaps,
    heardAt: () => heardAt,
    connections: () => probe.connections.length,
  };
})();
