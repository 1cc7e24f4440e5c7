// How one pair is introduced: an offer, an answer, and candidates of both.

/** @typedef {import("./member.js").Member} Member */
/** @typedef {import("./member.js").Signal} Signal */

const CANDIDATES = 8;

/**
 * What each side says at its turn. Candidates go together, as clients of Parley send
 * them, or one by one, as most others do.
 * @param {Member} from
 * @param {Member} to
 * @param {"offer" | "answer"} kind
 * @param {boolean} together
 */
function introduce(from, to, kind, together) {
  const side = kind === "offer" ? 0 : 1;
  from.signal(to, kind);
  if (together) from.signal(to, "candidates", side);
  else
    for (let each = 0; each < CANDIDATES; each += 1)
      from.signal(to, "candidate", side * CANDIDATES + each);
}

/** Runs the exchanges of a house's members; one at a time for each pair. */
export class Exchanges {
  /** By the pair's members. @type {Map<string, { left: number, done: () => void }>} */
  #open = new Map();

  /**
   * @param {Member[]} members
   * @param {boolean} together
   */
  constructor(members, together) {
    this.together = together;
    for (const member of members) member.onsignal = (signal) => this.#took(signal);
  }

  get size() {
    return this.#open.size;
  }

  /**
   * Resolves when everything that the two say has arrived.
   * @param {Member} offerer
   * @param {Member} answerer
   * @returns {Promise<void>}
   */
  run(offerer, answerer) {
    return new Promise((resolve) => {
      const left = 2 * (this.together ? 2 : 1 + CANDIDATES);
      this.#open.set(name(offerer, answerer), { left, done: resolve });
      introduce(offerer, answerer, "offer", this.together);
    });
  }

  /** @param {Signal} signal */
  #took({ from, to, kind }) {
    if (kind === "offer") introduce(to, from, "answer", this.together);
    const key = name(from, to);
    const exchange = this.#open.get(key);
    if (exchange === undefined) return;
    exchange.left -= 1;
    if (exchange.left > 0) return;
    this.#open.delete(key);
    exchange.done();
  }
}

/**
 * @param {Member} one
 * @param {Member} other
 */
function name(one, other) {
  return `${Math.min(one.index, other.index)} ${Math.max(one.index, other.index)}`;
}
