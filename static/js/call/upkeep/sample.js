import { SLOTS } from "../state.js";
import { BITS, inbound, milliseconds, newest, outbound, perSecond, sum } from "./streams.js";

/**
 * @typedef {import("../state.js").SlotName} SlotName
 * @typedef {import("./streams.js").Inbound} Inbound
 * @typedef {import("./streams.js").Outbound} Outbound
 * @typedef {import("./streams.js").Part} Part
 *
 * @typedef {""|"host"|"srflx"|"prflx"|"relay"} Kind Of a candidate.
 *
 * @typedef {object} Path The candidate pair in use.
 * @property {Kind} local
 * @property {Kind} remote
 * @property {""|"udp"|"tcp"|"tls"} protocol Of a relay: the one to the TURN server.
 * @property {number|null} rtt Milliseconds.
 * @property {number|null} available Bits a second that the browser thinks can be sent; a hint, and not in Firefox.
 *
 * @typedef {object} Flow Of everything on the pair's transport.
 * @property {number} bytes
 * @property {number} packets Where the browser counts them (Firefox does not), else 0.
 * @property {number} bitrate Bits a second since the sample before; 0 in the first.
 *
 * @typedef {object} Sample One look at a pair.
 * @property {number} at Milliseconds since 1970, as the browser stamps its reports.
 * @property {Path|null} path Null: none is in use.
 * @property {number} signs Grows with whatever comes by any path, but for checks of paths.
 * @property {{pair: string, count: number}} checks Those that came of the path in use.
 * @property {number|null} quiet Milliseconds since the last packet on it that was more than a check of the path.
 * @property {Flow} received
 * @property {Flow} sent
 * @property {Record<SlotName, Inbound|null>} in
 * @property {Record<SlotName, Outbound|null>} out
 */

/**
 * Reads what Chromium and Firefox report (W3C WebRTC Statistics), as far as either says it.
 *
 * @param {RTCStatsReport} report Of a whole connection.
 * @param {Sample|null} before The sample before of the same connection.
 * @returns {Sample}
 */
export function sampleOf(report, before) {
  const parts = /** @type {Part[]} */ ([...report.values()]);
  const at = Math.max(0, ...parts.map(({ timestamp }) => timestamp));
  const seconds = before ? (at - before.at) / 1000 : 0;
  const pair = pairInUse(report, parts);
  const streams = parts.filter(({ type }) => type === "inbound-rtp" || type === "outbound-rtp");
  const of = (/** @type {string} */ type, /** @type {SlotName} */ slot) =>
    newest(streams.filter((part) => part.type === type && SLOTS[Number(part.mid)] === slot));
  /** @type {Sample} */
  const sample = {
    at,
    path: pair && pathOf(report, pair),
    signs: signsOf(parts, streams),
    checks: {
      pair: pair?.id ?? "",
      count: sum([pair?.requestsReceived, pair?.responsesReceived]),
    },
    quiet: pair?.lastPacketReceivedTimestamp ? at - pair.lastPacketReceivedTimestamp : null,
    received: flow(parts, "Received", before?.received, seconds),
    sent: flow(parts, "Sent", before?.sent, seconds),
    in: { microphone: null, camera: null, screen: null, screenAudio: null },
    out: { microphone: null, camera: null, screen: null, screenAudio: null },
  };
  for (const slot of SLOTS) {
    const [comes, leaves] = [of("inbound-rtp", slot), of("outbound-rtp", slot)];
    if (comes) sample.in[slot] = inbound(report, comes, before?.in[slot] ?? null, seconds);
    if (leaves) sample.out[slot] = outbound(report, leaves, before?.out[slot] ?? null, seconds);
  }
  return sample;
}

/**
 * @param {RTCStatsReport} report
 * @param {Part[]} parts
 * @returns {Part|null}
 */
function pairInUse(report, parts) {
  const transport = parts.find(({ type }) => type === "transport");
  return report.get(transport?.selectedCandidatePairId) ?? null;
}

/**
 * @param {RTCStatsReport} report
 * @param {Part} pair
 * @returns {Path}
 */
function pathOf(report, pair) {
  const local = report.get(pair.localCandidateId);
  const remote = report.get(pair.remoteCandidateId);
  const isRelayed = local?.candidateType === "relay";
  return {
    local: local?.candidateType ?? "",
    remote: remote?.candidateType ?? "",
    protocol: (isRelayed ? local.relayProtocol : local?.protocol) ?? "",
    rtt: milliseconds(pair.currentRoundTripTime),
    available: pair.availableOutgoingBitrate ?? null,
  };
}

/**
 * @param {Part[]} parts
 * @param {Part[]} streams
 */
function signsOf(parts, streams) {
  const { bytes } = flow(parts, "Received", undefined, 0);
  return sum([bytes, ...streams.map((part) => part.packetsReceived)]);
}

/**
 * @param {Part[]} parts
 * @param {"Received"|"Sent"} way
 * @param {Flow|undefined} before
 * @param {number} seconds
 * @returns {Flow}
 */
function flow(parts, way, before, seconds) {
  const transports = parts.filter(({ type }) => type === "transport");
  // Firefox counts by candidate pair alone.
  const counts = transports.some((part) => `bytes${way}` in part)
    ? transports
    : parts.filter(({ type }) => type === "candidate-pair");
  const bytes = sum(counts.map((part) => part[`bytes${way}`]));
  const packets = sum(counts.map((part) => part[`packets${way}`]));
  return { bytes, packets, bitrate: perSecond(bytes, before?.bytes, seconds) * BITS };
}
