/**
 * What a room that hides network addresses lets through where the server does not look, as the server would have it:
 * candidates of relays alone, without the address beside them.
 *
 * @typedef {import("../messages.js").Signal} Signal
 */

/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, type. */
const RELAY = /^(candidate:(?:\S+ ){4}(\S+) \d+ typ relay)((?: \S+ \S+)*) ?$/;
/** What browsers add; whatever else stands there may hold an address. */
const EXTENSION = / (?:generation|ufrag|network-id|network-cost|tcptype) [A-Za-z0-9+/]+(?= |$)/g;
const NOWHERE = "IN IP4 0.0.0.0";

/**
 * @param {Signal} signal
 * @returns {Signal|null} Null: nothing is left of it.
 */
export function hidden(signal) {
  if (signal.type === "offer" || signal.type === "answer") {
    return { ...signal, sdp: hiddenDescription(signal.sdp) };
  }
  if (signal.type !== "candidates") return signal;
  const candidates = signal.candidates.flatMap((each) => {
    // An empty line ends those of its generation.
    const candidate = each.candidate && relayed(each.candidate);
    return candidate === null ? [] : [{ ...each, candidate }];
  });
  return candidates.length ? { ...signal, candidates } : null;
}

/**
 * @param {string} line
 * @returns {string|null} A relay's candidate, related to nothing; null for any other.
 */
function relayed(line) {
  const [, head, address = "", rest = ""] = line.match(RELAY) ?? [];
  if (!head) return null;
  const related = address.includes(":") ? "::" : "0.0.0.0";
  return `${head} raddr ${related} rport 0${(rest.match(EXTENSION) ?? []).join("")}`;
}

/** @param {string} sdp */
function hiddenDescription(sdp) {
  return sdp.split("\r\n").flatMap(seen).join("\r\n");
}

/**
 * A line without an address (RFC 8866, RFC 8839); nothing if none is left of it. Some browsers read names of any case,
 * and with blanks around them.
 *
 * @param {string} line
 * @returns {string[]}
 */
function seen(line) {
  const [kind, value] = parted(line, "=");
  const words = value.split(/\s+/).filter((word) => word !== "");
  if (kind === "a") return attribute(line, value);
  if (kind === "c") return [`c=${NOWHERE}`];
  if (kind === "o") {
    const [name, number, version] = [...words, "-", "0", "0"];
    return [`o=${name} ${number} ${version} ${NOWHERE}`];
  }
  if (kind !== "m") return [line];
  const [medium, port, ...rest] = [...words, "", ""];
  return [`m=${[medium, port === "0" ? "0" : "9", ...rest].join(" ").trimEnd()}`];
}

/**
 * @param {string} line
 * @param {string} said What it says after `a=`.
 * @returns {string[]}
 */
function attribute(line, said) {
  const [name, value] = parted(said, ":");
  if (name === "remote-candidates") return [];
  if (name === "rtcp") return [`a=rtcp:9 ${NOWHERE}`];
  if (name !== "candidate") return [line];
  const relay = relayed(`candidate:${value}`);
  return relay === null ? [] : [`a=${relay}`];
}

/**
 * @param {string} text
 * @param {string} mark
 * @returns {[string, string]} A name in small letters, and what is said of it, without blanks around them.
 */
function parted(text, mark) {
  const [name = "", ...rest] = text.split(mark);
  return [name.trim().toLowerCase(), rest.join(mark).trim()];
}
