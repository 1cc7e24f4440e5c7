/**
 * What a page asks the others to send, of what it shows: arithmetic only.
 *
 * @typedef {import("../messages.js").View} View
 * @typedef {import("../state.js").Saving} Saving
 * @typedef {View & {large?: boolean}} Shown A video as the page shows it; `large`: it has the stage.
 * @typedef {{camera: Shown, screen: Shown}} Tiles What the page shows of one person.
 * @typedef {{camera: View, screen: View}} Asked
 */

/** @type {Readonly<View>} */
export const NOTHING = Object.freeze({ width: 0, height: 0, rate: 0 });

/** What is sent to somebody who has not said yet what they show: small, since it may not be shown at all. */
export const FIRST = Object.freeze({ width: 320, height: 180, rate: 15 });

/** Cameras that one page shows at most; the others' owners spoke earlier, and are heard. */
export const MOST_VIDEOS = 9;
/** A spared line carries one camera, and this much of it. */
const SPARED = Object.freeze({ width: 320, height: 180, rate: 15 });
/** What still turns the pages of a shared text. */
const SPARED_SCREEN_RATE = 5;

/** Shared screens are read, not watched: sharpness first. */
export const SCREEN_RATE = 15;
const FULL_RATE = 30;
const MIDDLE_RATE = 20;
/** Half of what cameras give: every second picture falls out, evenly. */
const LOW_RATE = 15;
/** Less than this high, in CSS pixels, a face shows no more at a higher rate. */
const TINY = 120;

/** A video that grew to so many times its pixels would be seen blurred. */
const MUCH = 1.5;
/** Sides that differ by less than this share are the same. */
const SAME = 0.06;
const GATHER_MS = 150;
/** A tile that is laid out anew may be away for a frame or two: what is on again by then was never off. */
const HIDE_MS = 300;

/**
 * Pictures a second of a camera, so that many people together cost about what two do.
 *
 * @param {{large: boolean, tiles: number, height: number}} tile How many tiles are shown, and how high this one is in CSS
 *   pixels.
 */
export function cameraRate({ large, tiles, height }) {
  if (height < TINY) return LOW_RATE;
  if (large || tiles <= 4) return FULL_RATE;
  return tiles <= 6 ? MIDDLE_RATE : LOW_RATE;
}

/**
 * What to ask of everybody, and whose camera is shown as initials though there is a tile for it.
 *
 * @param {Pick<import("../state.js").Person, "seat"|"rank"|"watched">[]} people
 * @param {ReadonlyMap<string, Tiles>} shown By seat; who is missing is not shown.
 * @param {Saving} saving
 * @returns {{asked: Map<string, Asked>, spared: Map<string, boolean>}} `spared` holds those who have a tile.
 */
export function ask(people, shown, saving) {
  const isSaving = saving !== "off";
  const isLarge = (/** @type {string} */ seat) => Number(shown.get(seat)?.camera.large ?? false);
  const seen = people.filter(({ seat, watched }) => watched && shown.get(seat)?.camera.width);
  const chosen = seen
    .sort((a, b) => isLarge(b.seat) - isLarge(a.seat) || a.rank - b.rank)
    .slice(0, isSaving ? 1 : MOST_VIDEOS);
  const spared = new Map(seen.map((person) => [person.seat, !chosen.includes(person)]));
  const asked = new Map(
    people.map(({ seat }) => {
      const { camera = NOTHING, screen = NOTHING } = shown.get(seat) ?? {};
      const isAsked = spared.get(seat) === false;
      return [
        seat,
        {
          camera: isAsked ? plain(isSaving ? within(camera, SPARED) : camera) : NOTHING,
          screen: plain(isSaving ? slower(screen, SPARED_SCREEN_RATE) : screen),
        },
      ];
    }),
  );
  return { asked, spared };
}

/**
 * How long to wait before another wish is said: at once what would be seen to be missing, later what only costs too much.
 *
 * @param {Asked|null} said Null: nothing was said yet.
 * @param {Asked} asked
 * @returns {number|null} Milliseconds; null where it is not worth a word.
 */
export function patience(said, asked) {
  if (!said) return 0;
  const waits = [slotPatience(said.camera, asked.camera), slotPatience(said.screen, asked.screen)];
  const due = waits.filter((wait) => wait !== null);
  return due.length ? Math.min(...due) : null;
}

/**
 * @param {View} said
 * @param {View} asked
 */
function slotPatience(said, asked) {
  if (!said.width || !asked.width) {
    if (said.width === asked.width) return null;
    return asked.width ? 0 : HIDE_MS;
  }
  const [wider, higher] = [asked.width / said.width, asked.height / said.height];
  if (wider * higher >= MUCH) return 0;
  const isSame = [wider, higher].every((by) => Math.abs(by - 1) < SAME);
  return isSame && said.rate === asked.rate ? null : GATHER_MS;
}

/**
 * @param {View} view
 * @param {View} most
 * @returns {View} The same shape with at most the pixels and the rate of `most`.
 */
function within({ width, height, rate }, most) {
  const by = Math.min(1, Math.sqrt((most.width * most.height) / (width * height)));
  return {
    width: Math.round(width * by),
    height: Math.round(height * by),
    rate: Math.min(rate, most.rate),
  };
}

/**
 * @param {View} view
 * @param {number} most
 */
function slower(view, most) {
  return { ...view, rate: Math.min(view.rate, most) };
}

/**
 * @param {View} view
 * @returns {View} Nothing but what the wire carries.
 */
function plain({ width, height, rate }) {
  return width ? { width, height, rate } : NOTHING;
}
