/** @typedef {"camera"|"screen"} VideoSlot */

const APART_MS = 5000;
const MINUTE_MS = 60_000;
/** A keyframe is as large as many pictures: nobody asks for more of them in a minute. */
const MOST = 3;

/** The keyframes that were asked of one person, each after twice the wait of the one before. */
export class Wishes {
  /** @type {Record<VideoSlot, number[]>} */
  #times = { camera: [], screen: [] };

  /**
   * @param {VideoSlot} slot
   * @param {number} now
   */
  mayAsk(slot, now) {
    const times = this.#times[slot].filter((at) => Math.abs(now - at) < MINUTE_MS);
    this.#times[slot] = times;
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    return times.length < MOST && now - last >= APART_MS * 2 ** (times.length - 1);
  }

  /**
   * @param {VideoSlot} slot
   * @param {number} now
   */
  asked(slot, now) {
    this.#times[slot].push(now);
  }

  /**
   * Whether so many were asked for since `since`, and the last of them by `until`.
   *
   * @param {VideoSlot} slot
   * @param {number} since
   * @param {number} least
   * @param {number} until
   */
  areVain(slot, since, least, until) {
    const times = this.#times[slot].filter((at) => at >= since);
    return times.length >= least && Number(times.at(-1)) <= until;
  }
}
