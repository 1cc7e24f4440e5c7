import { Bucket } from "./bucket.js";
import { FIRST } from "./policy.js";

/**
 * @typedef {import("./policy.js").Asked} Asked
 *
 * @typedef {object} Wish What one of the others wants of our videos.
 * @property {string} instance Of the page that said so.
 * @property {Asked|null} views Null: it has said nothing.
 * @property {Asked|null} next What it has said since, and is too early.
 * @property {Bucket} bucket
 * @property {() => void} cancel
 */

/** As often as anybody says it who keeps to the protocol. */
const CHANGES = { perSecond: 4, burst: 20 };
/** A video that begins anew costs its encoder a picture that can be decoded by itself. */
const BEGINNING = 4;
const LOOK_MS = 250;

/**
 * At what size others show our videos, as they say. Each change sets every encoder anew, so nobody is followed faster
 * than a page needs: what comes too early waits, and the newest word of it counts.
 */
export class Wanted {
  #clock;
  #tell;
  /** @type {Map<string, Wish>} */
  #wishes = new Map();

  /**
   * @param {import("../../lib/clock.js").Clock} clock
   * @param {(seat: string) => void} tell This one wants our videos in another way now.
   */
  constructor(clock, tell) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /**
   * @param {string} seat
   * @returns {Asked}
   */
  of(seat) {
    return this.#wishes.get(seat)?.views ?? { camera: FIRST, screen: FIRST };
  }

  /**
   * @param {{seat: string, instance: string}} person
   * @param {Asked} views
   */
  hear({ seat, instance }, views) {
    const known = this.#wishes.get(seat);
    const wish = known?.instance === instance ? known : this.#begin(seat, instance);
    const waits = wish.next !== null;
    wish.next = views;
    if (!waits) this.#follow(seat, wish);
  }

  /** @param {Map<string, string>} here By seat, which page each person has: a page loaded anew has said nothing yet. */
  only(here) {
    for (const [seat, wish] of this.#wishes) {
      if (here.get(seat) === wish.instance) continue;
      wish.cancel();
      this.#wishes.delete(seat);
    }
  }

  close() {
    for (const { cancel } of this.#wishes.values()) cancel();
  }

  /**
   * @param {string} seat
   * @param {string} instance
   * @returns {Wish}
   */
  #begin(seat, instance) {
    this.#wishes.get(seat)?.cancel();
    const bucket = new Bucket(this.#clock, CHANGES.perSecond, CHANGES.burst);
    /** @type {Wish} */
    const wish = { instance, views: null, next: null, bucket, cancel: () => {} };
    this.#wishes.set(seat, wish);
    return wish;
  }

  /**
   * @param {string} seat
   * @param {Wish} wish
   */
  #follow(seat, wish) {
    const { next } = wish;
    if (!next) return;
    if (wish.views && isSame(wish.views, next)) wish.next = null;
    else if (wish.bucket.take(begins(this.of(seat), next) ? BEGINNING : 1)) {
      wish.views = next;
      wish.next = null;
      this.#tell(seat);
    } else wish.cancel = this.#clock.after(LOOK_MS, () => this.#follow(seat, wish));
  }
}

/**
 * @param {Asked} before
 * @param {Asked} now
 */
function begins(before, now) {
  return (
    (before.camera.width === 0 && now.camera.width > 0) ||
    (before.screen.width === 0 && now.screen.width > 0)
  );
}

/**
 * @param {Asked} one
 * @param {Asked} other
 */
function isSame(one, other) {
  return /** @type {const} */ (["camera", "screen"]).every((slot) =>
    /** @type {const} */ (["width", "height", "rate"]).every(
      (name) => one[slot][name] === other[slot][name],
    ),
  );
}
