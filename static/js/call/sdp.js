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

/** What is offered, the most wanted first; the rest of a browser's list would triple each description for nothing. */
const VIDEO = [
  // Every browser encodes it, and it is cheap to start.
  /^video\/vp8$/i,
  // Hardware encodes it; constrained baseline in whole packets is what everybody has.
  /^video\/h264;(?=.*packetization-mode=1)(?=.*profile-level-id=42)/i,
  /^video\/vp9(;.*profile-id=0.*)?$/i,
  /^video\/(rtx|red|ulpfec)$/i,
];
const AUDIO = [/^audio\/opus/i, /^audio\/red/i];

/**
 * The codecs of `all` that are offered, in their order. A browser that has none of ours offers what it has.
 *
 * @template {{mimeType: string, sdpFmtpLine?: string}} T
 * @param {"audio"|"video"} kind
 * @param {T[]} all
 * @returns {T[]}
 */
export function offered(kind, all) {
  const named = all.map((codec) => ({
    codec,
    name: codec.sdpFmtpLine ? `${codec.mimeType};${codec.sdpFmtpLine}` : codec.mimeType,
  }));
  const wanted = (kind === "video" ? VIDEO : AUDIO).flatMap((pattern) =>
    named.filter(({ name }) => pattern.test(name)).map(({ codec }) => codec),
  );
  return wanted.length ? wanted : all;
}
