/**
 * @typedef {object} Inbound What comes in one slot. Totals grow for as long as `ssrc` stays.
 * @property {number} ssrc
 * @property {number} bytes With RTP headers.
 * @property {number} packets
 * @property {number} fresh Packets without those that were sent again, or to find out what the line carries.
 * @property {number|null} sent Packets that left the sender, as it said last (RTCP sender report); Chromium counts those
 *   that it sends again, or sends to find out what the line carries.
 * @property {number} lost
 * @property {number} lostShare 0 to 1, since the sample before.
 * @property {number} bitrate
 * @property {number} frames Decoded so far.
 * @property {number} rate Frames a second since the sample before; in the first, as the browser says.
 * @property {number} width 0 before the first frame.
 * @property {number} height
 * @property {string} codec As "VP8" or "opus"; empty before anything came.
 * @property {number} jitter Milliseconds.
 * @property {number} concealed Samples of sound that were made up so far.
 * @property {number} silentConcealed Those of them that were made up as silence.
 * @property {number} samples Of sound, so far.
 * @property {number} freezes
 *
 * @typedef {object} Outbound What leaves in one slot. Totals grow for as long as `ssrc` stays.
 * @property {number} ssrc
 * @property {boolean} active
 * @property {number} bytes With RTP headers, and what was sent again.
 * @property {number} packets
 * @property {number} bitrate
 * @property {number|null} target Bits a second that the encoder was told; not in Firefox.
 * @property {number|null} made Frames that the camera or the screen gave so far.
 * @property {number} frames Encoded so far.
 * @property {number} rate Frames a second since the sample before; in the first, as the browser says.
 * @property {number} width
 * @property {number} height
 * @property {string} codec
 * @property {number} encodeSeconds So far.
 * @property {number} encodeShare Seconds of encoding a second, since the sample before.
 * @property {"none"|"cpu"|"bandwidth"|"other"|""} limited Empty where the browser does not say (Firefox).
 * @property {number|null} keyframes Encoded so far; not in Firefox.
 * @property {number|null} lostShare 0 to 1, as the receiver said last.
 * @property {number|null} rtt Milliseconds, as measured from the receiver's last report.
 * @property {number|null} jitter Milliseconds, as the receiver said last.
 *
 * @typedef {Record<string, any>} Part Of a report.
 */

export const BITS = 8;

/**
 * @param {RTCStatsReport} report
 * @param {Part} part
 * @param {Inbound|null} earlier
 * @param {number} seconds
 * @returns {Inbound}
 */
export function inbound(report, part, earlier, seconds) {
  const before = earlier?.ssrc === part.ssrc ? earlier : null;
  const bytes = sum([part.bytesReceived, part.headerBytesReceived]);
  const packets = part.packetsReceived ?? 0;
  const lost = part.packetsLost ?? 0;
  const missed = Math.max(0, lost - (before?.lost ?? 0));
  const came = Math.max(0, packets - (before?.packets ?? 0));
  const frames = part.framesDecoded ?? 0;
  return {
    ssrc: part.ssrc,
    bytes,
    packets,
    fresh: packets - (part.retransmittedPacketsReceived ?? 0),
    sent: report.get(part.remoteId)?.packetsSent ?? null,
    lost,
    lostShare: before && missed ? missed / (missed + came) : 0,
    bitrate: perSecond(bytes, before?.bytes, seconds) * BITS,
    frames,
    rate: before ? perSecond(frames, before.frames, seconds) : (part.framesPerSecond ?? 0),
    width: part.frameWidth ?? 0,
    height: part.frameHeight ?? 0,
    codec: codecOf(report, part),
    jitter: milliseconds(part.jitter) ?? 0,
    concealed: part.concealedSamples ?? 0,
    silentConcealed: part.silentConcealedSamples ?? 0,
    samples: part.totalSamplesReceived ?? 0,
    freezes: part.freezeCount ?? 0,
  };
}

/**
 * @param {RTCStatsReport} report
 * @param {Part} part
 * @param {Outbound|null} earlier
 * @param {number} seconds
 * @returns {Outbound}
 */
export function outbound(report, part, earlier, seconds) {
  const before = earlier?.ssrc === part.ssrc ? earlier : null;
  const heard = report.get(part.remoteId);
  const bytes = sum([part.bytesSent, part.headerBytesSent]);
  const frames = part.framesEncoded ?? 0;
  const encodeSeconds = part.totalEncodeTime ?? 0;
  return {
    ssrc: part.ssrc,
    active: part.active ?? true,
    bytes,
    packets: part.packetsSent ?? 0,
    bitrate: perSecond(bytes, before?.bytes, seconds) * BITS,
    target: part.targetBitrate ?? null,
    made: sourceOf(report, part)?.frames ?? null,
    frames,
    rate: before ? perSecond(frames, before.frames, seconds) : (part.framesPerSecond ?? 0),
    width: part.frameWidth ?? 0,
    height: part.frameHeight ?? 0,
    codec: codecOf(report, part),
    encodeSeconds,
    encodeShare: perSecond(encodeSeconds, before?.encodeSeconds, seconds),
    limited: part.qualityLimitationReason ?? "",
    keyframes: part.keyFramesEncoded ?? null,
    lostShare: heard?.fractionLost ?? null,
    rtt: milliseconds(heard?.roundTripTime),
    jitter: milliseconds(heard?.jitter),
  };
}

/**
 * Firefox names no source in the stream, and names the source after the slot.
 *
 * @param {RTCStatsReport} report
 * @param {Part} part
 * @returns {Part|undefined}
 */
function sourceOf(report, part) {
  if (part.mediaSourceId) return report.get(part.mediaSourceId);
  const name = `mediasource_${part.kind}_${part.mid}`;
  const id = [...report.keys()].find((key) => key === name || key.startsWith(`${name}{`));
  return id ? report.get(id) : undefined;
}

/**
 * Of several streams that one slot had, the one in use.
 *
 * @param {Part[]} streams
 * @returns {Part|null}
 */
export function newest(streams) {
  const when = (/** @type {Part} */ part) => part.lastPacketReceivedTimestamp ?? 0;
  return streams.reduce(
    (/** @type {Part|null} */ best, part) => (best && when(best) > when(part) ? best : part),
    null,
  );
}

/**
 * @param {RTCStatsReport} report
 * @param {Part} part
 * @returns {string}
 */
function codecOf(report, part) {
  return report.get(part.codecId)?.mimeType?.split("/")[1] ?? "";
}

/**
 * How fast a total grows. One that is smaller than before was begun anew.
 *
 * @param {number} total
 * @param {number|undefined} before
 * @param {number} seconds
 */
export function perSecond(total, before, seconds) {
  if (before === undefined || seconds <= 0) return 0;
  return (total < before ? total : total - before) / seconds;
}

/**
 * @param {number|undefined} seconds
 * @returns {number|null}
 */
export function milliseconds(seconds) {
  return seconds === undefined ? null : seconds * 1000;
}

/** @param {(number|undefined)[]} numbers */
export function sum(numbers) {
  return numbers.reduce((/** @type {number} */ total, number) => total + (number ?? 0), 0);
}
