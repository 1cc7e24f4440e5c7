// Runs before every page of a call under faults, after the probe: watches the media that
// comes in, what is shown of the others, and writes in the chat by itself.
(() => {
  window.smaller = { width: 160, height: 90 };
  if (window !== top) return;

  // Media

  const worker = new Worker("/watch_worker.js");
  const asked = new Map();
  worker.onmessage = ({ data: { question, answer } }) => asked.get(question)(answer);
  const SLOTS = ["microphone", "camera"];

  function attach(connection, transceiver) {
    const slot = SLOTS[connection.getTransceivers().indexOf(transceiver)];
    if (!slot || transceiver.receiver.transform) return;
    const index = probe.connections.indexOf(connection);
    transceiver.receiver.transform = new RTCRtpScriptTransform(worker, {
      name: `${index} ${slot}`,
    });
  }

  const connected = [];
  const Probed = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Probed {
    constructor(...words) {
      super(...words);
      this.addEventListener("track", ({ transceiver }) => attach(this, transceiver));
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") connected.push(Date.now());
      });
    }
    addTransceiver(...words) {
      const made = super.addTransceiver(...words);
      attach(this, made);
      return made;
    }
  };

  // Signalling

  let heardAt = 0;
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...words) {
      super(...words);
      this.addEventListener("message", () => {
        heardAt = Date.now();
      });
    }
  };

  // Tiles

  const TROUBLE = ["data-lost", "data-connecting"];
  const seen = [];
  const isTile = (node) =>
    node instanceof Element && node.matches('[data-part="tile"][data-seat]:not([data-own])');
  const note = (tile, what) =>
    seen.push({ at: Date.now(), seat: tile.dataset.seat, name: tile.ariaLabel, what });
  new MutationObserver((changes) => {
    for (const { type, target, attributeName, addedNodes, removedNodes } of changes) {
      if (type === "attributes") {
        if (isTile(target) && target.hasAttribute(attributeName)) note(target, attributeName);
        continue;
      }
      for (const node of addedNodes) if (isTile(node)) note(node, "came");
      for (const node of removedNodes) if (isTile(node) && !node.isConnected) note(node, "went");
    }
  }).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: TROUBLE,
  });

  // Chat

  let written = 0;
  let writing = 0;
  function write(name) {
    const form = document.querySelector('[data-part="chat-form"]');
    form.querySelector("textarea").value = `${name} ${written}`;
    written += 1;
    form.requestSubmit();
  }

  window.watch = {
    seen,
    /** When the server was heard last. */
    heardAt: () => heardAt,
    /** When connections were established. */
    connected,
    /** Of every stream of this page: the longest gap and the packets between two times. */
    gaps(from, to) {
      const question = crypto.randomUUID();
      const { promise, resolve } = Promise.withResolvers();
      asked.set(question, resolve);
      worker.postMessage({ question, from, to });
      return promise;
    },
    /** Write "<name> 0", "<name> 1", … so many times a second, until told to stop. */
    write(name, perSecond) {
      clearInterval(writing);
      writing = setInterval(() => write(name), 1000 / perSecond);
    },
    stopWriting() {
      clearInterval(writing);
    },
    /** How many this page has written so far. */
    written: () => written,
    /** All that the chat shows, in order. */
    read() {
      return [...document.querySelectorAll('[data-part="log"] [data-part="text"]')].map(
        (text) => text.textContent,
      );
    },
  };
})();
