import { SLOTS } from "../state.js";
import {
  codecWords,
  kindWords,
  lossIn,
  lossOut,
  lossWords,
  rateWords,
  sizeWords,
  timeWords,
} from "./link_words.js";

/**
 * @typedef {import("../messages.js").Findings} Findings
 * @typedef {import("../upkeep/history.js").Moment} Moment
 * @typedef {import("../upkeep/sample.js").Sample} Sample
 *
 * @typedef {object} Facts What a report is made of.
 * @property {number} at
 * @property {string} browser
 * @property {string} seat The own one.
 * @property {import("../state.js").Person} person
 * @property {string} server
 * @property {Sample|null} sample
 * @property {readonly Moment[]} moments
 * @property {{own: Findings|null, theirs: Findings|null}|null} search
 */

/**
 * All that is known of a pair, for whoever is asked for help: both ends of it are named by their seats, so that two
 * reports can be laid side by side. It holds no name, no address and no link.
 *
 * @param {Facts} facts
 * @returns {string}
 */
export function reportText({ at, browser, seat, person, server, sample, moments, search }) {
  const { trouble } = person;
  const lines = [
    "Connection report of Parley",
    `Made: ${stamp(at)}`,
    `Browser: ${browser}`,
    `Pair: ${seat} (here), ${person.seat} (there)`,
    `State: ${person.connection}${trouble ? `, ${trouble.code}` : ""}`,
    `Server: ${server}`,
    `Path: ${kindWords(sample?.path ?? null)}, round trip ${timeWords(sample?.path?.rtt)}`,
    ...(search
      ? [`Search here: ${foundWords(search.own)}`, `Search there: ${foundWords(search.theirs)}`]
      : []),
    "",
    `Comes: ${rateWords(sample?.received.bitrate)}, loss ${lossWords(lossIn(sample))}`,
    ...SLOTS.flatMap((slot) => comes(slot, sample?.in[slot] ?? null)),
    `Goes: ${rateWords(sample?.sent.bitrate)}, loss ${lossWords(lossOut(sample))}`,
    ...SLOTS.flatMap((slot) => goes(slot, sample?.out[slot] ?? null)),
    "",
    "Before:",
    ...moments.map(
      ({ at: then, state, code }) => `  ${stamp(then)} ${state}${code ? `, ${code}` : ""}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** @param {number} at */
function stamp(at) {
  return new Date(at).toISOString();
}

/** @param {Findings|null} found */
function foundWords(found) {
  return found ? `relay ${found.turn}, UDP ${found.udp}` : "nothing was said";
}

/**
 * @param {string} slot
 * @param {import("../upkeep/streams.js").Inbound|null} stream
 */
function comes(slot, stream) {
  if (!stream) return [];
  const { codec, bitrate, packets, lost, jitter, concealed, silentConcealed, samples } = stream;
  const own = stream.width
    ? `${sizeWords(stream)}, ${stream.freezes} freezes`
    : `${concealed - silentConcealed} of ${samples} samples made up`;
  const loss = `${lost} of ${lost + packets} packets lost, jitter ${Math.round(jitter)} ms`;
  return [`  ${slot}: ${codecWords(codec)}, ${rateWords(bitrate)}, ${own}, ${loss}`];
}

/**
 * @param {string} slot
 * @param {import("../upkeep/streams.js").Outbound|null} stream
 */
function goes(slot, stream) {
  if (!stream) return [];
  const { codec, bitrate, active, target, limited, lostShare, rtt, encodeShare } = stream;
  const picture = stream.width
    ? [
        sizeWords(stream),
        `encodes ${Math.round(100 * encodeShare)} % of the time`,
        `limited by ${limited || "?"}`,
      ]
    : [];
  const words = [
    active ? codecWords(codec) : "paused",
    `${rateWords(bitrate)} of ${rateWords(target)}`,
    ...picture,
    `loss ${lossWords(lostShare)}`,
    `round trip ${timeWords(rtt)}`,
  ];
  return [`  ${slot}: ${words.join(", ")}`];
}
