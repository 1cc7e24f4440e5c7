/**
 * Why two pages find no path to each other, from what each one's search found. Pure.
 *
 * @typedef {import("../connection.js").Search} Search
 * @typedef {import("../messages.js").Findings} Findings
 *
 * @typedef {"no-turn"|"relay-missing"|"udp-blocked-here"|"udp-blocked-there"|"udp-blocked-both"|"turn-refused"
 *   |"turn-unreachable"|"unknown"} Cause
 */

/** No answer at all (W3C WebRTC, section 4.8.1.3); smaller codes are the server's own. */
const NO_ANSWER = 700;

/**
 * What one search found. Silence counts only when it `isLong`: browsers wait for an answer for up to a minute before
 * they call it a fault, and Chromium tells of a closed port by ending the search alone.
 *
 * @param {Search} search
 * @param {boolean} isLong Whether it has gone on for so long that an answer would have come.
 * @returns {Findings}
 */
export function findings({ servers, gathering, found, faults }, isLong) {
  const relays = found.filter(({ type }) => type === "relay");
  const isOver = gathering === "complete" || isLong;
  const refusals = faults.filter(({ url, code }) => isTurn(url) && code < NO_ANSWER);
  /** @type {Findings["turn"]} */
  let turn = isOver ? "unreachable" : "unknown";
  if (!servers.some(isTurn)) turn = "none";
  else if (relays.length) turn = "ok";
  else if (refusals.length) turn = "refused";
  const isHeard =
    found.some(({ type }) => type === "srflx") ||
    relays.some(({ protocol }) => protocol === "udp") ||
    refusals.some(({ url }) => isOverUdp(url));
  // Who has a public address finds no other, and the search ends: then nothing is known.
  const isSilent = isLong && gathering !== "complete" && servers.some(isOverUdp);
  return { turn, udp: isHeard ? "ok" : isSilent ? "blocked" : "unknown" };
}

/**
 * What is known now: an earlier search may have told what this one does not tell yet.
 *
 * @param {Findings|null} before
 * @param {Findings} now
 * @returns {Findings}
 */
export function joined(before, now) {
  return {
    turn: now.turn === "unknown" ? (before?.turn ?? "unknown") : now.turn,
    udp: now.udp === "unknown" ? (before?.udp ?? "unknown") : now.udp,
  };
}

/**
 * @param {Findings} own
 * @param {Findings|null} theirs Null: the other side has said nothing.
 * @param {{relayOnly: boolean}} room
 * @returns {Cause}
 */
export function why(own, theirs, { relayOnly }) {
  const both = theirs ? [own, theirs] : [own];
  if (both.some(({ turn }) => turn === "refused")) return "turn-refused";
  const isMissing = both.every(({ turn }) => turn === "none");
  if (isMissing && relayOnly) return "relay-missing";
  // Where neither reaches the relay, that is the relay's fault rather than that of two networks.
  if (theirs && both.every(({ turn }) => turn === "unreachable")) return "turn-unreachable";
  const isHere = isShutIn(own);
  const isThere = theirs !== null && isShutIn(theirs);
  if (isHere && isThere) return "udp-blocked-both";
  if (isHere) return "udp-blocked-here";
  if (isThere) return "udp-blocked-there";
  if (isMissing) return "no-turn";
  return both.some(({ turn }) => turn === "unreachable") ? "turn-unreachable" : "unknown";
}

/**
 * No way out but the one that every page goes.
 *
 * @param {Findings} findings
 */
function isShutIn({ turn, udp }) {
  return udp === "blocked" && turn !== "ok";
}

/** @param {string} url */
function isTurn(url) {
  return /^turns?:/i.test(url);
}

/**
 * RFC 7065: `turns:` is over TCP, and so is `turn:` that says so.
 *
 * @param {string} url
 */
function isOverUdp(url) {
  return /^(stun|turn):/i.test(url) && !/[?&]transport=tcp/i.test(url);
}
