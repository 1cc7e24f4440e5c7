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
/** No page's clock is ahead of another's by more; an epoch that none could follow is nobody's. */
const EPOCH_AHEAD_MS = 86_400_000;
/** Who asks and gets no offer asks again after this time, and then ever later. */
const ASK_MS = 2000;
const ASK_MOST_MS = 15_000;
/** A connection that is younger is not built anew because the other side has lost patience. */
const YOUNG_MS = 5000;
/** So much later than the offerer does it the answerer asks for another connection. */
const GRACE_MS = 2500;

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
  /** When the offerer built last. */
  #builtAt = 0;
  /** @type {"ice"|"connection"|null} What is asked for, until an offer comes. */
  #wish = null;
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
          if (state === "connected") this.#endAsking();
          this.emit("state", { state, since });
        },
        restart: () => (this.#offers ? this.#restart() : this.#ask("ice")),
        rebuild: () => (this.#offers ? this.#build() : this.#ask("connection")),
        again: () => this.#again(),
        grace: () => (this.#offers ? 0 : GRACE_MS),
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
    if (signal.type === "offer" && this.#isWished(signal.epoch)) this.#endAsking();
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
    if (offers) {
      this.#ready?.close();
      this.#ready = null;
    }
    this.#recovery.signalsReturned();
  }

  close() {
    this.#recovery.stop();
    this.#endAsking();
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
    if (epoch > this.#epoch) {
      const now = this.#clock.now();
      const isSane = epoch <= Math.max(now, this.#epoch) + EPOCH_AHEAD_MS;
      // Who asks, asks again.
      if (!isSane || this.#isWithin(this.#renewedAt, FRESH_MS)) return;
      this.#epoch = epoch;
    } else if (epoch === 0 || kind === "ice") return this.#askedOnce(epoch);
    else if (this.#isWithin(this.#builtAt, YOUNG_MS)) return this.#connection?.again();
    this.#build();
  }

  /**
   * What is under way already is said once more, since whoever asks does not have it.
   *
   * @param {number} epoch 0: whoever asks has no connection, and lost the one that is here.
   */
  #askedOnce(epoch) {
    if (this.#isWithin(this.#askedAt, SAME_WISH_MS)) return;
    this.#askedAt = this.#clock.now();
    // The first offer of a connection makes it where there is none.
    const isUnanswered = this.#connection?.isUnanswered && (epoch || !this.#connection.remote);
    if (isUnanswered || this.#isWithin(this.#renewedAt, FRESH_MS)) {
      this.#connection?.again();
    } else if (epoch) this.#restart();
    else this.#build();
  }

  /**
   * @param {number} at
   * @param {number} milliseconds
   */
  #isWithin(at, milliseconds) {
    return Math.abs(this.#clock.now() - at) < milliseconds;
  }

  #restart() {
    this.#renewedAt = this.#clock.now();
    this.#connection?.restart();
  }

  /** @param {Connection} [connection] */
  #build(connection = this.#connect(true)) {
    this.#renewedAt = this.#clock.now();
    this.#builtAt = this.#renewedAt;
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
    // The answerer has waited for its first one.
    if (!isFirst || !this.#offers) this.#recovery.renewed();
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

  /** What the other side lacks of what is under way: a wish, or descriptions and candidates. */
  #again() {
    if (this.#wish) this.#ask(this.#wish);
    else if (this.#connection) this.#connection.again();
    else if (this.#offers) this.#build();
    else this.#ask("connection");
  }

  /**
   * Until an offer comes: the wish may get lost, or whoever offers may be away.
   *
   * @param {"ice"|"connection"} kind
   * @param {number} [wait]
   */
  #ask(kind, wait = ASK_MS) {
    this.#endAsking();
    this.#wish = kind;
    const next = Math.min(1.5 * wait, ASK_MOST_MS);
    this.#cancelAsk = this.#clock.after(wait, () => this.#ask(kind, next));
    this.emit("signal", { type: "restart", epoch: this.#epoch, kind });
  }

  #endAsking() {
    this.#cancelAsk();
    this.#wish = null;
  }

  /** @param {number} epoch Of an offer that may be what was asked for; that of the connection in use is no other one. */
  #isWished(epoch) {
    return this.#wish === "connection" ? epoch > this.#epoch : epoch >= this.#epoch;
  }
}
