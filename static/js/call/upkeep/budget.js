import { Ceiling } from "./ceiling.js";
import { Signs } from "./signs.js";

/**
 * @typedef {object} Look How one pair was in the last second. Rates are bits a second on the line.
 * @property {string} seat
 * @property {number} at When; a look that is as old as the one before says nothing new.
 * @property {number} used
 * @property {number} handed What it was allowed to use; of sound, what it needed, which in silence is nothing.
 * @property {number|null} loss 0 to 1, as the receiver says.
 * @property {number|null} rtt Milliseconds.
 * @property {number|null} available What the browser thinks that the pair carries; not in Firefox.
 *
 * @typedef {object} Pair
 * @property {Signs} signs
 * @property {Ceiling|null} ceiling Where the pair's own path turned out to be narrow.
 * @property {number} at
 * @property {number} told So many looks in a row the browser thought much less of it than it was handed.
 */

/**
 * What everybody may use before anything is known: seven small pictures with sound, and less than the uplink of any
 * fixed line. The browser begins each pair at 300 kbit/s in any case, and goes up only as the path allows.
 */
const START = 1_500_000;
/** A pair that sends less than this has nothing to say of the line. */
const SILENT = 8_000;
/** A rate is raised only while so much of it is used: what was not tried is not known to work. */
const USED = 0.8;
/** And only as long as somebody could do with more. */
const WANTED = 1.2;
/** What a browser's estimate must be below what was handed, and for how many looks, to be believed. */
const DOUBTED = 0.8;
const DOUBTS = 4;

/**
 * What this page may send in all, and over each pair: a control law of our own over all pairs, once a second.
 *
 * Signs (signs.js): loss that receivers report and round trips, each against its least of the last half to whole minute.
 * Growth by 5 % of loss, or by 100 ms (half of a long round trip) in two reports in a row, is trouble. Both are seen in
 * every browser. While packets may wait for the processor (machine.js), only loss is.
 *
 * Whose trouble: of at least half of the pairs that send, and of two where there are two, it is the own line's; the budget
 * is cut to 85 % of what arrived, to a third of itself at once. Of fewer it is the other side's: that pair alone is cut.
 * The next cut waits 2 s, until this one shows; trouble that two cuts did not lessen is not ours, and is lived with.
 *
 * Otherwise both are raised, while at least 80 % of what they allow is used and somebody could do with more: not for 4 s
 * after a cut, then by 4 % a second (at least 20 kbit/s) and faster each second, to 25 %; by 2 % near the rate at which
 * trouble began last, which is forgotten after a minute. From 300 kbit/s to 3 Mbit/s it takes about 20 s.
 *
 * What a browser thinks of a pair (`availableOutgoingBitrate`) is a hint: each of several pairs on one line is told of the
 * whole line, or of what the others happen to leave, so their sum is no budget. But where it holds a pair back for 4 s,
 * that pair's ceiling comes down to it; where it does so with half of them, the line is full though nothing is lost or
 * late, and the budget comes down to what is used. The floor is what sound needs at the least.
 */
export class Budget {
  #whole = new Ceiling(START);
  /** @type {Map<string, Pair>} */
  #pairs = new Map();
  #isCut = false;

  /** @returns {number} Bits a second for everybody together. */
  get bits() {
    return this.#whole.bits;
  }

  /** Whether the line has ever turned out to be narrower than what was tried. */
  get isCut() {
    return this.#isCut;
  }

  /**
   * @param {string} seat
   * @returns {number} What this pair carries; infinite where nothing speaks against it.
   */
  most(seat) {
    return this.#pairs.get(seat)?.ceiling?.bits ?? Number.POSITIVE_INFINITY;
  }

  /**
   * What is known of a pair's path was of another connection.
   *
   * @param {string} seat
   */
  forget(seat) {
    this.#pairs.delete(seat);
  }

  /**
   * One second has passed.
   *
   * @param {Look[]} looks At every pair that is connected.
   * @param {{floor: number, floorOfPair: number, demand: number}} needs What sound needs at the least, with everybody and
   *   with one; what all together would like to have.
   * @param {number} now
   * @param {boolean} [isBusy] Packets may wait for this machine's processor.
   */
  step(looks, { floor, floorOfPair, demand }, now, isBusy = false) {
    const pairs = new Map(looks.map((look) => [look, this.#hear(look, now, isBusy)]));
    const live = looks.filter(({ used }) => used > SILENT);
    const troubled = live.filter((look) => (pairs.get(look)?.signs.grown(isBusy) ?? 0) >= 1);
    if (isShared(troubled, live)) {
      this.#cut(troubled, live, floor, now);
      return;
    }
    const used = sum(live, ({ used }) => used);
    const doubted = live.filter((look) => (pairs.get(look)?.told ?? 0) >= DOUBTS);
    if (isShared(doubted, live)) {
      for (const look of doubted) /** @type {Pair} */ (pairs.get(look)).told = 0;
      this.#whole.settle(used, floor, now);
      this.#isCut = true;
      return;
    }
    for (const look of looks) this.#stepPair(look, troubled.includes(look), floorOfPair, now);
    const handed = sum(live, ({ handed }) => handed);
    if (this.bits < demand * WANTED && used >= USED * handed) this.#whole.raise(now);
    if (this.bits < floor) this.#whole.bits = floor;
  }

  /**
   * @param {Look} look
   * @param {number} now
   * @param {boolean} isBusy
   */
  #hear({ seat, at, loss, rtt, used, handed, available }, now, isBusy) {
    let pair = this.#pairs.get(seat);
    if (!pair) {
      pair = { signs: new Signs(), ceiling: null, at: 0, told: 0 };
      this.#pairs.set(seat, pair);
    }
    if (at === pair.at) return pair;
    pair.at = at;
    pair.signs.hear({ loss, rtt }, now);
    const isDoubted = available !== null && available < handed * DOUBTED && used > available / 2;
    pair.told = isDoubted && !isBusy ? pair.told + 1 : 0;
    return pair;
  }

  /**
   * @param {Look[]} troubled
   * @param {Look[]} live
   * @param {number} floor
   * @param {number} now
   */
  #cut(troubled, live, floor, now) {
    if (!this.#whole.mayCut(now)) return;
    const isOurs = troubled.map(({ seat }) => this.#pairs.get(seat)?.signs.cut());
    if (!isOurs.includes(true)) return;
    const arrived = sum(
      live,
      ({ seat, used }) => used * (this.#pairs.get(seat)?.signs.arrives ?? 1),
    );
    this.#whole.cut(arrived, floor, now);
    this.#isCut = true;
  }

  /**
   * @param {Look} look
   * @param {boolean} isTroubled
   * @param {number} floor
   * @param {number} now
   */
  #stepPair({ seat, used, handed, available }, isTroubled, floor, now) {
    const pair = this.#pairs.get(seat);
    if (!pair) return;
    if (isTroubled) {
      if (pair.ceiling && !pair.ceiling.mayCut(now)) return;
      if (!pair.signs.cut()) return;
      pair.ceiling ??= new Ceiling(Math.max(used, handed));
      pair.ceiling.cut(used * pair.signs.arrives, floor, now);
    } else if (pair.told >= DOUBTS && available !== null) {
      pair.told = 0;
      pair.ceiling ??= new Ceiling(available);
      pair.ceiling.bits = Math.max(floor, Math.min(pair.ceiling.bits, available));
    } else if (pair.ceiling && used >= USED * handed) pair.ceiling.raise(now);
  }
}

/**
 * Whether it is the own line's: one path alone may be the other side's.
 *
 * @param {Look[]} some
 * @param {Look[]} live
 */
function isShared(some, live) {
  return (
    some.length > 0 && some.length >= Math.min(2, live.length) && some.length * 2 >= live.length
  );
}

/**
 * @template T
 * @param {T[]} all
 * @param {(each: T) => number} of
 */
function sum(all, of) {
  return all.reduce((whole, each) => whole + of(each), 0);
}
