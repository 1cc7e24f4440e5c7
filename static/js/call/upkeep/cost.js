/**
 * What sound and pictures cost on the line: arithmetic only. All rates are bits a second.
 *
 * @typedef {object} Rung A way to send sound.
 * @property {number} bitrate Of Opus alone.
 * @property {number} packetTime Milliseconds of sound in a packet.
 * @property {number} wire With everything around each packet.
 *
 * @typedef {"microphone"|"screenAudio"} SoundSlot
 */

/** Around what a packet carries: IPv4 20, UDP 8, RTP with the extensions that browsers add 28, the tag of SRTP 10. */
const PACKET_BYTES = 66;
const BITS = 8;
/** What an encoder's bits weigh on the line: packets of about 1200 bytes have 66 around them. */
const AROUND = 1.06;

/**
 * A voice: Opus is asked for so much. Fewer packets save more than fewer bits: at 20 ms what is around them costs 26
 * kbit/s.
 */
export const AUDIO = rungs([
  [32_000, 20],
  [24_000, 20],
  [24_000, 40],
  [16_000, 40],
  [16_000, 60],
  [12_000, 60],
]);
/** What a shared screen plays, rung by rung beside the voices: music wants more, and its packets stay as they are. */
export const SHARED = rungs([
  [64_000, 20],
  [48_000, 20],
  [32_000, 20],
  [24_000, 20],
  [16_000, 20],
  [12_000, 20],
]);
/** A pair's heartbeats and what acknowledges the other side's: two a second of each, with SCTP, DTLS, UDP and IPv4. */
export const PULSE = 2 * (97 + 93) * BITS;

/**
 * A camera of 640×360 at 30/s looks good in VP8 with this, also where its sensor is noisy: with a third less Chromium
 * takes pixels away by itself. The other codecs need this part of it.
 */
const GOOD = { pixels: 640 * 360, rate: 30, bits: 1_000_000 };
/** @type {Record<string, number>} */
const CODECS = { VP8: 1, H264: 1, VP9: 0.75, H265: 0.7, AV1: 0.6 };
/** Twice the pixels have less than twice the detail, and of twice the pictures each differs less from the one before. */
const BY_PIXELS = 0.85;
const BY_RATE = 0.6;
/** With this part of what looks good a picture is soft, and still better than a smaller one drawn large. */
const SOFT = 0.5;

/**
 * @param {[bitrate: number, packetTime: number][]} ways
 * @returns {readonly Rung[]}
 */
function rungs(ways) {
  return ways.map(([bitrate, packetTime]) => {
    return { bitrate, packetTime, wire: bitrate + ((PACKET_BYTES * BITS) / packetTime) * 1000 };
  });
}

/**
 * What sound costs on the line, for one viewer.
 *
 * @param {number} rung
 * @param {readonly SoundSlot[]} sounds Those that are on.
 */
export function soundBits(rung, sounds) {
  return sounds.reduce((sum, slot) => sum + (waysOf(slot)[rung]?.wire ?? 0), 0);
}

/**
 * How sound of this slot is sent, from the best on.
 *
 * @param {SoundSlot} slot
 */
export function waysOf(slot) {
  return slot === "microphone" ? AUDIO : SHARED;
}

/**
 * What a picture that looks good costs on the line.
 *
 * @param {number} pixels
 * @param {number} rate Pictures a second.
 * @param {string} codec As samples name it.
 */
export function goodBits(pixels, rate, codec) {
  const encoder =
    GOOD.bits *
    (CODECS[codec] ?? 1) *
    (pixels / GOOD.pixels) ** BY_PIXELS *
    (rate / GOOD.rate) ** BY_RATE;
  return encoder * AROUND + rate * PACKET_BYTES * BITS;
}

/**
 * The least that this size and rate are worth sending with.
 *
 * @param {number} pixels
 * @param {number} rate
 * @param {string} codec
 */
export function softBits(pixels, rate, codec) {
  return goodBits(pixels, rate, codec) * SOFT;
}

/**
 * What an encoder may be told when so much of the line is its own.
 *
 * @param {number} wire
 * @param {number} rate Each picture ends with a packet that is not full.
 */
export function encoderBits(wire, rate) {
  return Math.max(0, (wire - rate * PACKET_BYTES * BITS) / AROUND);
}
