import { Lately } from "./lately.js";

/**
 * @typedef {import("./sample.js").Sample} Sample
 * @typedef {import("./budget.js").Look} Look
 * @typedef {import("./split.js").Given} Given
 */

/** IPv4 and UDP, which browsers do not count. */
const BARE_BYTES = 28;
const BITS = 8;
/** So much of what a video was given is all of it: encoders do not hit what they are told. */
const ALL = 0.8;
const VIDEOS = /** @type {const} */ (["camera", "screen"]);
const SOUNDS = /** @type {const} */ (["microphone", "screenAudio"]);

/** The last look at every pair, made as its samples come. */
export class Looks {
  /** @type {Map<string, {sample: Sample, look: Look, screen: Lately}>} */
  #latest = new Map();

  /**
   * @param {Pick<import("./samples.js").Samples, "on">} samples
   * @param {(seat: string) => Given} given Bits a second on the line that a pair's pictures were given.
   * @param {AbortSignal} signal
   */
  constructor(samples, given, signal) {
    const hear = (/** @type {{seat: string, sample: Sample}} */ { seat, sample }) => {
      const known = this.#latest.get(seat);
      const [before, screen] = [known?.sample ?? null, known?.screen ?? new Lately()];
      const look = lookOf(seat, sample, before, given(seat));
      const isSent = before && given(seat).screen && sample.out.screen?.active;
      screen.hear(isSent ? wireOf(sample, before, "screen") : null, sample.at);
      this.#latest.set(seat, { sample, look, screen });
    };
    samples.on("sample", hear, { signal });
  }

  /**
   * What was seen of a pair was of another connection, or of somebody who is gone.
   *
   * @param {string} seat
   */
  forget(seat) {
    this.#latest.delete(seat);
  }

  /**
   * @param {string[]} seats
   * @returns {Look[]} Without those of whom nothing is known.
   */
  of(seats) {
    return this.#known(seats).map(({ look }) => look);
  }

  /**
   * @param {string[]} seats
   * @returns {{share: number, isLimited: boolean}} Seconds of encoding a second, and whether a browser says that it
   *   cannot keep up.
   */
  encoding(seats) {
    const videos = this.#known(seats).flatMap(({ sample }) =>
      VIDEOS.map((slot) => sample.out[slot]),
    );
    return {
      share: videos.reduce((sum, video) => sum + (video?.active ? video.encodeShare : 0), 0),
      isLimited: videos.some((video) => video?.active && video.limited === "cpu"),
    };
  }

  /**
   * @param {string} seat
   * @returns {number|null} Bits a second on the line that the shared screen used lately; null: not known.
   */
  ofScreen(seat) {
    return this.#latest.get(seat)?.screen.mean ?? null;
  }

  /** @param {string[]} seats */
  #known(seats) {
    return seats.map((seat) => this.#latest.get(seat)).filter((known) => known !== undefined);
  }
}

/**
 * What the budget needs to know of a pair.
 *
 * @param {string} seat
 * @param {Sample} sample
 * @param {Sample|null} before Of the same connection.
 * @param {Given} given
 * @returns {Look}
 */
export function lookOf(seat, sample, before, given) {
  const packets = Math.max(0, sample.sent.packets - (before?.sent.packets ?? 0));
  const sound = SOUNDS.reduce((sum, slot) => sum + wireOf(sample, before, slot), 0);
  return {
    seat,
    at: sample.at,
    used: sample.sent.bitrate + aroundOf(packets, sample, before),
    handed: askedOf(given, wireOf(sample, before, "screen")) + sound,
    loss: lossOf(sample, before),
    rtt: rttOf(sample, before),
    available: sample.path?.available ?? null,
  };
}

/**
 * What pictures are known to need. A page that stands still needs next to nothing, which says nothing of the line; a
 * camera that needs less than it was given needs no more.
 *
 * @param {Given} given
 * @param {number} screen What was used of it.
 */
export function askedOf(given, screen) {
  return given.camera + (screen < given.screen * ALL ? screen : given.screen);
}

/**
 * What one slot used on the line, a second.
 *
 * @param {Sample} sample
 * @param {Sample|null} before
 * @param {import("../state.js").SlotName} slot
 */
function wireOf(sample, before, slot) {
  const around = aroundOf(grownBy(sample, before, slot), sample, before);
  return (sample.out[slot]?.bitrate ?? 0) + around;
}

/**
 * @param {number} packets Since the sample before.
 * @param {Sample} sample
 * @param {Sample|null} before
 */
function aroundOf(packets, sample, before) {
  const seconds = before ? (sample.at - before.at) / 1000 : 0;
  return seconds ? (packets / seconds) * BARE_BYTES * BITS : 0;
}

/**
 * By packets, of all that was sent since the sample before: what a slot said that is silent now is old.
 *
 * @param {Sample} sample
 * @param {Sample|null} before
 */
function lossOf(sample, before) {
  let [sent, lost] = [0, 0];
  for (const slot of [...VIDEOS, ...SOUNDS]) {
    const share = sample.out[slot]?.lostShare ?? null;
    if (share === null) continue;
    const packets = grownBy(sample, before, slot);
    sent += packets;
    lost += packets * share;
  }
  return sent ? lost / sent : null;
}

/**
 * Pictures are reported on every second, the path is tried every few seconds.
 *
 * @param {Sample} sample
 * @param {Sample|null} before
 */
function rttOf(sample, before) {
  for (const slot of VIDEOS) {
    const rtt = sample.out[slot]?.rtt ?? null;
    if (rtt !== null && grownBy(sample, before, slot)) return rtt;
  }
  return sample.path?.rtt ?? null;
}

/**
 * @param {Sample} sample
 * @param {Sample|null} before
 * @param {import("../state.js").SlotName} slot
 */
function grownBy(sample, before, slot) {
  const [now, then] = [sample.out[slot], before?.out[slot]];
  if (!now || !then || now.ssrc !== then.ssrc) return 0;
  return Math.max(0, now.packets - then.packets);
}
