/**
 * @typedef {import("../state.js").Uplink} Uplink
 * @typedef {import("./split.js").Given} Given
 * @typedef {import("./split.js").Own} Own
 * @typedef {import("./split.js").Viewer} Viewer
 */

/** Below this part of what is asked for, a machine makes every picture visibly smaller. */
const SMALLER = 0.7;

/**
 * How far the own line carries what the others ask for.
 *
 * @param {Viewer[]} viewers
 * @param {Map<string, Given>} given
 * @param {Own} own
 * @param {number} part Of what is asked for, that the machine can encode.
 * @returns {Uplink}
 */
export function loadOf(viewers, given, own, part) {
  let [to, of] = [0, 0];
  for (const { seat, asked } of viewers) {
    const wanted = /** @type {const} */ (["camera", "screen"]).filter(
      (slot) => own[slot] && asked[slot].width,
    );
    if (!wanted.length) continue;
    of += 1;
    if (wanted.every((slot) => given.get(seat)?.[slot])) to += 1;
  }
  return { to, of, limit: to < of ? "line" : part < SMALLER ? "machine" : "" };
}
