import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {object} Heart The heartbeat of one seat, over one connection after the other.
 * @property {RTCDataChannel} wire
 * @property {number|null} heardAt Null: no channel to this seat was ever open.
 * @property {AbortController} end Of listening to this wire.
 *
 * @typedef {object} PulseEvents
 * @property {void} change `unheard` is another.
 */

const BEAT_MS = 500;
const SILENCE_MS = 3000;
/** Beats further apart than this were held back: this page did not run, and heard nobody. Or the clock was set. */
const SLEPT_MS = 2000;
/** No beat waits behind many others that did not leave. */
const BUFFER_BYTES = 8;

/**
 * Who can be heard right now: every pair says "." to each other, with one timer for the whole page. Silence counts only
 * while this page runs, and only for seats that have been heard.
 *
 * @extends {Emitter<PulseEvents>}
 */
export class Pulse extends Emitter {
  /** @type {Set<string>} The seats that were silent for 3 s. */
  unheard = new Set();
  #clock;
  /** @type {Map<string, Heart>} */
  #hearts = new Map();
  #beatAt = 0;
  /** @type {(() => void)|null} */
  #stop = null;

  /** @param {import("../lib/clock.js").Clock} clock */
  constructor(clock) {
    super();
    this.#clock = clock;
  }

  /**
   * @param {string} seat
   * @param {RTCDataChannel} wire In place of the one before.
   */
  watch(seat, wire) {
    const before = this.#hearts.get(seat);
    before?.end.abort();
    /** @type {Heart} */
    const heart = { wire, heardAt: before?.heardAt ?? null, end: new AbortController() };
    this.#hearts.set(seat, heart);
    for (const type of ["open", "message"]) {
      wire.addEventListener(type, () => this.#heard(seat, heart), { signal: heart.end.signal });
    }
    if (this.#stop) return;
    this.#beatAt = this.#clock.now();
    this.#stop = this.#clock.every(BEAT_MS, () => this.#beat());
  }

  /** @param {string} seat Nobody sits there any more. */
  forget(seat) {
    this.#hearts.get(seat)?.end.abort();
    this.#hearts.delete(seat);
    if (!this.#hearts.size) {
      this.#stop?.();
      this.#stop = null;
    }
    if (this.unheard.delete(seat)) this.emit("change", undefined);
  }

  /**
   * @param {string} seat
   * @returns {number|null} When it was heard last; null: never.
   */
  heardAt(seat) {
    return this.#hearts.get(seat)?.heardAt ?? null;
  }

  /**
   * @param {string} seat
   * @returns {number|null} For how many milliseconds it was silent at the last beat, while this page ran; null: it was
   *   never heard.
   */
  silence(seat) {
    const heardAt = this.heardAt(seat);
    return heardAt === null ? null : Math.max(0, this.#beatAt - heardAt);
  }

  /**
   * @param {string} seat
   * @param {Heart} heart
   */
  #heard(seat, heart) {
    heart.heardAt = this.#clock.now();
    if (this.unheard.delete(seat)) this.emit("change", undefined);
  }

  #beat() {
    const now = this.#clock.now();
    const slept = Math.abs(now - this.#beatAt) > SLEPT_MS;
    this.#beatAt = now;
    const before = this.unheard.size;
    for (const [seat, heart] of this.#hearts) {
      const { wire } = heart;
      if (wire.readyState === "open" && wire.bufferedAmount < BUFFER_BYTES) wire.send(".");
      if (heart.heardAt === null) continue;
      if (slept) heart.heardAt = now;
      else if (now - heart.heardAt >= SILENCE_MS) this.unheard.add(seat);
    }
    if (this.unheard.size !== before) this.emit("change", undefined);
  }
}
