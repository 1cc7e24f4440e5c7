/**
 * Asks whoever reads this description to send Opus with forward error correction and to send next to nothing in
 * silence (RFC 7587, sections 6.1 and 7). Only the copy that travels is edited; the browser's own stays as it made it.
 *
 * @param {string} sdp
 * @returns {string}
 */
export function withOpusWishes(sdp) {
  const opus = new Set(
    [...sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map(([, payload]) => payload),
  );
  return sdp.replace(/^(a=fmtp:(\d+) )(.*?)(\r?)$/gm, (line, head, payload, held, end) => {
    if (!opus.has(payload)) return line;
    const wishes = String(held)
      .split(";")
      .filter((wish) => wish && !/^(usedtx|useinbandfec)=/.test(wish));
    return `${head}${[...wishes, "useinbandfec=1", "usedtx=1"].join(";")}${end}`;
  });
}

/**
 * The ICE generations a description speaks of, by their user name fragments.
 *
 * @param {string|undefined} sdp
 * @returns {Set<string>}
 */
export function fragments(sdp) {
  return new Set([...(sdp ?? "").matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, name]) => String(name)));
}

/**
 * The line that no two descriptions share (RFC 8866, section 5.2): the same one said again has it again, though
 * candidates may have joined it since.
 *
 * @param {string} sdp
 * @returns {string}
 */
export function origin(sdp) {
  return sdp.match(/^o=.*$/m)?.[0] ?? "";
}

/**
 * The codecs of `all` in the order they are offered: VP8 first, since every browser encodes it and it is cheap to
 * start; H.264, which hardware encodes, always stays.
 *
 * @template {{mimeType: string}} T
 * @param {T[]} all
 * @returns {T[]}
 */
export function videoOrder(all) {
  const rank = (/** @type {T} */ codec) => {
    const place = ["video/vp8", "video/h264", "video/vp9"].indexOf(codec.mimeType.toLowerCase());
    return place < 0 ? 3 : place;
  };
  return all
    .map((codec, place) => ({ codec, place }))
    .sort((a, b) => rank(a.codec) - rank(b.codec) || a.place - b.place)
    .map(({ codec }) => codec);
}
