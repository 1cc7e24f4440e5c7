/**
 * @typedef {import("./fit.js").Source} Source
 */

/** Who spoke this recently is who speaks. */
const SPOKE_MS = 4000;
/** What sources give that do not say. */
const CAMERA = { width: 640, height: 360, rate: 30 };
const SOUNDS = /** @type {const} */ (["microphone", "screenAudio"]);
const SCREEN = { width: 1920, height: 1080, rate: 15 };

/** What this page has to send. */
export class Sources {
  #own;
  #speaks;
  #clock;
  #spokeAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {Pick<import("../own.js").Own, "media"|"share"|"slots">} own
   * @param {() => boolean} speaks Whether one speaks and is heard just now.
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(own, speaks, clock) {
    this.#own = own;
    this.#speaks = speaks;
    this.#clock = clock;
  }

  /** @returns {import("./split.js").Own} As it is now. */
  get now() {
    const { media, share, slots } = this.#own;
    const now = this.#clock.now();
    if (this.#speaks()) this.#spokeAt = now;
    return {
      camera: media.tracks.camera && sourceOf(media.tracks.camera, CAMERA),
      screen: share.picture && sourceOf(share.picture, SCREEN),
      sounds: SOUNDS.filter((slot) => slots[slot] === "on"),
      speaks: now - this.#spokeAt < SPOKE_MS,
    };
  }
}

/**
 * @param {MediaStreamTrack} track
 * @param {Source} otherwise
 * @returns {Source}
 */
function sourceOf(track, otherwise) {
  const { width, height, frameRate } = track.getSettings();
  return {
    width: width || otherwise.width,
    height: height || otherwise.height,
    rate: frameRate || otherwise.rate,
  };
}
