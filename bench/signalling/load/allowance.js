// Stays below the rates at which a server of ours says "too-fast": nobody is let off.

/** @typedef {import("./member.js").Member} Member */
/** @typedef {Record<string, [number, number]>} Rates rate a second and burst by type */

/** Clocks differ a little, and what is sent evenly does not arrive so. */
const SHARE = 0.8;

class Bucket {
  /**
   * @param {number} rate
   * @param {number} burst
   */
  constructor(rate, burst) {
    this.rate = rate * SHARE;
    this.burst = burst * SHARE;
    this.tokens = this.burst;
    this.filled = performance.now();
  }

  has() {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filled) * this.rate) / 1000);
    this.filled = now;
    return this.tokens >= 1;
  }
}

export class Allowance {
  /** @type {Map<Member, Map<string, Bucket>>} */
  #buckets = new Map();

  /** @param {Rates} rates */
  constructor(rates) {
    this.rates = rates;
  }

  /**
   * May these two introduce themselves now? If so, it is counted.
   * @param {Member} offerer
   * @param {Member} answerer
   */
  take(offerer, answerer) {
    const needed = [
      this.#bucket(offerer, "offer"),
      this.#bucket(offerer, "candidates"),
      this.#bucket(answerer, "answer"),
      this.#bucket(answerer, "candidates"),
    ];
    if (!needed.every((bucket) => bucket === null || bucket.has())) return false;
    for (const bucket of needed) if (bucket !== null) bucket.tokens -= 1;
    return true;
  }

  /**
   * @param {Member} member
   * @param {string} kind
   */
  #bucket(member, kind) {
    const rate = this.rates[kind];
    if (rate === undefined) return null;
    let own = this.#buckets.get(member);
    if (own === undefined) {
      own = new Map();
      this.#buckets.set(member, own);
    }
    let bucket = own.get(kind);
    if (bucket === undefined) {
      bucket = new Bucket(...rate);
      own.set(kind, bucket);
    }
    return bucket;
  }
}
