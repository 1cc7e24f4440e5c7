// Runs before every page whose restarts are counted: what it makes and says to mend a pair that is in no need of it.
(() => {
  const counts = { connections: 0, searches: 0, offers: 0, wishes: 0, keyframes: 0 };

  const made = [];
  const Plain = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Plain {
    constructor(...words) {
      super(...words);
      counts.connections += 1;
      made.push(this);
    }
    restartIce() {
      counts.searches += 1;
      super.restartIce();
    }
    async setLocalDescription(...words) {
      await super.setLocalDescription(...words);
      if (this.localDescription?.type === "offer") counts.offers += 1;
    }
  };

  // By whichever way.
  for (const { prototype } of [WebSocket, RTCDataChannel]) {
    const { send } = prototype;
    prototype.send = function (frame) {
      if (String(frame).includes('"type":"restart"')) counts.wishes += 1;
      if (String(frame).includes('"type":"keyframe"')) counts.keyframes += 1;
      return send.call(this, frame);
    };
  }

  const lost = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.matches("[data-part=tile][data-lost]")) lost.push(target.ariaLabel);
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-lost"] });

  // A screen on which something moves until it is told not to.
  let drawing = 0;
  if (navigator.mediaDevices) {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
      const pen = canvas.getContext("2d");
      const stream = canvas.captureStream(5);
      drawing = setInterval(() => {
        pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
        pen.fillRect(0, 0, 1280, 720);
      }, 200);
      return stream;
    };
  }

  window.restarts = {
    counts: () => ({ ...counts }),
    /** How many connections are up. */
    up: () => made.filter(({ connectionState }) => connectionState === "connected").length,
    lost,
    standStill: () => clearInterval(drawing),
  };
})();
