import { Emitter } from "../lib/emitter.js";
import { parseServer } from "./messages.js";

/**
 * @typedef {import("./messages.js").ClientMessage} ClientMessage
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 *
 * @typedef {object} LineEvents
 * @property {void} open
 * @property {ServerMessage} message
 * @property {number} closed The code; 0: nothing was heard for too long. Nothing follows.
 */

const PING_MS = 5000;
/** So much heard, and the server is told at once: it sends no more than it knows to arrive. */
const PING_CHARACTERS = 65_536;
/** But not so often that the server would take it for a flood. */
const PING_GAP_MS = 25;
const SILENCE_MS = 10_000;
/** A timer that is later than this was held back: the page did not run. One that is earlier saw the clock set back. */
const LATE_MS = 1000;

/**
 * One socket, from its opening to its end: it says by itself how much it heard, and ends when nothing is heard in 10 s
 * in which the page ran.
 *
 * @extends {Emitter<LineEvents>}
 */
export class Line extends Emitter {
  /** How many frames came. */
  heard = 0;
  #socket;
  #clock;
  #end = new AbortController();
  /** Characters that came since the last ping. */
  #unsaid = 0;
  #pingedAt = Number.NEGATIVE_INFINITY;
  #isToPing = false;
  /** When a frame came last, or it was opened; later by the time in which the page slept. */
  #silentSince;
  #tickedAt;
  #stop;

  /**
   * @param {string} url
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(url, clock) {
    super();
    this.#clock = clock;
    this.#silentSince = this.#tickedAt = clock.now();
    this.#socket = new WebSocket(url);
    const { signal } = this.#end;
    this.#socket.addEventListener("open", () => this.emit("open", undefined), { signal });
    this.#socket.addEventListener("message", ({ data }) => this.#take(data), { signal });
    this.#socket.addEventListener("close", ({ code }) => this.#ended(code), { signal });
    this.#stop = clock.every(PING_MS, () => this.#tick());
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} False when it is lost: the socket is not open.
   */
  send(message) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Says what was heard; a `pong` then proves that the line is alive. */
  ping() {
    this.#unsaid = 0;
    this.#isToPing = false;
    this.#pingedAt = this.#clock.now();
    this.send({ type: "ping", heard: this.heard });
  }

  #pingSoon() {
    if (this.#isToPing) return;
    const wait = Math.min(this.#pingedAt + PING_GAP_MS - this.#clock.now(), PING_GAP_MS);
    if (wait <= 0) return this.ping();
    this.#isToPing = true;
    this.#clock.after(wait, () => {
      if (!this.#end.signal.aborted && this.#isToPing) this.ping();
    });
  }

  /** Ends it without a word to anybody. */
  close() {
    this.#end.abort();
    this.#stop();
    this.#socket.close();
  }

  #tick() {
    const now = this.#clock.now();
    const late = now - this.#tickedAt - PING_MS;
    this.#tickedAt = now;
    if (Math.abs(late) > LATE_MS) this.#silentSince = Math.min(now, this.#silentSince + late);
    if (now - this.#silentSince < SILENCE_MS) this.ping();
    else this.#ended(0);
  }

  /** @param {unknown} data */
  #take(data) {
    this.heard += 1;
    this.#silentSince = this.#clock.now();
    const message = typeof data === "string" ? parseServer(data) : null;
    this.#unsaid += typeof data === "string" ? data.length : 0;
    if (message?.type === "resync") this.ping();
    else if (this.#unsaid >= PING_CHARACTERS) this.#pingSoon();
    if (message) this.emit("message", message);
  }

  /** @param {number} code */
  #ended(code) {
    this.close();
    this.emit("closed", code);
  }
}
