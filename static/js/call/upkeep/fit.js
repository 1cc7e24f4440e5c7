import { encoderBits, goodBits, softBits } from "./cost.js";

/**
 * How one video is encoded for one viewer: arithmetic only.
 *
 * @typedef {import("../messages.js").View} View
 * @typedef {"camera"|"screen"} VideoSlot
 * @typedef {{width: number, height: number, rate: number}} Source What the camera or the screen gives.
 * @typedef {{pixels: number, rate: number}} Size Of a picture, and how many a second.
 *
 * @typedef {object} Encoding As `RTCRtpEncodingParameters` has it.
 * @property {boolean} active
 * @property {number} scaleResolutionDownBy
 * @property {number} maxFramerate
 * @property {number} maxBitrate
 *
 * @typedef {object} Fitting An encoding, and what the next one depends on.
 * @property {Encoding} encoding
 * @property {Size} asked
 * @property {number} step In the ladder: 0 is all that is asked for.
 * @property {number} smallerSince When less began to be asked for; 0: it is not.
 * @property {number} betterSince When the line began to have enough for a better step; 0: it has not.
 */

/** Parts of the asked pixels, and pictures a second at most: a face is made smaller before it stutters. */
const CAMERA_STEPS = [
  [1, 60],
  [0.7, 60],
  [0.5, 20],
  [0.35, 15],
  [0.25, 15],
  [0.18, 15],
  [0.12, 12],
  [0.08, 10],
  [0.05, 8],
];
/** A shared text is read: it stays sharp, and its pages turn later. */
const SCREEN_STEPS = [
  [1, 60],
  [1, 10],
  [1, 5],
  [1, 2],
  [1, 1],
  [0.6, 1],
  [0.35, 1],
];
/** No picture is made smaller than this for want of bits. */
const LEAST_PIXELS = 128 * 72;
/** What a better step must have to spare, and for how long, so that no encoder goes up and down. */
const TO_SPARE = 1.2;
const BETTER_MS = 3000;
/** What is shown smaller is made smaller when it has stayed so. */
const SMALLER_MS = 1000;
/** A picture is left alone while it has as many pixels as this against what it should have. */
const NEAR = { least: 0.87, most: 1.15 };
/** So are bits that differ by less than this. */
const FEWER = 0.95;
const MORE = 1.1;
/**
 * Of the pixels that are shown, so many are made: what is rounded on the way stays below them. A half of a whole scale
 * that makes as many or somewhat fewer is taken instead, as its rows and columns come out even.
 */
const AIM = 0.95;
const EVEN = 0.9;
/** No bitrate at all would be no limit. */
const LEAST_BITS = 15_000;

const FIRST = { active: false, scaleResolutionDownBy: 1, maxFramerate: 30, maxBitrate: 150_000 };

/**
 * The encoding for a viewer who shows a video at this size. What is shown larger is sent larger at once; what the line
 * cannot carry shrinks at once; everything else waits until it has lasted.
 *
 * @param {object} what
 * @param {VideoSlot} what.slot
 * @param {View} what.view
 * @param {Source} what.source
 * @param {string} what.codec
 * @param {number} what.bits A second, of the line; 0: the video is not sent.
 * @param {Fitting|null} held The one before.
 * @param {number} now
 * @returns {Fitting}
 */
export function fit({ slot, view, source, codec, bits }, held, now) {
  const asked = sizeOf(view, source);
  if (!asked.pixels || bits <= 0) {
    const encoding = { ...(held?.encoding ?? FIRST), active: false };
    return { encoding, asked, step: 0, smallerSince: 0, betterSince: 0 };
  }
  const before = held?.encoding.active ? held : null;
  const calm = calmly(asked, before, now);
  const steps = ladder(slot, calm.asked);
  const { step, betterSince } = chooseStep(
    steps.map(({ pixels, rate }) => softBits(pixels, rate, codec)),
    bits,
    before && isSame(before.asked, calm.asked) ? before : null,
    now,
  );
  const { pixels, rate } = steps[step] ?? calm.asked;
  const good = Math.min(bits, goodBits(pixels, rate, codec));
  return {
    ...calm,
    step,
    betterSince,
    encoding: {
      active: true,
      scaleResolutionDownBy: scaleFor(pixels, source, before?.encoding),
      maxFramerate: rate,
      maxBitrate: bitsFor(Math.max(LEAST_BITS, encoderBits(good, rate)), before?.encoding),
    },
  };
}

/**
 * What can be sent of what is asked for. Pixels are counted, not sides: a tile crops what does not have its shape.
 *
 * @param {View} view
 * @param {Source} source
 * @returns {Size}
 */
export function sizeOf({ width, height, rate }, source) {
  return {
    pixels: Math.min(width * height, source.width * source.height),
    rate: Math.max(1, Math.min(rate, Math.round(source.rate))),
  };
}

/**
 * @param {Size} asked
 * @param {Fitting|null} before
 * @param {number} now
 */
function calmly(asked, before, now) {
  const isSmaller =
    before && asked.pixels * asked.rate < before.asked.pixels * before.asked.rate * NEAR.least;
  if (!isSmaller) return { asked, smallerSince: 0 };
  const smallerSince = before.smallerSince || now;
  return now - smallerSince < SMALLER_MS
    ? { asked: before.asked, smallerSince }
    : { asked, smallerSince: 0 };
}

/**
 * @param {VideoSlot} slot
 * @param {Size} asked
 * @returns {Size[]}
 */
function ladder(slot, { pixels, rate }) {
  return (slot === "camera" ? CAMERA_STEPS : SCREEN_STEPS).map(([part = 1, most = 1]) => ({
    pixels: Math.max(pixels * part, Math.min(pixels, LEAST_PIXELS)),
    rate: Math.min(rate, most),
  }));
}

/**
 * @param {number[]} costs The least that each step is worth sending with.
 * @param {number} bits
 * @param {Fitting|null} before
 * @param {number} now
 */
function chooseStep(costs, bits, before, now) {
  const last = costs.length - 1;
  const within = (/** @type {number} */ share) => {
    const found = costs.findIndex((cost) => cost * share <= bits);
    return found < 0 ? last : found;
  };
  const step = within(1);
  if (!before || step >= before.step) return { step, betterSince: 0 };
  const better = within(TO_SPARE);
  if (better >= before.step) return { step: before.step, betterSince: 0 };
  const betterSince = before.betterSince || now;
  return now - betterSince < BETTER_MS
    ? { step: before.step, betterSince }
    : { step: better, betterSince: 0 };
}

/**
 * @param {number} pixels
 * @param {Source} source
 * @param {Encoding|undefined} before
 */
function scaleFor(pixels, source, before) {
  const whole = source.width * source.height;
  if (before && isNear(whole / before.scaleResolutionDownBy ** 2 / pixels))
    return before.scaleResolutionDownBy;
  if (whole / pixels <= NEAR.most) return 1;
  const even = Math.ceil(Math.sqrt(whole / pixels) * 2 - 0.01) / 2;
  if (whole / even ** 2 >= pixels * EVEN) return even;
  return Math.round(Math.sqrt(whole / pixels / AIM) * 1000) / 1000;
}

/**
 * @param {number} bits
 * @param {Encoding|undefined} before
 */
function bitsFor(bits, before) {
  const change = before ? bits / before.maxBitrate : 0;
  return before && change > FEWER && change < MORE ? before.maxBitrate : Math.round(bits);
}

/**
 * @param {Size} one
 * @param {Size} other
 */
function isSame(one, other) {
  return one.rate === other.rate && isNear(one.pixels / other.pixels);
}

/** @param {number} part */
function isNear(part) {
  return part >= NEAR.least && part <= NEAR.most;
}
