// Runs before every page of both sides. Notes when a button was pressed and when the first
// frame of each remote picture was presented, in milliseconds since 1970; asks both sides
// for the same camera picture.
(() => {
  const camera = __CAMERA__;
  const remote = new Set();
  const first = new Map();
  const waiting = new Set();
  const connections = [];
  const now = () => performance.timeOrigin + performance.now();

  class Watched extends RTCPeerConnection {
    constructor(...words) {
      super(...words);
      connections.push(this);
      this.addEventListener("track", ({ track }) => remote.add(track.id));
    }
  }
  window.RTCPeerConnection = Watched;

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (wanted) =>
    open(wanted.video ? { ...wanted, video: { ...camera } } : wanted);

  function presented(video) {
    for (const track of video.srcObject?.getVideoTracks() ?? []) {
      if (!first.has(track.id)) first.set(track.id, { at: now(), remote: remote.has(track.id) });
    }
    for (const check of waiting) check();
    video.requestVideoFrameCallback(() => presented(video));
  }

  const watched = new WeakSet();
  const source = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...source,
    set(stream) {
      source.set.call(this, stream);
      if (!(this instanceof HTMLVideoElement) || watched.has(this)) return;
      watched.add(this);
      this.requestVideoFrameCallback(() => presented(this));
    },
  });

  addEventListener(
    "click",
    (event) => {
      window.stopwatch.pressed = performance.timeOrigin + event.timeStamp;
    },
    { capture: true },
  );

  window.stopwatch = {
    pressed: 0,
    /** When this document's navigation began. */
    began: performance.timeOrigin,
    /** Resolves with the time by which `count` pictures newer than `since` were presented. */
    saw(count, since, ownPicture = false) {
      return new Promise((resolve) => {
        const check = () => {
          const times = [...first.values()]
            .filter((one) => one.at > since && one.remote !== ownPicture)
            .map((one) => one.at)
            .sort((a, b) => a - b);
          if (times.length < count) return;
          waiting.delete(check);
          resolve(times[count - 1]);
        };
        waiting.add(check);
        check();
      });
    },
    /** Resolves when all connections have said everything they have to say. */
    async quiet() {
      const busy = ({ connectionState, iceGatheringState }) =>
        connectionState === "connecting" ||
        (connectionState === "connected" && iceGatheringState !== "complete");
      while (connections.some(busy)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
})();
