/**
 * Time as everything in a call sees it; tests hand in their own.
 *
 * @typedef {object} Clock
 * @property {() => number} now Milliseconds since 1970.
 * @property {(milliseconds: number, act: () => void) => () => void} after Returns what cancels it.
 * @property {(milliseconds: number, act: () => void) => () => void} every Returns what stops it.
 */

/** @type {Clock} */
export const realClock = {
  now: () => Date.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
  every(milliseconds, act) {
    const timer = setInterval(act, milliseconds);
    return () => clearInterval(timer);
  },
};
