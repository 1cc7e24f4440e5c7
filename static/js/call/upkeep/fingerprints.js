/**
 * Session descriptions that the server did not carry: whether they are whole, and of the page that they say they are of.
 */

/** RFC 8866: lines of printable ASCII, ended as the wire wants them, so that no browser reads other lines than we do. */
const LINES = /^v=0\r\n(?:[ -~]+\r\n)+$/;
/** RFC 8122, section 5. */
const FINGERPRINT = /^a=fingerprint:([!-~]+) ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+)$/;

/**
 * @param {string} sdp
 * @returns {boolean}
 */
export function isDescription(sdp) {
  return LINES.test(sdp);
}

/**
 * The DTLS certificates that a description speaks of, of the session and of each medium alike.
 *
 * @param {string} sdp
 * @returns {Set<string>} Empty also where a line speaks of one in a way that a browser might read and we do not.
 */
export function fingerprints(sdp) {
  const found = new Set();
  for (const line of sdp.split(/\r\n|[\r\n]/)) {
    if (!/fingerprint/i.test(line)) continue;
    const [, algorithm, value] = line.match(FINGERPRINT) ?? [];
    if (!algorithm || !value) return new Set();
    found.add(`${algorithm.toLowerCase()} ${value.toUpperCase()}`);
  }
  return found;
}

/**
 * Whether whoever holds the key of one description holds that of the other: a page has one certificate for all its
 * pairs, and for all its life.
 *
 * @param {string} sdp
 * @param {string} known One that the server carried, or that was compared with such a one; empty: none is known.
 * @returns {boolean}
 */
export function isOfSamePage(sdp, known) {
  const [own, theirs] = [fingerprints(sdp), fingerprints(known)];
  return own.size > 0 && own.size === theirs.size && [...own].every((each) => theirs.has(each));
}
