// Runs after the probe and before the call's own modules: the page of somebody who obeys nobody. It goes on sending
// whatever it is told, says of itself what it likes, takes no connection down, hears of no removal, and comes back to the
// server with its old token for as long as it lives.
(() => {
  /** The server's words that it does not want to know. */
  const UNHEARD = ["peer-revoked", "peer-left", "peer-asks", "ending", "error", "restarting"];
  const NOTHING = JSON.stringify({ type: "pong" });
  const Plain = window.WebSocket;
  const { createDataChannel } = RTCPeerConnection.prototype;
  /** @type {RTCDataChannel[]} */
  const channels = [];
  /** @type {WebSocket[]} */
  const sockets = [];

  const rogue = {
    seat: "",
    /** Tokens of the own seat, the newest last. */
    tokens: [],
    /** What is said of the own slots in place of what is true. */
    lies: {},
    /** The close codes of all sockets, in order. */
    codes: [],
    /** What the page was not shown. */
    unheard: [],
    url: "",

    /** Says a message on every channel to another page; to how many. */
    shout(message) {
      const open = channels.filter(({ readyState }) => readyState === "open");
      for (const channel of open) channel.send(JSON.stringify(message));
      return open.length;
    },

    /** Says a message to the server, on the socket that serves this page. */
    tell(message) {
      sockets.findLast(({ readyState }) => readyState === Plain.OPEN).send(JSON.stringify(message));
    },

    /** What the server says to somebody who comes with an old token and asks for the seat, and how it ends. */
    comeBack(token, protocol) {
      const socket = new Plain(rogue.url);
      const said = [];
      return new Promise((resolve) => {
        const instance = `rogue${Date.now()}`;
        const slots = { microphone: "off", camera: "off", screen: "off", screenAudio: "off" };
        const end = (code) => resolve({ said, code });
        socket.onopen = () => {
          socket.send(JSON.stringify({ type: "hello", protocol, instance, resume: token }));
          socket.send(JSON.stringify({ type: "join", name: "Back again", version: 1, slots }));
        };
        socket.onmessage = ({ data }) => {
          const { type, code } = JSON.parse(data);
          said.push(code ?? type);
          if (type === "welcome") end(0);
        };
        socket.onclose = ({ code }) => end(code);
      });
    },
  };
  window.rogue = rogue;

  /** What is said of the own slots is what `lies` has of them. */
  function lie(frame) {
    const message = JSON.parse(frame);
    if (message.type !== "state" && message.type !== "join") return frame;
    return JSON.stringify({ ...message, slots: { ...message.slots, ...rogue.lies } });
  }

  /** Whether somebody asks for no picture: they are sent one all the same. */
  function wantsNothing({ type, camera, screen }) {
    return type === "views" && !(camera.width && screen.width);
  }

  /** A frame as the page is to have it. */
  function heed(frame) {
    const message = JSON.parse(frame);
    if (message.type === "welcome") {
      rogue.seat = message.seat;
      rogue.tokens.push(message.resume);
      return JSON.stringify({ ...message, forbidden: [], held: [] });
    }
    const isOwn = message.type === "peer-standing" && message.seat === rogue.seat;
    if (!isOwn && !UNHEARD.includes(message.type)) return frame;
    rogue.unheard.push(message);
    return NOTHING;
  }

  window.WebSocket = class extends Plain {
    constructor(...words) {
      super(...words);
      rogue.url = this.url;
      sockets.push(this);
      super.addEventListener("close", ({ code }) => rogue.codes.push(code));
    }

    send(frame) {
      super.send(lie(frame));
    }

    addEventListener(type, act, options) {
      const heard = {
        message: ({ data }) => act(new MessageEvent("message", { data: heed(data) })),
        // As if the network had failed: then the page comes back.
        close: () => act(new CloseEvent("close", { code: 1006 })),
      };
      super.addEventListener(type, heard[type] ?? act, options);
    }
  };

  RTCPeerConnection.prototype.close = () => {};

  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = createDataChannel.call(this, label, options);
    if (label !== "talk") return channel;
    channels.push(channel);
    const send = channel.send.bind(channel);
    channel.send = (frame) => send(lie(frame));
    const listen = channel.addEventListener.bind(channel);
    channel.addEventListener = (type, act, options) => {
      const isOfUse = ({ data }) => type !== "message" || !wantsNothing(JSON.parse(data));
      listen(type, (event) => isOfUse(event) && act(event), options);
    };
    return channel;
  };
})();
