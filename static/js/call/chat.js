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
 * any other each receiver's acknowledgement does. What is to be kept goes to the server one by one, the next when the
 * one before has its number: none that is said again can be overtaken by those written after it.
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
  /** Whether an answer with kept messages is awaited. */
  #isAsking = false;
  #count = 0;
  /** @type {Map<string, {name: string, instance: string, mayWrite: boolean}>} By the seats that are in the call. */
  #people = new Map();
  /** @type {Map<string, Sent>} Own messages that are still on their way, by their ids. */
  #sent = new Map();
  #log = new ChatLog();
  /** @type {readonly string[]} Seats whose messages are no news. */
  #hushed = [];
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
    const wasKept = this.#isKept;
    this.#isKept = isKept;
    if (isKept || !wasKept) return;
    this.#isAsking = false;
    this.#log.awaitNone();
    for (const [id, sent] of this.#sent) {
      sent.isKept = false;
      this.#settle(id);
    }
  }

  /**
   * A seat was taken, or is served by another socket: what the server did not hear or tell meanwhile is made good.
   *
   * @param {{seat: string, name: string}} welcome
   */
  welcome({ seat, name }) {
    this.#own = { seat, name };
    // Always: the number in a welcome may be older than the newest message.
    if (this.#isKept) this.askHistory();
    this.#repeat(0);
  }

  /**
   * @param {Pick<import("./state.js").Person, "seat"|"name"|"instance"|"forbidden">[]} people Who is in the call now;
   *   nobody waits for others to confirm.
   */
  present(people) {
    this.#people = new Map(
      people.map(({ seat, name, instance, forbidden }) => [
        seat,
        { name, instance, mayWrite: !forbidden.includes("chat") },
      ]),
    );
    for (const [id, sent] of this.#sent) {
      for (const seat of sent.unheard) if (!this.#people.has(seat)) this.#heard(id, seat);
    }
  }

  /**
   * @param {string} words
   * @returns {boolean} False for an empty or too long text.
   */
  send(words) {
    const text = words
      .replaceAll("\0", "")
      .trim()
      .replace(/\p{Surrogate}/gu, "\ufffd");
    if (!text || text.length > CHAT_CHARACTERS) return false;
    const count = ++this.#count;
    const id = `${this.#instance}-${count}`;
    const fact = { type: /** @type {const} */ ("chat"), id, count, text, at: this.#clock.now() };
    /** @type {ChatMessage} */
    const shown = { id, ...this.#own, own: true, text, at: fact.at, number: 0, state: "sending" };
    this.#log.add(shown, { writer: "", count, awaitsNumber: this.#isKept });
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
    if (message.type !== "chat" || !this.#mayWrite(seat)) return;
    this.#ways.toPeer(seat, { type: "chat-ack", id: message.id });
    const { id, count, text, at } = message;
    const name = this.#people.get(seat)?.name ?? "";
    this.#arrive({ id, seat, name, own: false, text, at, number: 0, state: "sent" }, count);
  }

  /** @param {PeerChat} message */
  fromServer(message) {
    const { from, name, id, count, number, text, at } = message;
    const own = from === this.#own.seat;
    // What has a number was kept before it was forbidden.
    if (!number && !this.#mayWrite(from)) return;
    if (!number) {
      const ack = { type: /** @type {const} */ ("chat-ack"), id };
      if (!this.#ways.toPeer(from, ack)) this.#ways.toServer({ ...ack, to: from });
    }
    this.#arrive({ id, seat: from, name, own, text, at, number, state: "sent" }, count);
    if (number > this.#log.complete && !this.#isAsking) this.askHistory();
  }

  /** Reads on in what is kept; also to be called when the server refused to answer just then. */
  askHistory() {
    const ask = { type: /** @type {const} */ ("chat-history"), after: this.#log.complete };
    this.#isAsking = this.#ways.toServer(ask);
  }

  /**
   * @param {string} seat
   * @param {string} id
   */
  acknowledged(seat, id) {
    this.#heard(id, seat);
  }

  /** The server keeps nothing of this person any more. */
  refused() {
    for (let sent = this.#nextKept(); sent; sent = this.#nextKept()) this.#refuse(sent);
  }

  /** Hosts do not let this person write: nothing that is still on its way is shown by anybody. */
  silenced() {
    for (const sent of [...this.#sent.values()]) this.#refuse(sent);
  }

  /** The server will never take the message that it heard last; those after it may fare better. */
  refusedNext() {
    const sent = this.#nextKept();
    if (!sent) return;
    this.#refuse(sent);
    this.#sayNextKept();
  }

  /** @param {ChatPage} page */
  page({ messages, more }) {
    this.#isAsking = false;
    for (const { number, id, name, text, at, own } of messages) {
      this.#log.complete = Math.max(this.#log.complete, number);
      /** @type {ChatMessage} */
      const message = { id, seat: "", name, own, text, at, number, state: "sent" };
      const known = this.#log.find(message);
      if (known) this.#numbered(known, number);
      else this.#log.add(message, { writer: "", count: 0, awaitsNumber: false });
    }
    if (more && messages.length) this.askHistory();
    this.emit("change", undefined);
  }

  /** @param {readonly string[]} seats Whose messages this page does not show: they are here, and are no news. */
  hush(seats) {
    this.#hushed = seats;
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

  /** @param {number} patience Milliseconds since it was said last. */
  #repeat(patience) {
    const now = this.#clock.now();
    const next = this.#nextKept();
    // What was said later than now was said before the clock was set back.
    const silent = [...this.#sent.values()].filter((sent) => {
      const isDue = sent.saidAt <= now - patience || sent.saidAt > now;
      return isDue && (!sent.isKept || sent === next);
    });
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
  #sayToServer(sent, seats) {
    const { fact, isKept } = sent;
    if (isKept && sent === this.#nextKept()) this.#ways.toServer(fact);
    if (!isKept && seats.length) this.#ways.toServer({ ...fact, to: seats });
  }

  /** @param {string} seat Also of somebody who has just left. */
  #mayWrite(seat) {
    return this.#people.get(seat)?.mayWrite ?? true;
  }

  /** @returns {Sent|undefined} The oldest that has no number yet: the only one the server is to hear. */
  #nextKept() {
    for (const sent of this.#sent.values()) if (sent.isKept) return sent;
    return undefined;
  }

  /**
   * @param {ChatMessage} message
   * @param {number} count The writer's own number of it.
   */
  #arrive(message, count) {
    const { seat, own, number } = message;
    const known = this.#log.find(message);
    if (known) {
      if (number) this.#numbered(known, number);
      return;
    }
    const writer = own ? "" : `${seat}/${this.#people.get(seat)?.instance ?? ""}`;
    this.#log.add(message, { writer, count, awaitsNumber: this.#isKept && !number });
    const isNews = !own && !this.#hushed.includes(seat);
    if (isNews && !this.#isReading) this.unread += 1;
    if (isNews) this.emit("arrived", message);
    this.emit("change", undefined);
  }

  /**
   * @param {ChatMessage} message One of the log.
   * @param {number} number
   */
  #numbered(message, number) {
    this.#log.number(message, number);
    if (message.state === "refused") message.state = "sent";
    if (message.own) this.#settle(message.id);
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
    if (!sent || (!sent.shown.number && (sent.isKept || sent.unheard.size))) return;
    this.#sent.delete(id);
    sent.shown.state = "sent";
    if (sent.isKept) this.#sayNextKept();
    this.emit("change", undefined);
  }

  /** @param {Sent} sent */
  #refuse({ fact, shown }) {
    this.#sent.delete(fact.id);
    shown.state = "refused";
    this.emit("change", undefined);
  }

  #sayNextKept() {
    const next = this.#nextKept();
    if (!next) return;
    next.saidAt = this.#clock.now();
    this.#sayToServer(next, []);
  }
}
