// Runs before every page of both sides: asks for the same camera picture, and keeps the
// page's connections within reach, so that what they send can be read.
(() => {
  const camera = __CAMERA__;
  const connections = [];

  class Watched extends RTCPeerConnection {
    constructor(...words) {
      super(...words);
      connections.push(this);
    }
  }
  window.RTCPeerConnection = Watched;

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) =>
    open(wanted.video ? { ...wanted, video: { ...camera } } : wanted);

  /** What one connection sends as video, its slots added up; null where it sends none. */
  async function sent(connection) {
    const facts = {
      frames: 0,
      width: 0,
      height: 0,
      bytes: 0,
      encoding: 0,
      target: 0,
      limits: [],
      codec: "",
      encoder: "",
    };
    const report = await connection.getStats();
    for (const part of report.values()) {
      if (part.type !== "outbound-rtp" || part.kind !== "video" || !part.framesEncoded) continue;
      facts.frames += part.framesEncoded;
      facts.width = part.frameWidth ?? facts.width;
      facts.height = part.frameHeight ?? facts.height;
      facts.bytes += part.bytesSent;
      facts.encoding += part.totalEncodeTime;
      facts.target += part.active === false ? 0 : (part.targetBitrate ?? 0);
      facts.limits.push(part.qualityLimitationReason);
      facts.codec = report.get(part.codecId)?.mimeType ?? "";
      facts.encoder = part.encoderImplementation ?? "";
    }
    return facts;
  }

  window.bench = {
    /** Of every connection that is up, in the order in which they were made. */
    async sending() {
      const up = connections.filter(({ connectionState }) => connectionState === "connected");
      return { at: performance.now(), pairs: await Promise.all(up.map(sent)) };
    },
    /** What comes in and is decoded, of all connections. */
    async watching() {
      const facts = { pixels: 0, decoding: 0, widths: [] };
      const reports = await Promise.all(connections.map((each) => each.getStats()));
      for (const part of reports.flatMap((report) => [...report.values()])) {
        if (part.type !== "inbound-rtp" || part.kind !== "video" || !part.framesDecoded) continue;
        const { framesDecoded, frameWidth = 0, frameHeight = 0 } = part;
        facts.widths.push(frameWidth);
        facts.pixels += framesDecoded * frameWidth * frameHeight;
        facts.decoding += part.totalDecodeTime ?? 0;
      }
      return facts;
    },
    /** What this page would ask of those it shows: the boxes in device pixels, and its own rule for the rate. */
    async asked() {
      const { cameraRate } = await import("/static/js/call/upkeep/policy.js");
      const ratio = devicePixelRatio;
      const tiles = [...document.querySelectorAll('[data-part="tile"]')];
      return tiles
        .filter(({ dataset }) => dataset.seat !== undefined && dataset.own === undefined)
        .map((tile) => tile.getBoundingClientRect())
        .map(({ width, height }) => ({
          width: Math.round(width * ratio),
          height: Math.round(height * ratio),
          rate: cameraRate({ large: false, tiles: tiles.length, height }),
        }));
    },
  };
})();
