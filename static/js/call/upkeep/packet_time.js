import { fragments } from "../sdp.js";

/** What browsers take where nobody says. */
const USUAL_MS = 20;

/**
 * Lets browsers put so much sound into each packet of the microphone. They read that off the other side's description
 * (`a=ptime`, RFC 8866) and nowhere else, so the description that was agreed on is taken once more with that line in it.
 * Nothing is said to the other side and nothing else changes: Chromium goes over within 10 ms and without a gap, in
 * either role. The next agreement forgets it.
 *
 * `adaptivePtime`, which is made for this, decides by itself, and lets Opus have more than `maxBitrate`.
 *
 * @param {RTCPeerConnection} pc Whose descriptions nobody else changes meanwhile.
 * @param {number} milliseconds
 */
export async function usePacketTime(pc, milliseconds) {
  const [theirs, ours] = [pc.currentRemoteDescription, pc.currentLocalDescription];
  if (stateOf(pc) !== "stable" || !theirs || !ours) return;
  if (packetTimeOf(theirs.sdp) === milliseconds) return;
  try {
    const offer = await pc.createOffer();
    // A search for another path is due, which the other side has to know of.
    if (String([...fragments(offer.sdp)]) !== String([...fragments(ours.sdp)])) return;
    const agreed = theirs.type === "answer" ? theirs.sdp : asAnswer(theirs.sdp, ours.sdp);
    await pc.setLocalDescription(offer);
    await pc.setRemoteDescription({ type: "answer", sdp: withPacketTime(agreed, milliseconds) });
  } catch (error) {
    await putBack(pc);
    // A browser that will not, or that ended meanwhile: what was agreed on holds.
    if (!(error instanceof DOMException)) throw error;
  }
}

/** @param {RTCPeerConnection} pc */
async function putBack(pc) {
  if (stateOf(pc) !== "have-local-offer") return;
  try {
    await pc.setLocalDescription({ type: "rollback" });
  } catch (error) {
    // It ended meanwhile, or took the answer after all.
    if (!(error instanceof DOMException)) throw error;
  }
}

/**
 * @param {string} sdp
 * @returns {number} Milliseconds of sound in a packet of the first slot.
 */
export function packetTimeOf(sdp) {
  const [, time] = microphone(sdp).match(/^a=ptime:(\d+)/m) ?? [];
  return time ? Number(time) : USUAL_MS;
}

/**
 * @param {string} sdp
 * @param {number} milliseconds
 */
export function withPacketTime(sdp, milliseconds) {
  const section = microphone(sdp);
  const plain = section.replace(/^a=(?:max)?ptime:.*\r?\n/gm, "");
  return sdp.replace(section, () => `${plain}a=ptime:${milliseconds}\r\n`);
}

/**
 * The other side's offer as if it had been its answer: who begins DTLS is settled (RFC 8842, section 5.3), and a slot
 * without a port of its own is not a refused one (RFC 9143, section 7.2).
 *
 * @param {string} offer
 * @param {string} answer That was given to it.
 */
export function asAnswer(offer, answer) {
  const setup = /^a=setup:active/m.test(answer) ? "passive" : "active";
  return offer
    .replace(/^a=setup:\S+/gm, `a=setup:${setup}`)
    .replace(/^a=bundle-only\r?\n/gm, "")
    .replace(/^(m=\S+) 0 /gm, "$1 9 ");
}

/** @param {string} sdp */
function microphone(sdp) {
  return sdp.split(/^(?=m=)/m).find((section) => section.startsWith("m=audio ")) ?? "";
}

/** @param {RTCPeerConnection} pc */
function stateOf(pc) {
  return pc.signalingState;
}
