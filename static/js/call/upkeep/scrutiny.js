import { fragments } from "../sdp.js";
import { Bucket } from "./bucket.js";
import { isDescription, isOfSamePage } from "./fingerprints.js";
import { hidden } from "./hiding.js";

/**
 * @typedef {import("../messages.js").Candidates} Candidates
 * @typedef {import("../messages.js").Description} Description
 * @typedef {import("../messages.js").Signal} Signal
 *
 * @typedef {object} Rates What may come of one page by one way.
 * @property {Bucket} signals
 * @property {Bucket} wishes
 */

/** Somebody who was heard within this time needs nobody to speak for them. */
const HEARD_MS = 1200;
/** Who is connected still after a longer silence of their heart is heard in another way. */
const DOUBT_MS = 4000;
/** No page's clock is ahead of another's by more. */
const EPOCH_AHEAD_MS = 86_400_000;

/**
 * Looks at signals that came by another way than the server's, whose forwarder may be anybody of the call: whether they
 * are taken. Whoever forwards can keep signals back, as any network can, and disturb a pair that is lost already; they
 * can neither come between the two nor touch a pair that is heard, or that has only begun while the server carries its
 * signals. No heartbeat is a sign of nothing where none ever came: some peers have none.
 */
export class Scrutiny {
  #session;
  #clock;
  /** @type {Map<string, {instance: string, epoch: number, generations: Set<string>}>} The newest description taken. */
  #taken = new Map();
  /** @type {Map<string, Map<string, Rates>>} By whom a signal is of, and by what way it came. */
  #rates = new Map();

  /**
   * @param {Pick<import("../session.js").Session, "mesh"|"room"|"server">} session
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(session, clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /**
   * @param {string} seat Whom the signal is of, as its channel or the third says.
   * @param {Signal} signal
   * @param {string} third Who forwarded it; empty: it came on the pair's own channel.
   * @returns {Signal|null} What may be acted on; null: nothing.
   */
  take(seat, signal, third) {
    const person = this.#session.mesh.people.find((each) => each.seat === seat);
    const pair = this.#session.mesh.known(seat);
    if (!person || !pair) return null;
    const rates = this.#ratesOf(seat, third);
    if (!rates.signals.take()) return null;
    if (!this.#isSane(signal.epoch, pair.epoch)) return null;
    if (third && !this.#maySpeakFor(person, pair, signal)) return null;
    const seen = this.#session.room?.relayOnly ? hidden(signal) : signal;
    switch (seen?.type) {
      case "offer":
      case "answer":
        return this.#description(person, seen, pair);
      case "candidates":
        return this.#candidates(person, seen, pair);
      case "restart":
      case "diagnosis":
        return rates.wishes.take() ? seen : null;
      default:
        return null;
    }
  }

  /**
   * Whether somebody else may bring this signal of a person.
   *
   * @param {Pick<import("../state.js").Person, "connection"|"away">} person
   * @param {{epoch: number, heardAt: number|null}} pair
   * @param {Signal} signal
   */
  #maySpeakFor({ connection, away }, { epoch, heardAt }, signal) {
    const silent = heardAt === null ? Number.POSITIVE_INFINITY : this.#clock.now() - heardAt;
    if (silent < HEARD_MS) return false;
    if (connection === "connected") return silent < DOUBT_MS && isOfUse(signal, epoch);
    const isServed = !away && this.#session.server === "open";
    return !isServed || (connection !== "connecting" && heardAt !== null);
  }

  /**
   * Whether larger epochs can follow this one.
   *
   * @param {number} epoch
   * @param {number} own
   */
  #isSane(epoch, own) {
    return epoch <= Math.max(own, this.#clock.now()) + EPOCH_AHEAD_MS;
  }

  /** @param {Set<string>} seats Those of everybody who is there: what is known of others is forgotten. */
  only(seats) {
    for (const known of [this.#taken, this.#rates, ...this.#rates.values()]) {
      for (const seat of known.keys()) if (seat && !seats.has(seat)) known.delete(seat);
    }
  }

  /**
   * @param {{seat: string, instance: string}} person
   * @param {Description} description
   * @param {{epoch: number, remote: string}} pair
   */
  #description({ seat, instance }, description, pair) {
    const { epoch, sdp } = description;
    if (!isDescription(sdp) || !isOfSamePage(sdp, pair.remote)) return null;
    this.#taken.set(seat, { instance, epoch, generations: fragments(sdp) });
    return description;
  }

  /**
   * Candidates of a description that was taken, whoever carried that.
   *
   * @param {{seat: string, instance: string}} person
   * @param {Candidates} candidates
   * @param {{epoch: number, remote: string}} pair
   */
  #candidates({ seat, instance }, candidates, pair) {
    const taken = this.#taken.get(seat);
    const isTaken = taken?.instance === instance && taken.epoch === candidates.epoch;
    if (!isTaken && candidates.epoch !== pair.epoch) return null;
    const generations = isTaken ? taken.generations : fragments(pair.remote);
    const fits = candidates.candidates.every(
      ({ candidate, sdpMid, usernameFragment }) =>
        /^[ -~]*$/.test(`${candidate}${sdpMid}`) && generations.has(usernameFragment),
    );
    return fits ? candidates : null;
  }

  /**
   * @param {string} seat
   * @param {string} third
   */
  #ratesOf(seat, third) {
    const ways = this.#rates.get(seat) ?? new Map();
    this.#rates.set(seat, ways);
    const rates = ways.get(third) ?? {
      signals: new Bucket(this.#clock, 10, 60),
      wishes: new Bucket(this.#clock, 1, 5),
    };
    ways.set(third, rates);
    return rates;
  }
}

/**
 * What can be meant for a path that is there, and that the other side may have lost: a search for another one, and
 * nothing that would end the connection.
 *
 * @param {Signal} signal
 * @param {number} epoch The pair's own.
 */
function isOfUse(signal, epoch) {
  return signal.epoch === epoch && (signal.type !== "restart" || signal.kind === "ice");
}
