/**
 * @typedef {"camera"|"screen"} VideoSlot
 *
 * @typedef {object} Asking
 * @property {number} since
 * @property {number} times
 * @property {number} frames That were encoded by then.
 * @property {number} made Those that the camera or the screen had given.
 */

/** Wishes further apart than this are not one asking. */
const ASKING_MS = 60_000;
/** So many wishes without a picture that leaves, and another connection gets another encoder. */
const MOST = 3;
const MADE_LEAST = 5;

/**
 * Builds a connection anew whose encoder is stuck: the other side asks for pictures again and again, the camera gives
 * them, and none leaves. A video that is not sent on purpose (`active` is false) is none of its business.
 */
export class Stuck {
  #mesh;
  #samples;
  #renewals;
  #clock;
  /** @type {Map<string, Asking>} */
  #asking = new Map();
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "sender"|"on">} mesh
   * @param {Pick<import("./samples.js").Samples, "latest">} samples
   * @param {Pick<import("./renewals.js").Renewals, "renew">} renewals
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, samples, renewals, clock) {
    this.#mesh = mesh;
    this.#samples = samples;
    this.#renewals = renewals;
    this.#clock = clock;
    const { signal } = this.#end;
    mesh.on("pair", ({ seat }) => this.#forget(seat), { signal });
    mesh.on(
      "message",
      ({ from, message }) => {
        if (message.type === "keyframe") this.#hear(from, message.slot);
      },
      { signal },
    );
  }

  close() {
    this.#end.abort();
  }

  /** @param {string} seat */
  #forget(seat) {
    for (const slot of ["camera", "screen"]) this.#asking.delete(`${seat} ${slot}`);
  }

  /**
   * @param {string} seat
   * @param {VideoSlot} slot
   */
  #hear(seat, slot) {
    const out = this.#samples.latest(seat)?.out[slot];
    if (!out) return;
    const now = this.#clock.now();
    const key = `${seat} ${slot}`;
    const known = this.#asking.get(key);
    const isSame = known?.frames === out.frames && Math.abs(now - known.since) < ASKING_MS;
    const asking = isSame
      ? known
      : { since: now, times: 0, frames: out.frames, made: out.made ?? 0 };
    this.#asking.set(key, asking);
    asking.times += 1;
    const isActive = this.#mesh.sender(seat, slot)?.getParameters().encodings[0]?.active ?? false;
    if (asking.times < MOST || !isActive || (out.made ?? 0) - asking.made < MADE_LEAST) return;
    this.#asking.delete(key);
    this.#renewals.renew(seat);
  }
}
