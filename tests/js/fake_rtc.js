// An RTCPeerConnection that has the states and queues of the real one and no media (W3C WebRTC, section 4.4).
import { FakeTrack } from "./fakes.js";

/** How many turns of the event loop an operation takes; tests make it random. */
export const pace = { turns: () => 1 };

let made = 0;

async function turns() {
  for (let left = pace.turns(); left > 0; left -= 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

class FakeTransceiver {
  mid = null;
  currentDirection = null;
  sender = {
    track: null,
    streams: [],
    setStreams: (...streams) => {
      this.sender.streams = streams;
    },
    replaceTrack: async (track) => {
      this.sender.track = track;
    },
  };

  constructor(kind, direction) {
    this.direction = direction;
    this.receiver = { track: new FakeTrack(kind) };
  }

  setCodecPreferences(codecs) {
    this.codecs = codecs;
  }
}

/** A channel that is open when the test says so, and whose other end is the test. */
export class FakeDataChannel extends EventTarget {
  readyState = "connecting";
  bufferedAmount = 0;
  /** @type {string[]} */
  sent = [];

  constructor(label, options) {
    super();
    Object.assign(this, { label }, options);
  }

  send(frame) {
    this.sent.push(frame);
  }

  open() {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  say(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

export class FakeRTCPeerConnection extends EventTarget {
  /** @type {FakeRTCPeerConnection[]} */
  static all = [];
  /** @type {Record<string, FakeDataChannel>} */
  channels = {};
  signalingState = "stable";
  connectionState = "new";
  localDescription = null;
  remoteDescription = null;
  #id = ++made;
  #version = 1;
  #transceivers = [];
  #chain = Promise.resolve();
  #pending = 0;
  #wantsOffer = false;
  #wantsRestart = false;
  /** @type {string|undefined} What a restart is to replace: a description that was made before it does not. */
  #replaces;
  #generation = 0;
  #stable = {};
  #configuration;

  static async generateCertificate() {
    return { print: `AB:${String(++made).padStart(6, "0").match(/../g)?.join(":")}` };
  }

  constructor(configuration) {
    super();
    this.#configuration = configuration;
    FakeRTCPeerConnection.all.push(this);
  }

  getConfiguration() {
    return this.#configuration;
  }

  setConfiguration(configuration) {
    const [before, now] = [this.#configuration, configuration].map(({ iceServers }) => iceServers);
    // RFC 8829, section 4.1.18: the next offer searches with them.
    const isOther = JSON.stringify(before) !== JSON.stringify(now);
    if (isOther && this.localDescription) this.#wantsRestart = true;
    this.#configuration = configuration;
  }

  addTransceiver(kind, { direction, streams }) {
    const transceiver = new FakeTransceiver(kind, direction);
    transceiver.sender.streams = streams;
    this.#transceivers.push(transceiver);
    this.#need();
    return transceiver;
  }

  getTransceivers() {
    return [...this.#transceivers];
  }

  createDataChannel(label, options) {
    this.#need();
    this.channels[label] = new FakeDataChannel(label, options);
    return this.channels[label];
  }

  restartIce() {
    this.#wantsRestart = true;
    this.#replaces = this.fragment;
    this.#need();
  }

  createOffer() {
    return this.#next(() => this.#offer());
  }

  setLocalDescription(given) {
    return this.#next(async () => {
      const isAnswer = this.signalingState === "have-remote-offer";
      const description = given ?? (isAnswer ? this.#answer() : this.#offer());
      await this.#turns();
      if (description.type === "offer")
        this.#to("have-local-offer", { localDescription: description });
      else this.#agree({ localDescription: description });
      this.#gather(description.sdp);
    });
  }

  setRemoteDescription(description) {
    return this.#next(async () => {
      const { type } = description;
      const expected = type === "answer" ? ["have-local-offer"] : ["stable", "have-remote-offer"];
      const rollsBack = type === "offer" && this.signalingState === "have-local-offer";
      if (!rollsBack && !expected.includes(this.signalingState)) {
        throw new DOMException(`${type} in ${this.signalingState}`, "InvalidStateError");
      }
      await this.#turns();
      if (rollsBack) {
        Object.assign(this, this.#stable);
        this.#need();
      }
      if (type === "answer") return this.#agree({ remoteDescription: description });
      const kinds = [...description.sdp.matchAll(/^m=(\w+)/gm)].map(([, kind]) => kind);
      for (const [place, kind] of kinds.entries()) {
        this.#transceivers[place] ??= new FakeTransceiver(kind, "recvonly");
      }
      this.#to("have-remote-offer", { remoteDescription: description });
    });
  }

  addIceCandidate({ usernameFragment }) {
    return this.#next(async () => {
      if (!this.remoteDescription?.sdp.includes(`ice-ufrag:${usernameFragment}`)) {
        throw new DOMException("no such generation", "OperationError");
      }
      this.candidates = (this.candidates ?? 0) + 1;
    });
  }

  close() {
    this.connectionState = "closed";
    this.signalingState = "closed";
  }

  /** @param {RTCPeerConnectionState} state */
  become(state) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  get fragment() {
    return this.localDescription?.sdp.match(/ufrag:(\S+)/)[1];
  }

  /** Nothing that was asked of a closed connection is ever answered. */
  async #turns() {
    await turns();
    if (this.signalingState === "closed") await new Promise(() => {});
  }

  #next(act) {
    this.#pending += 1;
    const done = this.#chain.then(async () => {
      if (this.signalingState === "closed") await new Promise(() => {});
      return act();
    });
    this.#chain = done
      .catch(() => {})
      .then(() => {
        this.#pending -= 1;
        if (this.#wantsOffer) this.#need();
      });
    return done;
  }

  #need() {
    this.#wantsOffer = true;
    turns().then(() => {
      if (!this.#wantsOffer || this.#pending || this.signalingState !== "stable") return;
      this.#wantsOffer = false;
      this.dispatchEvent(new Event("negotiationneeded"));
    });
  }

  #write(type) {
    const media = this.#transceivers.map(({ receiver }) => `m=${receiver.track.kind}`);
    const origin = `o=- ${this.#id} ${++this.#version} IN IP4 127.0.0.1`;
    const print = this.#configuration?.certificates?.[0]?.print ?? "00:00";
    const lines = [
      "v=0",
      origin,
      `a=fingerprint:sha-256 ${print}`,
      `a=ice-ufrag:${this.#id}g${this.#generation}`,
      ...media,
    ];
    return { type, sdp: lines.map((line) => `${line}\r\n`).join("") };
  }

  #offer() {
    if (this.#wantsRestart) this.#generation += 1;
    return this.#write("offer");
  }

  #answer() {
    const before = this.#stable.remoteDescription?.sdp.match(/ufrag:(\S+)/)?.[1];
    const isRestart = before && !this.remoteDescription.sdp.includes(`ufrag:${before}\r`);
    if (isRestart) this.#generation += 1;
    return this.#write("answer");
  }

  #agree(change) {
    const { sdp } = change.localDescription ?? this.localDescription;
    this.#wantsRestart &&= sdp.match(/ufrag:(\S+)/)[1] === this.#replaces;
    this.#wantsOffer = this.#wantsRestart;
    for (const [place, transceiver] of this.#transceivers.entries()) {
      transceiver.mid = String(place);
      transceiver.currentDirection = transceiver.direction;
    }
    this.#to("stable", change);
    const { localDescription, remoteDescription } = this;
    this.#stable = { localDescription, remoteDescription };
  }

  #to(signalingState, change) {
    Object.assign(this, change, { signalingState });
    this.dispatchEvent(new Event("signalingstatechange"));
  }

  async #gather(sdp) {
    const usernameFragment = sdp.match(/ufrag:(\S+)/)[1];
    for (const name of ["1", "2"]) {
      await turns();
      const candidate = { candidate: `candidate:${name}`, sdpMid: "0", usernameFragment };
      if (this.signalingState !== "closed") {
        this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
      }
    }
  }
}

/** Puts what a browser has and Node has not where the modules look for it. */
export function install() {
  Object.assign(globalThis, {
    RTCPeerConnection: FakeRTCPeerConnection,
    RTCRtpReceiver: { getCapabilities: () => ({ codecs: [] }) },
  });
}
