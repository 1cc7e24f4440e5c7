/**
 * Why two people do not reach each other, in words. No DOM.
 *
 * @typedef {import("../upkeep/causes.js").Cause} Cause
 * @typedef {{title: string, text: string, guest: string, site: string}} TroubleWords `guest`: what anybody can do.
 *   `site`: what whoever runs the site can do.
 */
import { listNames, splitName } from "./words.js";

const ELSEWHERE = "Try another network, or your phone’s hotspot. A VPN that is off may help too.";
const THEM_ELSEWHERE =
  "Another network or a phone’s hotspot may help on the other side. A VPN that is off may help too.";
const RELAY_OVER_TCP =
  "A TURN server that also answers over TCP and TLS on port 443 gets around it.";

/** @type {Record<Cause, (name: string) => {text: string, guest: string, site: string}>} */
const WORDS = {
  "no-turn": () => ({
    text: "This site has no relay (TURN) server set, and your two networks do not meet without one.",
    guest: ELSEWHERE,
    site: "Set TURN_URLS and TURN_SECRET to a TURN server, as docs/deployment.md has it.",
  }),
  "relay-missing": () => ({
    text: "This room hides addresses by a relay (TURN) server, and this site has none set.",
    guest: "Ask the room’s owner to let people connect directly.",
    site: "Set TURN_URLS and TURN_SECRET to a TURN server, or turn “relay only” off in the room.",
  }),
  "udp-blocked-here": () => ({
    text: "Your network blocks UDP, by which calls go, and no relay gets around it.",
    guest: ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
  "udp-blocked-there": (name) => ({
    text: `The network of ${name} blocks UDP, by which calls go, and no relay gets around it.`,
    guest: THEM_ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
  "udp-blocked-both": () => ({
    text: "Both your networks block UDP, by which calls go, and no relay gets around it.",
    guest: ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
  "turn-refused": () => ({
    text: "This site’s relay (TURN) server turns you away.",
    guest: "Tell whoever runs this site. Another network may help meanwhile.",
    site: "TURN_SECRET must be the TURN server’s own secret, both clocks right, and its quota not used up.",
  }),
  "turn-unreachable": () => ({
    text: "This site’s relay (TURN) server does not answer.",
    guest: "Tell whoever runs this site. Another network may help meanwhile.",
    site: "See that the TURN server runs, that TURN_URLS names it, and that its ports are open.",
  }),
  unknown: () => ({
    text: "Both of you are here, but we found no way between you.",
    guest: ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
};

/**
 * @param {{name: string, trouble: {code: string}|null}} person
 * @returns {TroubleWords|null}
 */
export function explain({ name, trouble }) {
  if (!trouble) return null;
  const [first] = splitName(name);
  const words = WORDS[/** @type {Cause} */ (trouble.code)] ?? WORDS.unknown;
  return { title: `You and ${first} cannot reach each other`, ...words(first) };
}

/**
 * What the tile says: who, why, and that we go on.
 *
 * @param {{name: string, trouble: {code: string}|null}} person
 * @returns {{title: string, text: string}|null}
 */
export function tileWords(person) {
  const words = explain(person);
  return words && { title: words.title, text: `${words.text} We keep trying.` };
}

/**
 * One sentence for all who share a cause.
 *
 * @param {string[]} names
 * @param {string} code
 */
export function spokenTrouble(names, code) {
  const firsts = names.map((name) => splitName(name)[0]);
  const [text] = [
    explain({ name: names.length === 1 ? (names[0] ?? "") : "the others", trouble: { code } }),
  ];
  return `You and ${listNames(firsts)} cannot reach each other. ${text?.text}`;
}
