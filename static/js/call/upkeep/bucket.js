/** How much of something may come: so much at once, and so much a second in the long run. */
export class Bucket {
  #clock;
  #perSecond;
  #burst;
  #left;
  #at;

  /**
   * @param {import("../../lib/clock.js").Clock} clock
   * @param {number} perSecond
   * @param {number} burst
   */
  constructor(clock, perSecond, burst) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = clock.now();
  }

  /**
   * @param {number} [amount]
   * @returns {boolean} Whether there was so much left; if not, nothing is taken.
   */
  take(amount = 1) {
    const now = this.#clock.now();
    // A clock that was set back gives nothing.
    const passed = Math.max(0, now - this.#at) / 1000;
    this.#at = now;
    this.#left = Math.min(this.#burst, this.#left + passed * this.#perSecond);
    if (amount > this.#left) return false;
    this.#left -= amount;
    return true;
  }
}
