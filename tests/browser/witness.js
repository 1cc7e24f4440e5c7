// Runs after the probe and before an honest page: what it plays and shows of somebody, who is told by the certificate of
// their page, and when it closed the pair with them.
(() => {
  const sounds = [];
  const closed = [];
  const forwarded = [];
  const { close, createDataChannel } = RTCPeerConnection.prototype;

  window.Audio = new Proxy(Audio, {
    construct(Plain, words) {
      const element = new Plain(...words);
      sounds.push(element);
      return element;
    },
  });

  RTCPeerConnection.prototype.close = function () {
    if (this.connectionState !== "closed") {
      closed.push({ print: printOf(this.remoteDescription), at: Date.now() });
    }
    return close.call(this);
  };

  RTCPeerConnection.prototype.createDataChannel = function (...words) {
    const channel = createDataChannel.apply(this, words);
    channel.addEventListener("message", ({ data }) => {
      if (typeof data !== "string" || !data.includes('"relayed"')) return;
      forwarded.push(JSON.parse(data).from);
    });
    return channel;
  };

  function printOf(description) {
    return /^a=fingerprint:(.*)$/m.exec(description?.sdp ?? "")?.[1].trim() ?? "";
  }

  /** The numbers of the slots that these elements let out of what comes from a page. */
  function slotsOf(print, elements, kind) {
    const found = new Set();
    for (const connection of probe.connections) {
      if (printOf(connection.remoteDescription) !== print) continue;
      for (const [slot, { receiver }] of connection.getTransceivers().entries()) {
        const { track } = receiver;
        if (track.kind !== kind || !track.enabled || track.readyState !== "live") continue;
        if (elements.some(({ srcObject }) => srcObject?.getTracks().includes(track))) {
          found.add(slot);
        }
      }
    }
    return [...found].sort();
  }

  const plays = (element) => !element.paused && !element.muted;
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });

  const facts = {
    /** Nothing of these slots is played or shown. */
    without: (print, slots) => {
      const { heard, seen } = witness.lets(print);
      return ![...heard, ...seen].some((slot) => slots.includes(slot));
    },
    /** The pair is closed, and there is no other. */
    apart: (print) =>
      probe.connections.every(
        (each) => each.connectionState === "closed" || printOf(each.remoteDescription) !== print,
      ),
    /** A person can read this on the page, in one piece. */
    says: (words) =>
      [...document.querySelectorAll("body *")].some(
        (each) =>
          each.childElementCount === 0 &&
          each.textContent.replaceAll(/\s+/g, " ").includes(words) &&
          isSeen(each),
      ),
  };

  window.witness = {
    /** The certificate that the others know this page by. */
    print: () => printOf(probe.connections.map((each) => each.localDescription).find(Boolean)),
    /** The slots of that page which can be heard and seen here now. */
    lets: (print) => ({
      heard: slotsOf(print, sounds.filter(plays), "audio"),
      seen: slotsOf(print, [...document.querySelectorAll("video")].filter(isSeen), "video"),
    }),
    /** When pairs with that page were closed here. */
    closed: (print) => closed.filter((each) => each.print === print).map(({ at }) => at),
    /** How many signals thirds brought in the name of a seat. */
    forwarded: (seat) => forwarded.filter((from) => from === seat).length,
    /** The time at which a fact has come true. */
    async when(fact, ...words) {
      while (!facts[fact](...words)) await new Promise((resolve) => setTimeout(resolve, 5));
      return Date.now();
    },
    /** The loudest of what each slot of that page gives to an ear in this time, 0 to 1. */
    async loudest(print, milliseconds) {
      const context = new AudioContext();
      const wave = new Float32Array(2048);
      const peaks = {};
      const ears = [];
      for (const element of sounds.filter(plays)) {
        const [slot] = slotsOf(print, [element], "audio");
        if (slot === undefined) continue;
        const analyser = context.createAnalyser();
        context.createMediaStreamSource(element.srcObject).connect(analyser);
        ears.push({ slot, analyser });
        peaks[slot] = 0;
      }
      const end = performance.now() + milliseconds;
      while (performance.now() < end) {
        for (const { slot, analyser } of ears) {
          analyser.getFloatTimeDomainData(wave);
          for (const sample of wave) peaks[slot] = Math.max(peaks[slot], Math.abs(sample));
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await context.close();
      return peaks;
    },
    /** How many packets of each slot of that page have come. */
    async packets(print) {
      const found = [0, 0, 0, 0];
      for (const connection of probe.connections) {
        if (printOf(connection.remoteDescription) !== print) continue;
        for (const [slot, { receiver }] of connection.getTransceivers().entries()) {
          for (const part of (await receiver.getStats()).values()) {
            if (part.type === "inbound-rtp") found[slot] += part.packetsReceived ?? 0;
          }
        }
      }
      return found;
    },
  };
})();
