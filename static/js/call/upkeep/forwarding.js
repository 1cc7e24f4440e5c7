import { Bucket } from "./bucket.js";
import { hidden } from "./hiding.js";

/** @typedef {import("../messages.js").Signal} Signal */

const SIGNALS = { perSecond: 10, burst: 60 };
/** What a line of 300 kbit/s can spare beside its own call. */
const BYTES = { perSecond: 8192, burst: 131_072 };
/** Of all who ask together. */
const ALL_BYTES = { perSecond: 16_384, burst: 262_144 };

const encoder = new TextEncoder();

/**
 * Carries signals between two others who are both connected to this page, for as long as each asks no more than a pair
 * needs, and all together no more than a narrow line can spare. What is not forwarded is dropped without a word; what was
 * forwarded already is never taken here, since it has another name on the wire. Nobody is forwarded for whose right to
 * the call was taken back; nor to them, since nobody hears them.
 */
export class Forwarding {
  #session;
  #hears;
  #clock;
  /** @type {Map<string, {signals: Bucket, bytes: Bucket}>} By who asks. */
  #rates = new Map();
  #all;

  /**
   * @param {Pick<import("../session.js").Session, "mesh"|"room">} session
   * @param {(seat: string) => boolean} hears Whether somebody is heard right now.
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(session, hears, clock) {
    this.#session = session;
    this.#hears = hears;
    this.#clock = clock;
    this.#all = new Bucket(clock, ALL_BYTES.perSecond, ALL_BYTES.burst);
  }

  /**
   * @param {string} from Whose channel it came by, which is what the other is told.
   * @param {string} to
   * @param {Signal} signal
   * @returns {boolean} Whether it went on.
   */
  forward(from, to, signal) {
    const { mesh } = this.#session;
    if (to === from || mesh.bars(from) || !this.#hears(to) || !this.#mayAsk(from, signal)) {
      return false;
    }
    const seen = this.#session.room?.relayOnly ? hidden(signal) : signal;
    return seen !== null && mesh.send(to, { type: "relayed", from, signal: seen });
  }

  /** @param {Set<string>} seats Those of everybody who is there. */
  only(seats) {
    for (const seat of this.#rates.keys()) if (!seats.has(seat)) this.#rates.delete(seat);
  }

  /**
   * @param {string} from
   * @param {Signal} signal
   */
  #mayAsk(from, signal) {
    const rates = this.#rates.get(from) ?? {
      signals: new Bucket(this.#clock, SIGNALS.perSecond, SIGNALS.burst),
      bytes: new Bucket(this.#clock, BYTES.perSecond, BYTES.burst),
    };
    this.#rates.set(from, rates);
    if (!rates.signals.take()) return false;
    const size = encoder.encode(JSON.stringify(signal)).length;
    return rates.bytes.take(size) && this.#all.take(size);
  }
}
