import { AUDIO, goodBits, PULSE, softBits, soundBits } from "./cost.js";
import { sizeOf } from "./fit.js";

/**
 * Who gets what of the line: arithmetic only. Rates are bits a second on the line.
 *
 * @typedef {import("./cost.js").SoundSlot} SoundSlot
 * @typedef {import("./fit.js").Source} Source
 * @typedef {import("./fit.js").VideoSlot} VideoSlot
 * @typedef {import("./policy.js").Asked} Asked
 *
 * @typedef {object} Viewer Somebody who is connected.
 * @property {string} seat
 * @property {Asked} asked
 * @property {number} most What this pair carries; infinite where it is not known to be narrow.
 * @property {string} codec Of the videos.
 * @property {Record<VideoSlot, boolean>} carried False: the video was left out before, since the line had too little.
 * @property {number|null} [screen] What a shared screen used lately; null: not known yet.
 *
 * @typedef {object} Own What there is to send.
 * @property {Source|null} camera
 * @property {Source|null} screen
 * @property {readonly SoundSlot[]} sounds Those that are on.
 * @property {boolean} speaks Whether this person is the one who speaks.
 *
 * @typedef {Record<VideoSlot, number>} Given 0: not sent.
 *
 * @typedef {object} Shares
 * @property {number} audio The rung of `AUDIO` that all sound is sent with.
 * @property {number} demand What everybody together would like to have, as far as their own paths carry it.
 * @property {Map<string, Given>} given
 *
 * @typedef {object} Claim One video for one viewer.
 * @property {Viewer} viewer
 * @property {VideoSlot} slot
 * @property {boolean} isFirst Shares, and the camera of who speaks.
 * @property {number} pixels
 * @property {number} least
 * @property {number} good
 * @property {number} kept What is kept free for it; a shared page that stands still needs less than it may use.
 */

/** Of the line, for sound, as long as pictures are asked for: the first rung that fits is taken. */
const FOR_SOUND = 0.4;
const FOR_SOUND_ALONE = 0.9;
/** What a better rung of sound must have to spare. */
const SOUND_TO_SPARE = 1.25;
/** Kept for reports, chat, what is sent again and what an encoder is late to obey. */
const FOR_PICTURES = 0.95;
/**
 * A picture that gets less than this is not worth its place: 128×72, eight times a second, is soft with it. A shared text
 * that gets less cannot be read.
 */
const LEAST = { camera: 24_000, screen: 90_000 };
/** Who was not sent a video is sent it again when there is so much more than the least. */
const TO_BEGIN = 1.3;

/** What is kept for a shared screen: so many times what it used lately, and no less than turns a page in a second or two. */
const AHEAD = 2;
const PAGES = 300_000;

/** @type {readonly VideoSlot[]} */
const VIDEOS = ["screen", "camera"];

/**
 * Sound first, for everybody; then shares and the camera of who speaks, then the other cameras, the largest shown first.
 * What is kept for a share is handed out once more on top, so that a page turns at once: until that is seen, and cameras
 * get less, browsers hold back, who know what was sent lately.
 *
 * @param {number} budget
 * @param {Viewer[]} viewers
 * @param {Own} own
 * @param {number} [rung] Of the sound before.
 * @returns {Shares}
 */
export function split(budget, viewers, own, rung = 0) {
  const claims = claimsOf(viewers, own);
  const forSound = budget * (claims.length ? FOR_SOUND : FOR_SOUND_ALONE);
  const audio = soundFor(forSound / viewers.length, own.sounds, rung);
  const perPair = soundBits(audio, own.sounds) + PULSE;
  const spent = viewers.length * perPair;
  const left = Math.max(0, budget - spent) * FOR_PICTURES;
  const most = pictures(left, claims, perPair, ({ good }) => good);
  const kept = pictures(left, claims, perPair, (claim) => claim.kept);
  const all = new Map(viewers.map(({ seat }) => [seat, { camera: 0, screen: 0 }]));
  for (const claim of kept.keys()) {
    const of = all.get(claim.viewer.seat);
    if (of) of[claim.slot] = (claim.slot === "screen" ? most : kept).get(claim) ?? 0;
  }
  const best = soundBits(0, own.sounds) + PULSE;
  const liked = viewers.reduce((sum, viewer) => {
    const own = claims.filter((claim) => claim.viewer === viewer).map((claim) => claim.kept);
    return sum + Math.min(viewer.most, total(own) / FOR_PICTURES + best);
  }, 0);
  return { audio, demand: liked, given: all };
}

/**
 * The least that sound and heartbeats need, however narrow the line is.
 *
 * @param {number} viewers
 * @param {readonly SoundSlot[]} sounds
 */
export function leastFor(viewers, sounds) {
  return viewers * (soundBits(AUDIO.length - 1, sounds) + PULSE);
}

/**
 * @param {number} bits For one viewer.
 * @param {readonly SoundSlot[]} sounds
 * @param {number} before
 */
function soundFor(bits, sounds, before) {
  const rung = AUDIO.findIndex(
    (_, place) => soundBits(place, sounds) * (place < before ? SOUND_TO_SPARE : 1) <= bits,
  );
  return rung < 0 ? AUDIO.length - 1 : rung;
}

/**
 * @param {Viewer[]} viewers
 * @param {Own} own
 * @returns {Claim[]} Who comes first, first.
 */
function claimsOf(viewers, own) {
  /** @type {Claim[]} */
  const claims = [];
  for (const viewer of viewers) {
    for (const slot of VIDEOS) {
      const source = own[slot];
      if (!source || !viewer.asked[slot].width) continue;
      const { pixels, rate } = sizeOf(viewer.asked[slot], source);
      const good = goodBits(pixels, rate, viewer.codec);
      const least = Math.min(LEAST[slot], softBits(pixels, rate, viewer.codec));
      const isFirst = slot === "screen" || own.speaks;
      const screen = viewer.screen ?? null;
      const isKnown = slot === "screen" && screen !== null;
      const kept = isKnown ? Math.min(good, Math.max(least, PAGES, screen * AHEAD)) : good;
      claims.push({ viewer, slot, isFirst, pixels, least, good, kept });
    }
  }
  return claims.sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.pixels - a.pixels);
}

/**
 * Everybody the least, as far as it goes; then those who come first what looks good, then the others, each the same part
 * of what they lack.
 *
 * @param {number} bits
 * @param {Claim[]} claims
 * @param {number} perPair What sound and heartbeats take of each.
 * @param {(claim: Claim) => number} most
 * @returns {Map<Claim, number>}
 */
function pictures(bits, claims, perPair, most) {
  /** @type {Map<Claim, number>} */
  const given = new Map();
  /** @type {Map<string, number>} */
  const room = new Map();
  let left = bits;
  for (const claim of claims) {
    const { viewer, slot, least } = claim;
    const { seat } = viewer;
    const fits = room.get(seat) ?? Math.max(0, viewer.most - perPair) * FOR_PICTURES;
    const needed = least * (viewer.carried[slot] ? 1 : TO_BEGIN);
    if (needed > Math.min(left, fits)) continue;
    given.set(claim, least);
    room.set(seat, fits - least);
    left -= least;
  }
  for (const isFirst of [true, false]) {
    const lacking = [...given.keys()].filter((claim) => claim.isFirst === isFirst);
    const lacks = lacking.map((claim) => {
      const { seat } = claim.viewer;
      const fits = room.get(seat) ?? 0;
      const lack = Math.min(most(claim) - claim.least, fits);
      room.set(seat, fits - lack);
      return lack;
    });
    const whole = total(lacks);
    const part = whole > left ? left / whole : 1;
    lacking.forEach((claim, place) => {
      given.set(claim, claim.least + (lacks[place] ?? 0) * part);
    });
    left -= whole * part;
  }
  return given;
}

/** @param {number[]} all */
function total(all) {
  return all.reduce((sum, each) => sum + each, 0);
}
