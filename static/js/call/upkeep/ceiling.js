/** After a cut so much of what arrived is left: less than the line carries, so that its queue runs empty. */
const CUT = 0.85;
/** One cut goes no further down than this: little may have arrived because there was little to send. */
const AT_ONCE = 1 / 3;
/** Until a cut shows in reports: one more before would be for the same trouble. */
const SHOWS_MS = 2000;
/** How long everything stays flat after a cut before more is tried. */
const FLAT_MS = 4000;
/** Growth a second: at first, at most, and by how much it grows itself; and no less than so many bits a second. */
const SLOW = 1.04;
const FAST = 1.25;
const FASTER = 0.02;
const LEAST = 20_000;
/** Near the rate at which trouble began last it grows by this alone, for this long. */
const CAREFUL = 1.02;
const NEAR = { least: 0.8, most: 1.15 };
const REMEMBERED_MS = 60_000;

/** A rate in bits a second that may be used up: cut to what arrives, and raised slowly, then faster. */
export class Ceiling {
  bits;
  #growth = FAST;
  #cutAt = Number.NEGATIVE_INFINITY;
  /** What arrived when it was cut last. */
  #knee = 0;

  /** @param {number} bits */
  constructor(bits) {
    this.bits = bits;
  }

  /** @param {number} now */
  mayCut(now) {
    return now - this.#cutAt >= SHOWS_MS;
  }

  /**
   * @param {number} arrived Bits a second that came through.
   * @param {number} floor
   * @param {number} now
   */
  cut(arrived, floor, now) {
    const least = Math.max(floor, this.bits * AT_ONCE);
    this.settle(arrived, floor, now);
    this.bits = Math.max(least, this.#knee * CUT);
  }

  /**
   * No more went through for a while, and nothing is the worse for it: there is no queue to run empty.
   *
   * @param {number} arrived
   * @param {number} floor
   * @param {number} now
   */
  settle(arrived, floor, now) {
    this.#knee = Math.min(arrived, this.bits);
    this.bits = Math.max(floor, this.#knee);
    this.#growth = SLOW;
    this.#cutAt = now;
  }

  /**
   * One second more without trouble, in which it was used up.
   *
   * @param {number} now
   */
  raise(now) {
    const age = now - this.#cutAt;
    if (age < FLAT_MS) return;
    const of = this.#knee && age < REMEMBERED_MS ? this.bits / this.#knee : 0;
    if (of > NEAR.least && of < NEAR.most) {
      this.bits *= CAREFUL;
      return;
    }
    this.bits += Math.max(LEAST, this.bits * (this.#growth - 1));
    this.#growth = Math.min(FAST, this.#growth + FASTER);
  }
}
