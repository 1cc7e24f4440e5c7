import { Emitter } from "../lib/emitter.js";
import { watchForDoubts } from "./doubts.js";
import { refusal, refusalOf, TicketRefused } from "./entry.js";
import { Line } from "./line.js";
import { PROTOCOL } from "./messages.js";

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
 * @property {Promise<unknown>} [ready] Nothing is said before.
 * @property {() => Promise<boolean>} isThere Whether the server answers at all.
 * @property {() => Promise<string>} freshTicket Throws a `TicketRefused` where there is none for this person.
 * @property {() => boolean} reload Called when the page is of another version than the server; false: it was tried.
 *
 * @typedef {object} SignallingEvents
 * @property {ServerMessage} message What the line in use brings, but for its own upkeep.
 * @property {"open"|"lost"} server
 * @property {void} anew What comes from here on tells everything from the beginning: some of what came before may be
 *   missing, since another line is in use or the server threw it away.
 * @property {import("./entry.js").Refusal} refused Final: no further attempt is made.
 */

const BACKOFF_LEAST_MS = 500;
const BACKOFF_MOST_MS = 8000;
/**
 * The same while somebody of the call is reached by no other way. A server that comes back meets these sooner, and only
 * these: when it was the server alone that went, the pairs of its thousands of clients are up, and they take their time.
 */
const HURRIED_MOST_MS = 2500;
/** After so many failures who is in a hurry opens a socket only where somebody answers. */
const ASKS_AFTER = 3;
/** From one attempt to the next, while a line is in use. */
const BESIDE_MS = 2000;
/** A line that served for so long was good: the loss of it is the first failure again. */
const GOOD_MS = 10_000;
/** A second line that is not answered by then is given up. */
const ANSWER_MS = 10_000;
const JOIN_ANSWERS = ["welcome", "waiting", "knocking", "turned-away"];
/** What the server may have said on a line before it heard of the second one that then failed. */
const OLD_PONGS = 2;

const CLOSED_TICKET_REFUSED = 4401;
const CLOSED_MOVED = 4409;
const CLOSED_BAD_PROTOCOL = 4426;

/**
 * The way to the server: one line after the other, as long as there may be a next one. It says `hello` by itself, and
 * once told to join says so again on each new line. A line in doubt is not given up: a second one is opened beside it,
 * and whichever is answered serves from then on.
 *
 * @extends {Emitter<SignallingEvents>}
 */
export class Signalling extends Emitter {
  #doorway;
  #clock;
  #end = new AbortController();
  /** @type {Line|null} */
  #line = null;
  /** @type {Line|null} Beside one that is in doubt. */
  #second = null;
  #triedAt = 0;
  /** How many frames the line in use had brought when it was doubted last. */
  #heardBefore = 0;
  /** How many pongs it takes until "moved" cannot mean a second line of our own that came to nothing. */
  #doubtfulPongs = 0;
  #isResting = false;
  /** A ticket was fetched and nothing was let in with it yet: refused again, it is final. */
  #hasFreshTicket = false;
  #isServed = false;
  #failures = 0;
  #isHurried = false;
  #retriesAt = 0;
  #notBefore = 0;
  /** Milliseconds that the server wants us to stay away, as it said before it closed. */
  #after = 0;
  /** @type {(() => Join)|null} */
  #join = null;
  #cancelRetry = () => {};
  #cancelGood = () => {};
  #cancelDoubt = () => {};
  #cancelSecond = () => {};

  /**
   * @param {Doorway} doorway
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(doorway, clock) {
    super();
    this.#doorway = doorway;
    this.#clock = clock;
    watchForDoubts(() => this.suspect(), clock, this.#end.signal);
    this.#connect();
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} False when it is lost: no socket is open.
   */
  send(message) {
    return this.#line?.send(message) ?? false;
  }

  /** @param {() => Join} join Asked anew for each line. */
  join(join) {
    this.#join = join;
    this.send(join());
    this.#second?.send(join());
  }

  leave() {
    this.#join = null;
    this.forget();
    // Either may be the one that has the seat.
    for (const line of [this.#line, this.#second]) line?.send({ type: "leave" });
    this.#dropSecond();
  }

  /** The line in use may be dead: another one is tried at once, or soon if one was tried just now. */
  suspect() {
    if (this.#end.signal.aborted || this.#isResting) return;
    if (!this.#line) return this.retry();
    this.#line.ping();
    this.#heardBefore = this.#line.heard;
    // Nobody looks at a door that is hidden, and browsers make its timers late.
    if (this.#second || (!this.#join && globalThis.document?.hidden)) return;
    const wait = this.#waitBeside();
    if (wait) return this.#suspectAfter(wait);
    this.#second = this.#open();
    this.#cancelSecond = this.#clock.after(ANSWER_MS, () => this.#failSecond());
  }

  /** @param {boolean} isHurried Whether somebody is missed whom only the server can bring back. */
  hurry(isHurried) {
    if (isHurried === this.#isHurried) return;
    this.#isHurried = isHurried;
    const soonest = Math.max(this.#notBefore, this.#clock.now() + this.#wait());
    if (isHurried && soonest < this.#retriesAt) this.#retryAt(soonest);
  }

  /** Does not wait for the next attempt. */
  retry() {
    if (this.#line || this.#end.signal.aborted) return;
    this.#isResting = false;
    this.#cancelRetry();
    this.#retriesAt = 0;
    this.#connect();
  }

  /** The next line asks for the ticket's seat. */
  forget() {
    this.#doorway.resume = "";
  }

  /** Lets go of the line, up to `retry()`. */
  rest() {
    this.#isResting = true;
    this.#doorway.ready = undefined;
    this.#drop();
  }

  close() {
    this.#end.abort();
    this.#drop();
  }

  #connect() {
    this.#line = this.#open();
  }

  #open() {
    this.#triedAt = this.#clock.now();
    const line = new Line(this.#doorway.url, this.#clock);
    line.on("open", () => this.#greet(line));
    line.on("message", (message) => this.#take(line, message));
    line.on("closed", (code) => {
      if (line === this.#line) this.#closed(code);
      else this.#failSecond();
    });
    return line;
  }

  /** @param {Line} line */
  async #greet(line) {
    if (this.#doorway.ready) await this.#doorway.ready;
    const { instance, ticket, resume } = this.#doorway;
    const credential = resume ? { resume } : { ticket };
    line.send({ type: "hello", protocol: PROTOCOL, instance, ...credential });
    if (this.#join) line.send(this.#join());
  }

  /**
   * @param {Line} line
   * @param {ServerMessage} message
   */
  #take(line, message) {
    if (line === this.#second) {
      if (!this.#answers(message)) return;
      this.#line?.close();
      this.#useSecond();
    }
    switch (message.type) {
      case "pong":
        if (this.#doubtfulPongs && !this.#second) this.#doubtfulPongs -= 1;
        return;
      case "resync":
        return this.emit("anew", undefined);
      case "restarting":
        this.#after = message.after;
        return;
      case "door":
      case "welcome":
        this.#letIn(message);
    }
    this.emit("message", message);
  }

  /**
   * Whether what a second line brings is as much as the first one had.
   *
   * @param {ServerMessage} message
   */
  #answers({ type }) {
    return this.#join ? JOIN_ANSWERS.includes(type) : type === "door";
  }

  /** @param {import("./messages.js").Door|import("./messages.js").Welcome} message */
  #letIn(message) {
    if (message.type === "welcome") this.#doorway.resume = message.resume;
    this.#after = 0;
    this.#hasFreshTicket = false;
    if (this.#isServed) return;
    this.#isServed = true;
    this.#cancelGood = this.#clock.after(GOOD_MS, () => {
      this.#failures = 0;
    });
    this.emit("server", "open");
  }

  #useSecond() {
    this.#line = this.#second;
    this.#second = null;
    this.#doubtfulPongs = 0;
    this.#cancelSecond();
    this.#cancelDoubt();
    this.emit("anew", undefined);
  }

  /** The first one goes on, and is doubted further unless it was heard. */
  #failSecond() {
    this.#dropSecond();
    if (this.#join) this.#doubtfulPongs = OLD_PONGS;
    this.#suspectAfter(this.#waitBeside());
  }

  /** Milliseconds until another line may be tried beside one in use. */
  #waitBeside() {
    const wait = this.#triedAt + BESIDE_MS - this.#clock.now();
    // More is a clock that was set back.
    return wait > BESIDE_MS ? 0 : Math.max(0, wait);
  }

  /** @param {number} milliseconds After these, unless the line in use was heard by then. */
  #suspectAfter(milliseconds) {
    this.#cancelDoubt();
    this.#cancelDoubt = this.#clock.after(milliseconds, () => {
      if (this.#line?.heard === this.#heardBefore) this.suspect();
    });
  }

  /** @param {number} code */
  #closed(code) {
    this.#line = null;
    const isOurDoing = code === CLOSED_MOVED && (this.#second || this.#doubtfulPongs);
    const final = isOurDoing ? null : refusalOf(code);
    // It has said hello, and join, and goes its way from there.
    if (this.#second && !final) return this.#useSecond();
    this.#drop();
    const wasServed = this.#isServed;
    this.#isServed = false;
    this.emit("server", "lost");
    if (code === CLOSED_TICKET_REFUSED && !this.#hasFreshTicket) {
      return this.#renewTicket(wasServed);
    }
    if (code === CLOSED_BAD_PROTOCOL && this.#doorway.reload()) return this.close();
    if (final) this.#refuse(final);
    else this.#retryLater();
  }

  /** @param {boolean} wasServed Whether the one before had let us in: then there is no haste, it may go on like this. */
  async #renewTicket(wasServed) {
    this.#doorway.resume = "";
    try {
      this.#doorway.ticket = await this.#doorway.freshTicket();
    } catch (error) {
      if (error instanceof TicketRefused) return this.#refuse(refusal(error.code));
      return this.#retryLater();
    }
    this.#hasFreshTicket = true;
    if (wasServed) this.#retryLater();
    else this.retry();
  }

  /** At once the first time, then later and later, each client at another moment; never before the server said. */
  #retryLater() {
    const now = this.#clock.now();
    const wait = this.#failures ? this.#wait() : 0;
    this.#failures += 1;
    this.#notBefore = now + this.#after;
    this.#after = 0;
    this.#retryAt(Math.max(this.#notBefore, now + wait));
  }

  #wait() {
    const most = this.#isHurried ? HURRIED_MOST_MS : BACKOFF_MOST_MS;
    const limit = Math.min(most, 2 * BACKOFF_LEAST_MS * 2 ** (this.#failures - 1));
    return Math.max(BACKOFF_LEAST_MS, Math.random() * limit);
  }

  /** @param {number} at */
  #retryAt(at) {
    this.#cancelRetry();
    this.#retriesAt = at;
    this.#cancelRetry = this.#clock.after(at - this.#clock.now(), () => {
      this.#retriesAt = 0;
      if (this.#isHurried && this.#failures > ASKS_AFTER) this.#retryWhereAnswered();
      else this.retry();
    });
  }

  async #retryWhereAnswered() {
    const isThere = await this.#doorway.isThere();
    if (this.#line || this.#isResting || this.#end.signal.aborted) return;
    if (isThere) this.retry();
    else this.#retryLater();
  }

  /** @param {import("./entry.js").Refusal} why */
  #refuse(why) {
    if (this.#end.signal.aborted) return;
    this.close();
    this.emit("refused", why);
  }

  #dropSecond() {
    this.#cancelSecond();
    this.#second?.close();
    this.#second = null;
  }

  #drop() {
    this.#cancelRetry();
    this.#cancelGood();
    this.#cancelDoubt();
    this.#dropSecond();
    this.#doubtfulPongs = 0;
    this.#line?.close();
    this.#line = null;
  }
}
