import { Emitter } from "../lib/emitter.js";
import { refusal, refusalOf, TicketRefused } from "./entry.js";
import { PROTOCOL, parseServer } from "./messages.js";

/**
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").Join} Join
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 *
 * @typedef {object} Doorway How a page is let in.
 * @property {string} url Of the socket.
 * @property {string} instance
 * @property {string} ticket
 * @property {string} resume Empty: there is no seat to come back to.
 * @property {() => Promise<string>} freshTicket Throws a `TicketRefused` where there is none for this person.
 * @property {() => boolean} reload Called when the page is of another version than the server; false: it was tried.
 *
 * @typedef {object} SignallingEvents
 * @property {ServerMessage} message Everything but `pong`.
 * @property {"open"|"lost"} server
 * @property {{code: string, message: string}} refused Final: no further attempt is made.
 */

const PING_MS = 5000;
const SILENCE_MS = 10_000;
const BACKOFF_LEAST_MS = 500;
const BACKOFF_MOST_MS = 8000;

const CLOSED_TICKET_REFUSED = 4401;
const CLOSED_BAD_PROTOCOL = 4426;

/**
 * The way to the server: one socket after the other, as long as there may be a next one. It says `hello` by itself, and
 * once told to join says so again on each new socket.
 *
 * @extends {Emitter<SignallingEvents>}
 */
export class Signalling extends Emitter {
  #doorway;
  #clock;
  #end = new AbortController();
  /** @type {WebSocket|null} */
  #socket = null;
  /** @type {AbortController|null} */
  #life = null;
  /** A ticket was fetched and nothing was let in with it yet: refused again, it is final. */
  #hasFreshTicket = false;
  #isServed = false;
  #failures = 0;
  #heardAt = 0;
  /** How many frames came over the socket in use. */
  #heard = 0;
  /** @type {(() => Join)|null} */
  #join = null;
  #cancelRetry = () => {};
  #stopPing = () => {};

  /**
   * @param {Doorway} doorway
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(doorway, clock) {
    super();
    this.#doorway = doorway;
    this.#clock = clock;
    globalThis.addEventListener?.("online", () => this.retry(), { signal: this.#end.signal });
    this.#connect();
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} False when it is lost: no socket is open.
   */
  send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** @param {() => Join} join Asked anew for each socket. */
  join(join) {
    this.#join = join;
    this.send(join());
  }

  leave() {
    this.#join = null;
    this.#doorway.resume = "";
    this.send({ type: "leave" });
  }

  /** Does not wait for the next attempt. */
  retry() {
    if (this.#socket || this.#end.signal.aborted) return;
    this.#cancelRetry();
    this.#connect();
  }

  close() {
    this.#end.abort();
    this.#drop();
    this.#cancelRetry();
  }

  #connect() {
    const socket = new WebSocket(this.#doorway.url);
    this.#socket = socket;
    this.#life = new AbortController();
    const { signal } = this.#life;
    socket.addEventListener("open", () => this.#opened(), { signal });
    socket.addEventListener("message", ({ data }) => this.#take(data), { signal });
    socket.addEventListener("close", ({ code }) => this.#closed(code), { signal });
    this.#heardAt = this.#clock.now();
    this.#heard = 0;
    this.#stopPing = this.#clock.every(PING_MS, () => this.#ping());
  }

  #opened() {
    const { instance, ticket, resume } = this.#doorway;
    const credential = resume ? { resume } : { ticket };
    this.send({ type: "hello", protocol: PROTOCOL, instance, ...credential });
    if (this.#join) this.send(this.#join());
  }

  #ping() {
    if (this.#clock.now() - this.#heardAt < SILENCE_MS) this.send({ type: "ping", heard: this.#heard });
    else this.#closed(0);
  }

  /** @param {unknown} data */
  #take(data) {
    this.#heard += 1;
    this.#heardAt = this.#clock.now();
    const message = typeof data === "string" ? parseServer(data) : null;
    if (!message || message.type === "pong") return;
    if (message.type === "door" || message.type === "welcome") this.#letIn(message);
    this.emit("message", message);
  }

  /** @param {import("./messages.js").Door|import("./messages.js").Welcome} message */
  #letIn(message) {
    if (message.type === "welcome") this.#doorway.resume = message.resume;
    this.#failures = 0;
    this.#hasFreshTicket = false;
    if (this.#isServed) return;
    this.#isServed = true;
    this.emit("server", "open");
  }

  /** @param {number} code */
  #closed(code) {
    this.#drop();
    this.#isServed = false;
    this.emit("server", "lost");
    if (code === CLOSED_TICKET_REFUSED && !this.#hasFreshTicket) return this.#renewTicket();
    if (code === CLOSED_BAD_PROTOCOL && this.#doorway.reload()) return this.close();
    const final = refusalOf(code);
    if (final) this.#refuse(final);
    else this.#retryLater();
  }

  async #renewTicket() {
    this.#doorway.resume = "";
    try {
      this.#doorway.ticket = await this.#doorway.freshTicket();
    } catch (error) {
      if (error instanceof TicketRefused) return this.#refuse(refusal(error.code));
      return this.#retryLater();
    }
    this.#hasFreshTicket = true;
    this.retry();
  }

  /** At once the first time, then later and later, each client at another moment. */
  #retryLater() {
    const limit = Math.min(BACKOFF_MOST_MS, 2 * BACKOFF_LEAST_MS * 2 ** (this.#failures - 1));
    const wait = this.#failures ? Math.max(BACKOFF_LEAST_MS, Math.random() * limit) : 0;
    this.#failures += 1;
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.after(wait, () => this.retry());
  }

  /** @param {import("./entry.js").Refusal} why */
  #refuse(why) {
    if (this.#end.signal.aborted) return;
    this.close();
    this.emit("refused", why);
  }

  #drop() {
    this.#life?.abort();
    this.#stopPing();
    this.#socket?.close();
    this.#socket = null;
  }
}
