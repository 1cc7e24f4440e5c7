import { Emitter } from "../../lib/emitter.js";
import { sampleOf } from "./sample.js";

/**
 * @typedef {import("./sample.js").Sample} Sample
 *
 * @typedef {object} SamplesEvents
 * @property {{seat: string, sample: Sample}} sample
 *
 * @typedef {object} Pairs What is looked at.
 * @property {{seat: string}[]} people
 * @property {(seat: string) => Promise<RTCStatsReport|null>} stats
 * @property {(name: "pair", listener: (detail: {seat: string}) => void, options: {signal: AbortSignal}) => void} on
 */

const EVERY_MS = 1000;
/** Nobody is looked at twice within this time, whoever comes and goes: rates would be of nearly nothing. */
const SOON_MS = 500;
/** A browser that has not answered by then is asked once more. */
const ANSWER_MS = 5000;

/**
 * Looks at every pair once a second, at one after the other, so that the work is spread. Whoever wants to know how a
 * pair is reads the samples; nobody else asks the browser.
 *
 * @extends {Emitter<SamplesEvents>}
 */
export class Samples extends Emitter {
  #pairs;
  #clock;
  #end = new AbortController();
  /** @type {Map<string, Sample>} */
  #latest = new Map();
  /** @type {Map<string, {since: number, isAnswered: boolean}>} */
  #asked = new Map();
  #place = 0;
  #steppedAt;
  #cancel = () => {};

  /**
   * @param {Pairs} pairs
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(pairs, clock) {
    super();
    this.#pairs = pairs;
    this.#clock = clock;
    this.#steppedAt = clock.now();
    // Of another connection nothing is known: its totals begin anew.
    pairs.on("pair", ({ seat }) => this.#forget(seat), { signal: this.#end.signal });
    this.#stepLater();
  }

  /**
   * @param {string} seat
   * @returns {Sample|null} Null: nothing is known of this pair, or of its present connection.
   */
  latest(seat) {
    return this.#latest.get(seat) ?? null;
  }

  /**
   * Looks at once, for whoever cannot wait a second. The next sample does not count from this one.
   *
   * @param {string} seat
   * @returns {Promise<Sample|null>} Null: there is no connection, or it was closed meanwhile.
   */
  async look(seat) {
    // A browser may refuse to report of a connection that was closed: then there is nothing to know.
    const report = await this.#pairs.stats(seat).catch(() => null);
    return report && sampleOf(report, this.latest(seat));
  }

  close() {
    this.#end.abort();
    this.#cancel();
    this.#asked.clear();
  }

  #stepLater() {
    const wait = EVERY_MS / Math.max(1, this.#pairs.people.length);
    this.#cancel = this.#clock.after(wait, () => this.#step());
  }

  /** As many pairs as their time has come for: a page in the background has few steps. */
  #step() {
    const now = this.#clock.now();
    const passed = Math.min(Math.max(0, now - this.#steppedAt), EVERY_MS);
    this.#steppedAt = now;
    const seats = this.#pairs.people.map(({ seat }) => seat);
    for (const seat of this.#asked.keys()) if (!seats.includes(seat)) this.#forget(seat);
    const due = Math.max(1, Math.round((passed / EVERY_MS) * seats.length));
    this.#place %= Math.max(1, seats.length);
    const round = [...seats.slice(this.#place), ...seats.slice(0, this.#place)];
    for (const seat of round.slice(0, due)) this.#take(seat);
    this.#place += due;
    this.#stepLater();
  }

  /** @param {string} seat */
  #forget(seat) {
    this.#latest.delete(seat);
    this.#asked.delete(seat);
  }

  /** @param {string} seat */
  async #take(seat) {
    const since = this.#clock.now();
    const before = this.#asked.get(seat);
    const age = before ? Math.abs(since - before.since) : Number.POSITIVE_INFINITY;
    if (age < (before?.isAnswered ? SOON_MS : ANSWER_MS)) return;
    const question = { since, isAnswered: false };
    this.#asked.set(seat, question);
    const sample = await this.look(seat);
    // Too late: another was asked for, or of another connection.
    if (this.#asked.get(seat) !== question) return;
    question.isAnswered = true;
    if (!sample) return;
    this.#latest.set(seat, sample);
    this.emit("sample", { seat, sample });
  }
}
