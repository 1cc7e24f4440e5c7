/**
 * @typedef {import("../messages.js").View} View
 * @typedef {import("./policy.js").Asked} Asked
 */

/** What a page that spares its line sends of a camera at most, and how often it turns the pages of a shared text. */
const SPARED = { pixels: 320 * 180, rate: 15, screenRate: 5 };

/**
 * What is asked for, within what this page will do.
 *
 * @param {Asked} asked
 * @param {number} part Of the pixels, that the machine can encode.
 * @param {boolean} isSaving
 * @returns {Asked}
 */
export function modest({ camera, screen }, part, isSaving) {
  const most = isSaving ? SPARED.pixels : Number.POSITIVE_INFINITY;
  return {
    camera: within(camera, part, most, isSaving ? SPARED.rate : camera.rate),
    screen: within(
      screen,
      part,
      Number.POSITIVE_INFINITY,
      isSaving ? SPARED.screenRate : screen.rate,
    ),
  };
}

/**
 * @param {View} view
 * @param {number} part
 * @param {number} most Pixels.
 * @param {number} rate
 * @returns {View} The same shape.
 */
function within({ width, height, rate: asked }, part, most, rate) {
  const pixels = width * height;
  const by = pixels ? Math.sqrt(Math.min(part, most / pixels)) : 1;
  return { width: width * by, height: height * by, rate: Math.min(asked, rate) };
}
