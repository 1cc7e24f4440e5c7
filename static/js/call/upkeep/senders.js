import { usePacketTime } from "./packet_time.js";
import { Tuner } from "./tuner.js";

/**
 * @typedef {import("../state.js").SlotName} SlotName
 */

/** What the browser gives where it is not told. */
const USUAL_MS = 20;

/** Everybody's senders: each is told what it is not doing already, whichever connection has it. */
export class Senders {
  #mesh;
  /** @type {WeakMap<RTCRtpSender, Tuner>} */
  #tuners = new WeakMap();
  /** @type {WeakSet<RTCRtpSender>} Those of which another packet time was asked once. */
  #slowed = new WeakSet();

  /** @param {Pick<import("../mesh.js").Mesh, "sender"|"inTurn">} mesh */
  constructor(mesh) {
    this.#mesh = mesh;
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @param {import("./tuner.js").Wish} wish
   */
  tune(seat, slot, wish) {
    this.#tuner(seat, slot)?.tune(wish);
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @param {number} now
   */
  keyframe(seat, slot, now) {
    this.#tuner(seat, slot)?.keyframe(now);
  }

  /**
   * @param {string} seat
   * @param {number} milliseconds Of sound in a packet of the microphone.
   */
  packetTime(seat, milliseconds) {
    const sender = this.#mesh.sender(seat, "microphone");
    if (!sender || (milliseconds === USUAL_MS && !this.#slowed.has(sender))) return;
    this.#slowed.add(sender);
    // A mistake of this page is said, and is no fault of the pair, which goes on as it was.
    this.#mesh.inTurn(seat, (pc) => usePacketTime(pc, milliseconds).catch(reportError));
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @returns {Tuner|null}
   */
  #tuner(seat, slot) {
    const sender = this.#mesh.sender(seat, slot);
    if (!sender) return null;
    const known = this.#tuners.get(sender) ?? new Tuner(sender);
    this.#tuners.set(sender, known);
    return known;
  }
}
