/**
 * Where tiles go: arithmetic only, no DOM.
 *
 * @typedef {{columns: number, rows: number}} Grid
 *
 * @typedef {object} Plan
 * @property {"grid"|"large"} mode `large`: one tile has the stage, the others stand in a strip.
 * @property {string|null} large Key of the tile that has the stage.
 * @property {string[]} shown Keys of the tiles in the grid or the strip.
 * @property {number} rest How many people the strip leaves out.
 * @property {number} page
 * @property {number} pages
 * @property {boolean} below Whether the strip stands below (portrait) instead of beside.
 * @property {number} columns
 * @property {number} rows
 */

/** Space between two tiles, in CSS pixels; `--space-1` in the style sheet. */
export const GAP = 8;

const WIDEST = 16 / 9;
/** The stage of a phone held upright (480) less its padding. */
const NARROW = 480 - 2 * GAP;
const MOST_ON_PHONE = 9;
const MOST_ELSEWHERE = 16;
const MOST_BESIDE = 5;
const MOST_BELOW = 6;

/**
 * The number of columns and rows whose cells hold the largest box of an agreeable shape: between 1:1 and 16:9, on a
 * portrait stage from 1:2. A narrow stage has at most two columns for up to ten people.
 *
 * @param {number} count
 * @param {number} width Of the ground for the tiles, in CSS pixels.
 * @param {number} height
 * @returns {Grid}
 */
export function grid(count, width, height) {
  const narrowest = height > width ? 1 / 2 : 1;
  const most = width < NARROW && count <= 10 ? Math.min(2, count) : count;
  /** @type {Grid} */
  let best = { columns: 1, rows: Math.max(1, count) };
  let largest = -1;
  for (let columns = 1; columns <= most; columns += 1) {
    const rows = Math.ceil(count / columns);
    const cell = [(width - (columns - 1) * GAP) / columns, (height - (rows - 1) * GAP) / rows];
    const area = box(Math.max(0, cell[0] ?? 0), Math.max(0, cell[1] ?? 0), narrowest);
    if (area > largest) {
      largest = area;
      best = { columns, rows };
    }
  }
  return best;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} narrowest
 */
function box(width, height, narrowest) {
  const shape = height > 0 ? width / height : 0;
  if (shape > WIDEST) return height * height * WIDEST;
  if (shape < narrowest) return (width * width) / narrowest;
  return width * height;
}

/**
 * Who is shown, and where.
 *
 * @param {object} scene
 * @param {string[]} scene.people Keys of the people's tiles, the own one last.
 * @param {string[]} scene.screens Keys of shared screens, the newest last.
 * @param {string|null} scene.pinned A key to show large, if it is there.
 * @param {string|null} scene.lead With `alone`: whose tile is the only one.
 * @param {ReadonlyMap<string, number>} scene.ranks Of people by their keys; 0 spoke last.
 * @param {boolean} scene.alone Whether there is room for one tile only, as above the sheet of a phone.
 * @param {boolean} scene.phone
 * @param {number} scene.page
 * @param {number} scene.width
 * @param {number} scene.height
 * @returns {Plan}
 */
export function plan(scene) {
  const { people, screens, width, height } = scene;
  const all = [...screens, ...people];
  const pinned = scene.pinned !== null && all.includes(scene.pinned) ? scene.pinned : null;
  const large = pinned ?? screens.at(-1) ?? null;
  const below = height > width;

  if (scene.alone) {
    const only = large ?? scene.lead ?? people[0] ?? null;
    const shown = only === null ? [] : [only];
    return { ...whole(), shown, below, columns: 1, rows: 1 };
  }
  if (large !== null && all.length > 1) {
    return strip(large, all, below, scene.ranks);
  }
  const most = scene.phone ? MOST_ON_PHONE : MOST_ELSEWHERE;
  const pages = Math.max(1, Math.ceil(all.length / most));
  const page = Math.min(Math.max(0, scene.page), pages - 1);
  const shown = all.slice(page * most, (page + 1) * most);
  return { ...whole(), shown, page, pages, below, ...grid(shown.length, width, height) };
}

/** @returns {Omit<Plan, "shown"|"columns"|"rows"|"below">} */
function whole() {
  return { mode: "grid", large: null, rest: 0, page: 0, pages: 1 };
}

/**
 * The own tile, being last, keeps its place when the strip is too short for all. The others in it are those who spoke
 * last.
 *
 * @param {string} large
 * @param {string[]} all
 * @param {boolean} below
 * @param {ReadonlyMap<string, number>} ranks
 * @returns {Plan}
 */
function strip(large, all, below, ranks) {
  const others = all.filter((key) => key !== large);
  const most = below ? MOST_BELOW : MOST_BESIDE;
  const rank = (/** @type {string} */ key) => ranks.get(key) ?? -1;
  const last = others.at(-1);
  const first = others.slice(0, -1).sort((a, b) => rank(a) - rank(b));
  const left = new Set(first.slice(most - 1));
  const kept = others.filter((key) => key === last || !left.has(key));
  const columns = below ? Math.min(2, kept.length) : 1;
  return {
    ...whole(),
    mode: "large",
    large,
    shown: kept,
    rest: others.length - kept.length,
    below,
    columns,
    rows: Math.ceil(kept.length / columns),
  };
}
