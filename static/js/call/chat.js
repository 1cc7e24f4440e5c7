import { Emitter } from "../lib/emitter.js";
import { ChatLog } from "./chat_log.js";
import { CHAT_CHARACTERS } from "./messages.js";

/**
 * @typedef {import("./messages.js").ChatFact} ChatFact
 * @typedef {import("./messages.js").ChatPage} ChatPage
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").PeerChat} PeerChat
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 *
 * @typedef {object} Ways How a message leaves.
 * @property {(seat: string, message: PeerMessage) => boolean} toPeer False without an open channel to this seat.
 * @property {(message: ClientMessage) => boolean} toServer False without an open socket.
 *
 * @typedef {object} ChatEvents
 * @property {void} change
 * @property {ChatMessage} arrived Somebody else's, and not from before.
 *
 * @typedef {{fact: ChatFact, isKept: boolean, unheard: Set<string>, saidAt: number, shown: ChatMessage}} Sent
 */

/** What nobody has confirmed by then is said again. */
const REPEAT_MS = 5000;
/** As many at once as the server takes without a word about haste. */
const REPEAT_MOST = 20;

/**
 * Everybody's messages, each once. In a room that keeps its chat the server's number is what makes a message sent; in
 * any other each receiver's acknowledgement does.
 *
 * @extends {Emitter<ChatEvents>}
 */
export class Chat extends Emitter {
  unread = 0;
  #instance;
  #ways;
  #clock;
  #own = { seat: "", name: "" };
  #isKept = false;
  #isReading = false;
  #count = 0;
  /** @type {Map<string, string>} Seats that are in the call, with the names of who sits there. */
  #people = new Map();
  /** @type {Map<string, Sent>} Own messages that are still on their way. */
  #sent = new Map();
  #log = new ChatLog();
  #stop;

  /**
   * @param {string} instance
   * @param {Ways} ways
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(instance, ways, clock) {
    super();
    this.#instance = instance;
    this.#ways = ways;
    this.#clock = clock;
    this.#stop = clock.every(REPEAT_MS, () => this.#repeat(REPEAT_MS));
  }

  /** @returns {ChatMessage[]} In the order in which they are shown. */
  get messages() {
    return this.#log.messages;
  }

  /** @param {boolean} isKept Whether the room keeps what is written from now on. */
  keeps(isKept) {
    this.#isKept = isKept;
  }

  /**
   * A seat was taken, or is served by another socket: what the server did not hear or tell meanwhile is made good.
   *
   * @param {{seat: string, name: string, chatNumber: number}} welcome
   */
  welcome({ seat, name, chatNumber }) {
    this.#own = { seat, name };
    if (chatNumber > this.#log.complete) this.#askHistory();
    this.#repeat(0);
  }

  /** @param {{seat: string, name: string}[]} people Who is in the call now; nobody waits for others to confirm. */
  present(people) {
    this.#people = new Map(people.map(({ seat, name }) => [seat, name]));
    for (const [id, sent] of this.#sent) {
      for (const seat of sent.unheard) if (!this.#people.has(seat)) this.#heard(id, seat);
    }
  }

  /**
   * @param {string} words
   * @returns {boolean} False for an empty or too long text.
   */
  send(words) {
    const text = words.trim().replace(/\p{Surrogate}/gu, "\ufffd");
    if (!text || text.length > CHAT_CHARACTERS) return false;
    const count = ++this.#count;
    const id = `${this.#instance}-${count}`;
    const fact = { type: /** @type {const} */ ("chat"), id, count, text, at: this.#clock.now() };
    /** @type {ChatMessage} */
    const shown = { id, ...this.#own, own: true, text, at: fact.at, number: 0, state: "sending" };
    this.#log.add(shown, this.#isKept);
    const unheard = new Set(this.#people.keys());
    const sent = { fact, isKept: this.#isKept, unheard, saidAt: fact.at, shown };
    this.#sent.set(id, sent);
    this.#say(sent, [...unheard]);
    this.#settle(id);
    this.emit("change", undefined);
    return true;
  }

  /** @param {string} seat A channel to this seat can be used now. */
  opened(seat) {
    for (const { fact, unheard } of this.#sent.values()) {
      if (unheard.has(seat)) this.#ways.toPeer(seat, fact);
    }
  }

  /**
   * @param {string} seat
   * @param {PeerMessage} message
   */
  fromPeer(seat, message) {
    if (message.type === "chat-ack") this.#heard(message.id, seat);
    if (message.type !== "chat") return;
    this.#ways.toPeer(seat, { type: "chat-ack", id: message.id });
    const { id, text, at } = message;
    const name = this.#people.get(seat) ?? "";
    this.#arrive({ id, seat, name, own: false, text, at, number: 0, state: "sent" });
  }

  /** @param {PeerChat} message */
  fromServer(message) {
    const { from, name, id, number, text, at } = message;
    const own = from === this.#own.seat;
    if (!number) {
      const ack = { type: /** @type {const} */ ("chat-ack"), id };
      if (!this.#ways.toPeer(from, ack)) this.#ways.toServer({ ...ack, to: from });
    }
    this.#arrive({ id, seat: from, name, own, text, at, number, state: "sent" });
  }

  /**
   * @param {string} seat
   * @param {string} id
   */
  acknowledged(seat, id) {
    this.#heard(id, seat);
  }

  /** @param {ChatPage} page */
  page({ messages, more }) {
    for (const { number, id, name, text, at, own } of messages) {
      this.#log.complete = Math.max(this.#log.complete, number);
      if (this.#log.has(id)) this.#numbered(id, number);
      else this.#log.add({ id, seat: "", name, own, text, at, number, state: "sent" }, true);
    }
    if (more && messages.length) this.#askHistory();
    this.emit("change", undefined);
  }

  /** @param {boolean} isReading Whether messages are read as they arrive. */
  read(isReading) {
    this.#isReading = isReading;
    if (!isReading || !this.unread) return;
    this.unread = 0;
    this.emit("change", undefined);
  }

  close() {
    this.#stop();
  }

  #askHistory() {
    this.#ways.toServer({ type: "chat-history", after: this.#log.complete });
  }

  /** @param {number} patience Milliseconds since it was said last. */
  #repeat(patience) {
    const due = this.#clock.now() - patience;
    const silent = [...this.#sent.values()].filter(({ saidAt }) => saidAt <= due);
    for (const sent of silent.slice(0, REPEAT_MOST)) {
      sent.saidAt = this.#clock.now();
      this.#sayToServer(sent, [...sent.unheard]);
    }
  }

  /**
   * @param {Sent} sent
   * @param {string[]} seats
   */
  #say(sent, seats) {
    const without = seats.filter((seat) => !this.#ways.toPeer(seat, sent.fact));
    this.#sayToServer(sent, without);
  }

  /**
   * @param {Sent} sent
   * @param {string[]} seats
   */
  #sayToServer({ fact, isKept }, seats) {
    if (isKept) this.#ways.toServer(fact);
    else if (seats.length) this.#ways.toServer({ ...fact, to: seats });
  }

  /** @param {ChatMessage} message */
  #arrive(message) {
    if (this.#log.has(message.id)) {
      if (message.number) this.#numbered(message.id, message.number);
      return;
    }
    this.#log.add(message, this.#isKept);
    if (!message.own && !this.#isReading) this.unread += 1;
    if (!message.own) this.emit("arrived", message);
    this.emit("change", undefined);
  }

  /**
   * @param {string} id
   * @param {number} number
   */
  #numbered(id, number) {
    this.#log.number(id, number);
    this.#settle(id);
    this.emit("change", undefined);
  }

  /**
   * @param {string} id
   * @param {string} seat
   */
  #heard(id, seat) {
    if (this.#sent.get(id)?.unheard.delete(seat)) this.#settle(id);
  }

  /** @param {string} id */
  #settle(id) {
    const sent = this.#sent.get(id);
    if (!sent || (sent.isKept ? !sent.shown.number : sent.unheard.size)) return;
    this.#sent.delete(id);
    sent.shown.state = "sent";
    this.emit("change", undefined);
  }
}
