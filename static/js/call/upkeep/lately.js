/** One turned page is not a film: what lasts for less than this is spread over it. */
const WINDOW_MS = 5000;

/** A rate as it was in the last seconds, on average. */
export class Lately {
  /** @type {{at: number, bits: number}[]} */
  #heard = [];

  /**
   * @param {number|null} bits A second; null: there is nothing to speak of, and what was heard before was of another.
   * @param {number} at
   */
  hear(bits, at) {
    if (bits === null) this.#heard = [];
    else this.#heard = [...this.#heard.filter((each) => at - each.at < WINDOW_MS), { at, bits }];
  }

  /** @returns {number|null} Null: not known yet. */
  get mean() {
    const all = this.#heard;
    return all.length ? all.reduce((sum, { bits }) => sum + bits, 0) / all.length : null;
  }
}
