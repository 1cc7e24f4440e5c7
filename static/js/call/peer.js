import { Emitter } from "../lib/emitter.js";
import { Channel } from "./channel.js";
import { Recovery } from "./recovery.js";

/**
 * @typedef {import("./connection.js").Connection} Connection
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 * @typedef {import("./messages.js").Signal} Signal
 * @typedef {import("./state.js").ConnectionState} ConnectionState
 * @typedef {import("./state.js").SlotName} SlotName
 *
 * @typedef {object} PeerEvents
 * @property {Signal} signal For the other side.
 * @property {{state: ConnectionState, since: number|null}} state
 * @property {void} slots Another set of receivers: `track()` answers anew.
 * @property {RTCDataChannel} pulse Carries the heartbeat from now on.
 * @property {void} open The data channel can be used.
 * @property {PeerMessage} message
 * @property {import("./messages.js").Diagnosis} diagnosis What the other side's search for a path found.
 */

/** A restart that is asked for again within this time is the same wish, which came by two ways. */
const SAME_WISH_MS = 500;
/** What is as young as this is not begun again because somebody asks for it. */
const FRESH_MS = 2000;
/** Who asks and gets no offer asks again after this time, and then ever later. */
const ASK_MS = 2000;
const ASK_MOST_MS = 15_000;

/**
 * The pair with one other page: never more than one connection at a time, replaced by one with a larger epoch when it
 * cannot be saved.
 *
 * @extends {Emitter<PeerEvents>}
 */
export class Peer extends Emitter {
  /** Resolves when the own first description of the connection in use is on its way. */
  described = Promise.resolve();
  #offers;
  #connect;
  #iceServers;
  #clock;
  #recovery;
  #epoch = 0;
  /** What the connection before the one in use was told last. */
  #remoteBefore = "";
  /** When it was asked for a restart last. */
  #askedAt = 0;
  /** @type {Connection|null} */
  #connection = null;
  /** @type {Connection|null} */
  #ready = null;
  /** @type {(value?: any) => void} */
  #answered = () => {};
  /** @type {Channel|null} */
  #channel = null;
  /** @type {AbortController|null} Of what is heard of the connection in use. */
  #hearing = null;
  /** When the offerer restarted, or built, last. */
  #renewedAt = 0;
  #cancelAsk = () => {};

  /**
   * @param {object} options
   * @param {boolean} options.offers Whether this side makes the offers of the pair.
   * @param {(offers: boolean) => Connection} options.connect Makes a connection that has not started.
   * @param {() => RTCIceServer[]} options.iceServers
   * @param {import("../lib/clock.js").Clock} options.clock
   */
  constructor({ offers, connect, iceServers, clock }) {
    super();
    this.#offers = offers;
    this.#connect = connect;
    this.#iceServers = iceServers;
    this.#clock = clock;
    this.#recovery = new Recovery(
      {
        show: (state, since) => {
          if (state === "connected") this.#cancelAsk();
          this.emit("state", { state, since });
        },
        restart: () => (this.#offers ? this.#restart() : this.#ask("ice")),
        rebuild: () => (this.#offers ? this.#build() : this.#ask("connection")),
        again: () => (this.#offers ? this.#connection?.again() : this.#ask("ice")),
      },
      clock,
    );
  }

  /**
   * The offerer begins; the other makes ready for the offer that is on its way.
   *
   * @param {Connection} [spare] One that was prepared before it was known for whom.
   */
  start(spare) {
    if (this.#offers) this.#build(spare);
    else {
      this.#ready = this.#connect(false);
      this.described = new Promise((resolve) => {
        this.#answered = resolve;
      });
    }
  }

  /** @returns {number} Of the connection in use; 0: there was none yet. */
  get epoch() {
    return this.#epoch;
  }

  /** @returns {string} The other side's newest description, also of the connection before; empty: none was taken. */
  get remote() {
    return this.#connection?.remote || this.#remoteBefore;
  }

  /** @param {Signal} signal */
  receive(signal) {
    if (signal.type === "restart") return this.#asked(signal);
    if (signal.type === "diagnosis") {
      this.emit("diagnosis", signal);
      return;
    }
    if (signal.type === "offer" && signal.epoch >= this.#epoch) this.#cancelAsk();
    if (signal.type === "offer" && signal.epoch > this.#epoch) {
      const ready = this.#ready ?? this.#connect(false);
      this.#ready = null;
      this.#use(ready, signal.epoch);
    }
    if (signal.epoch === this.#epoch) this.#connection?.receive(signal);
  }

  /**
   * @param {PeerMessage} message
   * @returns {boolean} False when there is no open channel for it.
   */
  send(message) {
    return this.#channel?.send(message) ?? false;
  }

  /** What connections are made with is another now; the other side may know of it later. */
  renew() {
    this.#ready?.close();
    if (this.#ready) this.#ready = this.#connect(false);
    if (!this.#connection) return;
    if (this.#offers) this.#build();
    else this.#ask("connection");
  }

  /** A signal did not reach the other side. */
  repeat() {
    this.#connection?.repeat();
  }

  /** @param {RTCIceServer[]} iceServers For this connection's further searches. */
  serve(iceServers) {
    this.#ready?.serve(iceServers);
    this.#connection?.serve(iceServers);
  }

  /** @param {SlotName} slot */
  replace(slot) {
    this.#connection?.replace(slot);
  }

  /**
   * @param {SlotName} slot
   * @returns {RTCRtpReceiver|null}
   */
  receiver(slot) {
    return this.#connection?.receiver(slot) ?? null;
  }

  /**
   * @param {SlotName} slot
   * @returns {RTCRtpSender|null}
   */
  sender(slot) {
    return this.#connection?.sender(slot) ?? null;
  }

  /** @returns {import("./connection.js").Search|null} */
  get search() {
    return this.#connection?.search ?? null;
  }

  /** @param {(pc: RTCPeerConnection) => Promise<void>} act As `Connection.inTurn` has it. */
  inTurn(act) {
    this.#connection?.inTurn(act);
  }

  /** @returns {Promise<RTCStatsReport|null>} */
  async stats() {
    return (await this.#connection?.stats()) ?? null;
  }

  /**
   * Neither a heartbeat nor anything else comes.
   *
   * @param {number} since
   */
  stalled(since) {
    this.#recovery.stalled(since);
  }

  /** Something else than a heartbeat comes. */
  heard() {
    this.#recovery.heard();
  }

  /**
   * The way to the server is back, on this side or the other.
   *
   * @param {boolean} [offers] Whether this side makes the offers from now on.
   */
  signalsReturned(offers = this.#offers) {
    this.#offers = offers;
    this.#recovery.signalsReturned();
  }

  close() {
    this.#recovery.stop();
    this.#cancelAsk();
    this.#ready?.close();
    this.#answered();
    this.#drop();
  }

  /**
   * The other side hears nothing, or has no connection.
   *
   * @param {import("./messages.js").Restart} wish The same may come by two ways.
   */
  #asked({ epoch, kind }) {
    if (!this.#offers || (epoch && epoch < this.#epoch)) return;
    // Larger than ours: they took for ours what was not. The next one has to be larger still.
    if (epoch > this.#epoch) this.#epoch = epoch;
    else if (epoch === 0 || kind === "ice") return this.#askedOnce(epoch);
    this.#build();
  }

  /**
   * What is under way already is said once more, since whoever asks does not have it.
   *
   * @param {number} epoch 0: whoever asks has no connection, and lost the one that is here.
   */
  #askedOnce(epoch) {
    const now = this.#clock.now();
    const within = (/** @type {number} */ at, /** @type {number} */ most) =>
      Math.abs(now - at) < most;
    if (within(this.#askedAt, SAME_WISH_MS)) return;
    this.#askedAt = now;
    if (within(this.#renewedAt, FRESH_MS) || (epoch && this.#connection?.isUnanswered)) {
      this.#connection?.again();
    } else if (epoch) this.#restart();
    else this.#build();
  }

  #restart() {
    this.#renewedAt = this.#clock.now();
    this.#connection?.restart();
  }

  /** @param {Connection} [connection] */
  #build(connection = this.#connect(true)) {
    this.#renewedAt = this.#clock.now();
    this.#use(connection, Math.max(this.#clock.now(), this.#epoch + 1));
  }

  /**
   * @param {Connection} connection
   * @param {number} epoch
   */
  #use(connection, epoch) {
    const isFirst = !this.#epoch;
    this.#drop();
    this.#epoch = epoch;
    this.#connection = connection;
    this.#channel = new Channel(connection.talk);
    connection.on("signal", (signal) => this.emit("signal", signal));
    connection.on("state", (state) => this.#recovery.changed(state));
    connection.on("slots", () => this.emit("slots", undefined));
    connection.on("failure", () => this.#recovery.broken());
    this.#hearing = new AbortController();
    connection.pulse.addEventListener("message", () => this.#recovery.heard(), this.#hearing);
    this.#channel.on("open", () => this.emit("open", undefined));
    this.#channel.on("message", (message) => this.emit("message", message));
    this.described = connection.start(epoch, this.#iceServers());
    this.described.then(this.#answered);
    this.emit("slots", undefined);
    this.emit("pulse", connection.pulse);
    if (!isFirst) this.#recovery.renewed();
  }

  #drop() {
    if (!this.#connection) return;
    this.#remoteBefore = this.remote;
    this.#hearing?.abort();
    this.#channel?.close();
    this.#connection.close();
    this.#connection = null;
    this.#channel = null;
  }

  /**
   * Until an offer comes: the wish may get lost, or whoever offers may be away.
   *
   * @param {"ice"|"connection"} kind
   * @param {number} [wait]
   */
  #ask(kind, wait = ASK_MS) {
    this.#cancelAsk();
    const next = Math.min(1.5 * wait, ASK_MOST_MS);
    this.#cancelAsk = this.#clock.after(wait, () => this.#ask(kind, next));
    this.emit("signal", { type: "restart", epoch: this.#epoch, kind });
  }
}
