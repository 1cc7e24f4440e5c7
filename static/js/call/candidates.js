import { fragments } from "./sdp.js";

/** @typedef {import("./messages.js").Candidate} Candidate */

/** Candidates that are found within this time travel in one message. */
const BATCH_MS = 5;
const BATCH_MOST = 40;
/** Candidates that may wait for the description they belong to. */
const EARLY_MOST = 100;

/** Own candidates on their way out: together, and never before the description they belong to. */
export class CandidateBatch {
  #send;
  #clock;
  /** @type {Candidate[]} */
  #found = [];
  /** @type {Candidate[]} Those of the generation described last that have left. */
  #said = [];
  #isDescribed = false;
  /** @type {(() => void)|null} */
  #cancel = null;

  /**
   * @param {(candidates: Candidate[]) => void} send
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(send, clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** @param {Candidate} candidate An empty one ends its generation, and the waiting. */
  add(candidate) {
    this.#found.push(candidate);
    if (!this.#isDescribed) return;
    if (candidate.candidate && this.#found.length < BATCH_MOST) this.#flushLater();
    else this.#flush();
  }

  /**
   * A description leaves. What it holds already, and what belongs to a generation it replaced, need not follow.
   *
   * @param {string} sdp
   */
  described(sdp) {
    const generations = fragments(sdp);
    this.#isDescribed = true;
    this.#found = this.#found.filter(
      ({ candidate, usernameFragment }) =>
        generations.has(usernameFragment) && !(candidate && sdp.includes(candidate)),
    );
    this.#said = this.#said.filter(({ usernameFragment }) => generations.has(usernameFragment));
    if (this.#found.length) this.#flushLater();
  }

  /** What has left may not have arrived. */
  again() {
    this.#found.unshift(...this.#said.splice(0));
    if (this.#found.length) this.#flushLater();
  }

  close() {
    this.#cancel?.();
  }

  #flushLater() {
    this.#cancel ??= this.#clock.after(BATCH_MS, () => this.#flush());
  }

  #flush() {
    this.#cancel?.();
    this.#cancel = null;
    while (this.#found.length) {
      const batch = this.#found.splice(0, BATCH_MOST);
      this.#said.push(...batch);
      this.#send(batch);
    }
  }
}

/** The other side's candidates, held until the description of their generation is there. */
export class EarlyCandidates {
  /** @type {Set<string>} */
  #generations = new Set();
  /** @type {Candidate[]} */
  #held = [];

  /**
   * @param {Candidate[]} candidates
   * @returns {Candidate[]} Those that can be used now.
   */
  take(candidates) {
    const fits = (/** @type {Candidate} */ { usernameFragment }) =>
      usernameFragment ? this.#generations.has(usernameFragment) : this.#generations.size > 0;
    this.#held.push(...candidates.filter((candidate) => !fits(candidate)));
    this.#held.splice(0, this.#held.length - EARLY_MOST);
    return candidates.filter(fits);
  }

  /**
   * @param {string} sdp The remote description from now on.
   * @returns {Candidate[]} Those that had come before it.
   */
  describedBy(sdp) {
    this.#generations = fragments(sdp);
    return this.take(this.#held.splice(0));
  }
}
