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

/** @type {Record<Cause, (theirs: string) => {text: string, guest: string, site: string}>} */
const WORDS = {
  "no-turn": () => ({
    text: "This site has no relay (TURN) server set, and your networks do not meet without one.",
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
  "udp-blocked-there": (theirs) => ({
    text: `${theirs} UDP, by which calls go, and no relay gets around it.`,
    guest: THEM_ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
  "udp-blocked-both": () => ({
    text: "Your network and theirs block UDP, by which calls go, and no relay gets around it.",
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
    text: "We found no way between your networks.",
    guest: ELSEWHERE,
    site: RELAY_OVER_TCP,
  }),
};

/**
 * @param {string} code A cause; one of a later version is unknown.
 * @param {string} theirs Begins a sentence on the other side: whose network, and "blocks" or "block".
 */
function wordsOf(code, theirs) {
  return (WORDS[/** @type {Cause} */ (code)] ?? WORDS.unknown)(theirs);
}

/**
 * @param {{name: string, trouble: {code: string}|null}} person
 * @returns {TroubleWords|null}
 */
export function explain({ name, trouble }) {
  if (!trouble) return null;
  const [first] = splitName(name);
  const words = wordsOf(trouble.code, `The network of ${first} blocks`);
  return { title: `You and ${first} cannot reach each other`, ...words };
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
 * What is said aloud, once for all who share a cause.
 *
 * @param {string[]} names
 * @param {string} code
 */
export function spokenTrouble(names, code) {
  const [name = ""] = names;
  const one = names.length === 1 && explain({ name, trouble: { code } });
  if (one) return `${one.title}. ${one.text}`;
  const firsts = names.map((each) => splitName(each)[0]);
  const { text } = wordsOf(code, "The networks of the others block");
  return `You cannot reach ${listNames(firsts)}, nor they you. ${text}`;
}
