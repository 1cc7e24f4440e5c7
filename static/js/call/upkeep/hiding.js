/**
 * What a room that hides network addresses lets through where the server does not look, as the server would have it:
 * candidates of relays alone, without the address beside them.
 *
 * @typedef {import("../messages.js").Signal} Signal
 */

/** RFC 8839, section 5.1: foundation, component, transport, priority, address, port, type. */
const RELAY = /^(candidate:(?:\S+ ){4}(\S+) \d+ typ relay)((?: \S+ \S+)*) ?$/;
const RELATED = / (?:raddr|rport) \S+/g;
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
  return `${head} raddr ${related} rport 0${rest.replaceAll(RELATED, "")}`;
}

/** @param {string} sdp */
function hiddenDescription(sdp) {
  const lines = sdp.split("\r\n").flatMap((line) => {
    if (line.startsWith("a=remote-candidates:")) return [];
    if (!line.startsWith("a=candidate:")) return [withoutAddress(line)];
    const relay = relayed(line.slice("a=".length));
    return relay === null ? [] : [`a=${relay}`];
  });
  return lines.join("\r\n");
}

/**
 * What else of a description holds an address (RFC 8866 and RFC 8839).
 *
 * @param {string} line
 */
function withoutAddress(line) {
  return line
    .replace(/^c=IN IP[46] .*$/, `c=${NOWHERE}`)
    .replace(/^a=rtcp:\d+ .*$/, `a=rtcp:9 ${NOWHERE}`)
    .replace(/^(o=\S+ \S+ \S+) .*$/, `$1 ${NOWHERE}`)
    .replace(/^(m=\S+) (?!0 )\S+ (.*)$/, "$1 9 $2");
}
