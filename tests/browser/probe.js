// Runs before every page of a test: keeps what the page makes of WebRTC within reach of
// the test, and asks for a small picture, so that five people fit on two cores.
(() => {
  const connections = [];
  const tracks = [];
  const shared = [];

  class Probed extends RTCPeerConnection {
    constructor(...words) {
      super(...words);
      connections.push(this);
    }
  }
  window.RTCPeerConnection = Probed;

  addEventListener("securitypolicyviolation", (event) => {
    console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`);
  });

  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wanted) => {
      const small = { width: 320, height: 180, frameRate: 10, ...window.smaller };
      const video = wanted?.video;
      const stream = await open(
        video ? { ...wanted, video: { ...(video === true ? {} : video), ...small } } : wanted,
      );
      tracks.push(...stream.getTracks());
      return stream;
    };
    const show = devices.getDisplayMedia?.bind(devices);
    devices.getDisplayMedia = async (wanted) => {
      probe.displayWanted = wanted;
      const stream = await show(wanted);
      shared.push(...stream.getTracks());
      return stream;
    };
  }

  async function inbound(transceiver) {
    const facts = {
      frames: 0,
      width: 0,
      packets: 0,
      emitted: 0,
      energy: 0,
      codec: "",
    };
    const report = await transceiver.receiver.getStats();
    for (const part of report.values()) {
      if (part.type === "codec") facts.codec = part.mimeType;
      if (part.type !== "inbound-rtp") continue;
      facts.frames = part.framesDecoded ?? 0;
      facts.width = part.frameWidth ?? 0;
      facts.packets = part.packetsReceived ?? 0;
      facts.emitted = part.jitterBufferEmittedCount ?? 0;
      facts.energy = part.totalAudioEnergy ?? 0;
    }
    return facts;
  }

  async function route(connection) {
    const report = await connection.getStats();
    for (const part of report.values()) {
      if (part.type !== "transport" || !part.selectedCandidatePairId) continue;
      const pair = report.get(part.selectedCandidatePairId);
      return [
        report.get(pair?.localCandidateId)?.candidateType ?? "",
        report.get(pair?.remoteCandidateId)?.candidateType ?? "",
      ];
    }
    return [];
  }

  async function describe(connection) {
    return {
      index: connections.indexOf(connection),
      state: connection.connectionState,
      signaling: connection.signalingState,
      route: await route(connection),
      slots: await Promise.all(
        connection.getTransceivers().map(async (transceiver) => ({
          mid: transceiver.mid,
          kind: transceiver.receiver.track.kind,
          direction: transceiver.direction,
          current: transceiver.currentDirection,
          sends: transceiver.sender.track?.readyState === "live",
          ...(await inbound(transceiver)),
        })),
      ),
    };
  }

  window.probe = {
    connections,
    displayWanted: null,
    /** Every connection that is up, with its slots and what came in on each. */
    async pairs() {
      const up = connections.filter((one) => one.connectionState === "connected");
      return Promise.all(up.map(describe));
    },
    /** Kinds and states of all tracks that this page got from its devices. */
    tracks() {
      return tracks.map(({ kind, readyState, enabled }) => ({ kind, readyState, enabled }));
    },
    /** Ends the shared screen as the browser's own bar does. */
    endShare() {
      for (const track of shared) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },
  };
})();
