/**
 * What one pair's receiver and path say of the line: how far loss and round trip have grown above what they are anyway.
 *
 * @typedef {object} Report
 * @property {number|null} loss 0 to 1 of what was sent; null: nobody has said.
 * @property {number|null} rtt Milliseconds.
 */

/** One report of loss is half of what is believed. */
const WEIGHT = 0.5;
/** Growth that is trouble: a queue that a call is felt to lag by, and loss that hiding it is heard. */
const LATE_MS = 100;
const LATE_PART = 0.5;
const LOST = 0.05;
/** What was least within the last one or two of these is what a path is like without us. */
const BASE_MS = 30_000;
/** After so many cuts in vain the trouble is not ours. */
const IN_VAIN = 2;
/** A cut that left this part of the growth was in vain. */
const HARDLY_LESS = 0.75;

/** The least of the last half to whole minute. */
class Least {
  #recent;
  #older = Number.POSITIVE_INFINITY;
  #since = 0;

  /** @param {number} first */
  constructor(first) {
    this.#recent = first;
  }

  get value() {
    return Math.min(this.#recent, this.#older);
  }

  /**
   * @param {number} value
   * @param {number} now
   */
  add(value, now) {
    if (now - this.#since >= BASE_MS) {
      this.#older = this.#since ? this.#recent : this.#older;
      this.#recent = this.#since ? value : Math.min(value, this.#recent);
      this.#since = now;
    } else this.#recent = Math.min(this.#recent, value);
  }

  /** @param {number} value What is so whatever we do. */
  reset(value) {
    this.#recent = value;
    this.#older = Number.POSITIVE_INFINITY;
  }
}

/**
 * One pair's signs. Trouble that two cuts in a row did not lessen is taken for the path's own, as on a radio link that
 * loses a tenth whatever is sent: it counts as the ground from which growth is measured.
 */
export class Signs {
  /** @type {{last: number, value: number, least: Least}|null} Of two reports in a row the better one: a queue lasts. */
  #rtt = null;
  #loss = { value: 0, least: new Least(0) };
  #grownAtCut = 0;
  #inVain = 0;

  /**
   * @param {Report} report
   * @param {number} now
   */
  hear({ loss, rtt }, now) {
    if (rtt !== null) {
      this.#rtt ??= { last: rtt, value: rtt, least: new Least(rtt) };
      this.#rtt.value = Math.min(rtt, this.#rtt.last);
      this.#rtt.last = rtt;
      this.#rtt.least.add(this.#rtt.value, now);
    }
    if (loss !== null) {
      this.#loss.value += (loss - this.#loss.value) * WEIGHT;
      this.#loss.least.add(this.#loss.value, now);
    }
    if (this.grown() >= 1) return;
    this.#inVain = 0;
    this.#grownAtCut = 0;
  }

  /**
   * @param {boolean} [isBusy] The machine may be what makes things late: only what is lost counts.
   * @returns {number} 1 and more is trouble.
   */
  grown(isBusy = false) {
    const lost = (this.#loss.value - this.#loss.least.value) / LOST;
    if (!this.#rtt || isBusy) return lost;
    const base = this.#rtt.least.value;
    const late = (this.#rtt.value - base) / Math.max(LATE_MS, base * LATE_PART);
    return Math.max(late, lost);
  }

  /** @returns {number} Of what is sent, the part that arrives. */
  get arrives() {
    return 1 - this.#loss.value;
  }

  /**
   * Something was cut for this pair's trouble.
   *
   * @returns {boolean} False: it was in vain before, and the trouble is taken for the path's own.
   */
  cut() {
    const grown = this.grown();
    this.#inVain =
      this.#grownAtCut && grown > this.#grownAtCut * HARDLY_LESS ? this.#inVain + 1 : 0;
    this.#grownAtCut = grown;
    if (this.#inVain < IN_VAIN) return true;
    this.#rtt?.least.reset(this.#rtt.value);
    this.#loss.least.reset(this.#loss.value);
    this.#inVain = 0;
    this.#grownAtCut = 0;
    return false;
  }
}
