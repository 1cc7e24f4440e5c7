/**
 * @typedef {Pick<import("../state.js").Person, "seat"|"speaking">} Voice
 */

/** Who speaks for less than this coughed, or said "yes". */
const SPEECH_MS = 1000;

/**
 * Everybody in the order in which they spoke last. Whoever speaks goes on being among the first: somebody is overtaken
 * by speech alone, and two who speak at once do not change places.
 */
export class Speakers {
  /** @type {string[]} */
  #order = [];
  /** @type {Map<string, number>} Since when somebody speaks. */
  #began = new Map();
  /** @type {Map<string, number>} When somebody was last heard to speak. */
  #spoke = new Map();

  /**
   * @param {Voice[]} people Everybody, the longest here first: in this order they stand before anybody speaks.
   * @param {number} now Milliseconds.
   * @returns {string[]} Their seats, whoever spoke last first.
   */
  rank(people, now) {
    const here = new Set(people.map(({ seat }) => seat));
    for (const map of [this.#began, this.#spoke]) {
      for (const seat of map.keys()) if (!here.has(seat)) map.delete(seat);
    }
    for (const { seat, speaking } of people) this.#hear(seat, speaking, now);
    const known = this.#order.filter((seat) => here.has(seat));
    const fresh = [...here].filter((seat) => !this.#order.includes(seat));
    this.#order = [...known, ...fresh].sort((a, b) => this.#last(b) - this.#last(a));
    return this.#order;
  }

  /**
   * @param {string} seat
   * @param {boolean} speaking
   * @param {number} now
   */
  #hear(seat, speaking, now) {
    if (!speaking) {
      this.#began.delete(seat);
      return;
    }
    const began = this.#began.get(seat) ?? now;
    this.#began.set(seat, began);
    if (now - began >= SPEECH_MS) this.#spoke.set(seat, now);
  }

  /** @param {string} seat */
  #last(seat) {
    return this.#spoke.get(seat) ?? 0;
  }
}
