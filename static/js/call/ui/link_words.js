/**
 * How pairs are, in words and numbers. No DOM.
 *
 * @typedef {import("../messages.js").Link} Link
 * @typedef {import("../upkeep/sample.js").Sample} Sample
 * @typedef {"good"|"fair"|"weak"|"wait"|"none"} Grade
 */

/** From these on a pair is no longer good, and then weak: round trip in ms, loss in thousandths. */
const FAIR = { rtt: 200, loss: 20 };
const WEAK = { rtt: 400, loss: 80 };
/** Nobody is so far away within one building. */
const NEAR_MS = 15;

/** @type {Record<Grade, string>} */
export const GRADES = Object.freeze({
  good: "Good",
  fair: "Fair",
  weak: "Weak",
  wait: "Connecting",
  none: "Not connected",
});

/**
 * @param {Pick<Link, "state"|"rtt"|"loss">} link
 * @returns {Grade}
 */
export function grade({ state, rtt, loss }) {
  if (state === "connecting") return "wait";
  if (state !== "connected") return "none";
  const isOver = (/** @type {{rtt: number, loss: number}} */ most) =>
    rtt >= most.rtt || loss >= most.loss;
  if (isOver(WEAK)) return "weak";
  return isOver(FAIR) ? "fair" : "good";
}

/**
 * By which way two people reach each other.
 *
 * @param {string} local Kind of the own candidate.
 * @param {string} remote
 * @param {number|null} rtt
 */
export function routeWords(local, remote, rtt) {
  if (local === "relay" || remote === "relay") return "Through the relay";
  if (!local && !remote) return "No path yet";
  const isOpen = local === "host" && remote === "host";
  if (isOpen && rtt !== null && rtt <= NEAR_MS) return "Direct, in one network";
  return isOpen ? "Direct" : "Direct, through the internet";
}

/**
 * The same from one end alone, as others report it.
 *
 * @param {Link["path"]} path
 */
export function shortRoute(path) {
  if (!path) return "";
  return path === "relay" ? "relay" : "direct";
}

/**
 * Between which kinds of addresses, as ICE names them, and over what.
 *
 * @param {import("../upkeep/sample.js").Path|null} path
 */
export function kindWords(path) {
  if (!path?.local) return "–";
  return `${path.local} – ${path.remote || "?"}, ${path.protocol.toUpperCase()}`;
}

/** @param {number|null|undefined} rtt Milliseconds. */
export function timeWords(rtt) {
  return rtt === null || rtt === undefined ? "–" : `${Math.round(rtt)} ms`;
}

/** @param {number|null|undefined} share 0 to 1. */
export function lossWords(share) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** @param {number|null|undefined} bitrate Bits a second. */
export function rateWords(bitrate) {
  if (bitrate === null || bitrate === undefined) return "–";
  if (bitrate >= 999_500) return `${(bitrate / 1e6).toFixed(1)} Mbit/s`;
  return `${Math.round(bitrate / 1000)} kbit/s`;
}

/** @param {{width: number, height: number, rate: number}|null|undefined} picture */
export function sizeWords(picture) {
  if (!picture?.width || !picture.height) return "–";
  return `${picture.width}×${picture.height}, ${Math.round(picture.rate)}/s`;
}

/** @param {string|undefined} codec Such as `video/VP8`. */
export function codecWords(codec) {
  return codec?.split("/").at(-1) || "–";
}

/**
 * What keeps a picture smaller than asked for.
 *
 * @param {string|undefined} limited
 */
export function limitWords(limited) {
  if (limited === "bandwidth") return "The line";
  if (limited === "cpu") return "The computer";
  return limited === "other" ? "Something else" : "Nothing";
}

/**
 * @param {Sample|null} sample
 * @returns {number|null} Of sound and pictures together, 0 to 1; null: nothing came.
 */
export function lossIn(sample) {
  const streams = Object.values(sample?.in ?? {}).flatMap((each) => (each ? [each] : []));
  const all = streams.reduce((total, { bitrate }) => total + bitrate, 0);
  if (!all) return null;
  return streams.reduce((total, each) => total + each.lostShare * (each.bitrate / all), 0);
}

/**
 * @param {Sample|null} sample
 * @returns {number|null} The worst of what the other side reported, 0 to 1.
 */
export function lossOut(sample) {
  const shares = Object.values(sample?.out ?? {}).flatMap((each) =>
    each && each.lostShare !== null ? [each.lostShare] : [],
  );
  return shares.length ? Math.max(...shares) : null;
}

/**
 * Whom the own line carries video to, of those who show it: a hidden page asks for none.
 *
 * @param {import("../state.js").Uplink} uplink
 */
export function loadWords({ to, of, limit }) {
  if (of === 0) return "Nobody asks for your video just now.";
  if (to === 0) return "Your connection is too weak for video just now.";
  if (to < of) return `Your connection carries video to ${to} of ${of}.`;
  if (limit === "machine") return "Your computer is busy and sends smaller pictures.";
  if (of === 1) return "Your connection carries your video.";
  return "Your connection carries video to everybody who watches you.";
}

/** @type {Record<import("../state.js").Saving, string>} */
export const SAVING = Object.freeze({
  off: "Off",
  chosen: "On: fewer, smaller pictures",
  automatic: "On by itself, since your network is weak",
});
