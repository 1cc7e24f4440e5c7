/** So long may the page before a reload take to let go, also on a busy machine. */
const PATIENCE_MS = 1500;

/**
 * Says to the other tabs of this browser which seat this page has: the browser's lock named after it is held for as long
 * as the page lives. Where there are no locks (pages without https) every page believes that it is the only one.
 */
export class SeatLock {
  #clock;
  #seat = "";
  #held = Promise.resolve(true);
  /** Ends the holding of the lock, or the wait for it. */
  #let = () => {};

  /** @param {import("../lib/clock.js").Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * For a page that finds a seat in its memory, which a duplicated tab does as well.
   *
   * @param {string} seat
   * @returns {Promise<boolean>} False when another page has this seat.
   */
  claim(seat) {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => resolve(false));
      this.hold(seat).then((isHeld) => {
        cancel();
        resolve(isHeld);
      });
    });
  }

  /**
   * Asks for the lock, and holds it once it is free; lets go of another seat's.
   *
   * @param {string} seat
   * @returns {Promise<boolean>} True when it is held; it may take for ever.
   */
  hold(seat) {
    if (seat === this.#seat) return this.#held;
    this.release();
    this.#seat = seat;
    this.#held = this.#ask(seat);
    return this.#held;
  }

  release() {
    this.#seat = "";
    this.#let();
  }

  /** @param {string} seat */
  #ask(seat) {
    const { locks } = globalThis.navigator ?? {};
    if (!locks) return Promise.resolve(true);
    const end = new AbortController();
    this.#let = () => end.abort();
    return new Promise((resolve) => {
      const kept = () => {
        resolve(true);
        return new Promise((done) => end.signal.addEventListener("abort", done));
      };
      locks.request(`parley:${seat}`, { signal: end.signal }, kept).catch((error) => {
        // Given up while waiting; a browser that refuses locks altogether has none.
        resolve(error.name !== "AbortError");
      });
    });
  }
}
