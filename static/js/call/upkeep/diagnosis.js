import { Bucket } from "./bucket.js";
import { findings, joined, why } from "./causes.js";

/**
 * @typedef {import("../messages.js").Findings} Findings
 * @typedef {import("../state.js").Person} Person
 *
 * @typedef {object} Case A pair without a path.
 * @property {string} who Which page is meant.
 * @property {boolean} isFirst Whether there never was a path.
 * @property {number} since
 * @property {number} searching Since when the search in use goes on.
 * @property {Findings|null} own
 * @property {Findings|null} theirs
 * @property {string} said
 * @property {number} saidAt
 */

const LOOK_MS = 1000;
/** A pair that has no path after this time says what it found. */
const SAY_MS = 7000;
/** What was said may have got lost. */
const AGAIN_MS = 10_000;
/** Nor is a changing mind said more often. */
const LEAST_MS = 2000;
/** A server that has not answered a search by then is not expected to. */
const SILENT_MS = 5000;
/** Without a word of the other side, a cause that is known on this side is shown after this time. */
const ALONE_MS = 12_000;
/** A cause is said aloud, and half of it is the other side's word, which may turn for no reason: so often it may. */
const CAUSES = { perSecond: 1 / 60, burst: 3 };
/** When nothing is known but that there is no path. */
const UNKNOWN_MS = 15_000;

/**
 * Pairs that cannot connect: tells the other side what the own search found, hears what theirs did, and marks the
 * person with the cause (`Person.trouble`) until there is a path. Both sides do the same, so that both show the same
 * two people and the same cause.
 */
export class Diagnosis {
  #session;
  #clock;
  /** @type {Map<string, Case>} */
  #cases = new Map();
  /** @type {Map<string, {at: number, theirs: Findings}>} What was heard last, maybe before the pair is missed here. */
  #heard = new Map();
  /** @type {Map<string, Bucket>} How often the cause of somebody may be another yet. */
  #changes = new Map();
  #lookedAt;
  #end = new AbortController();

  /**
   * @param {Pick<import("../session.js").Session, "mesh"|"room"|"server"|"carry">} session
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(session, clock) {
    this.#session = session;
    this.#clock = clock;
    this.#lookedAt = clock.now();
    const { signal } = this.#end;
    const { mesh } = session;
    mesh.on("diagnosis", ({ seat, findings: { turn, udp } }) => this.#hear(seat, { turn, udp }), {
      signal,
    });
    mesh.on("pair", ({ seat }) => this.#searchesAnew(seat), { signal });
    const stop = clock.every(LOOK_MS, () => this.#look());
    signal.addEventListener("abort", stop);
    this.#look();
  }

  /**
   * What both searches found; null for a pair that has a path, or had one until a moment ago.
   *
   * @param {string} seat
   * @returns {{own: Findings|null, theirs: Findings|null}|null}
   */
  of(seat) {
    const found = this.#cases.get(seat);
    return found ? { own: found.own, theirs: found.theirs } : null;
  }

  close() {
    this.#end.abort();
  }

  #look() {
    const now = this.#clock.now();
    // A page that was held back has not searched meanwhile.
    const late = Math.max(0, now - this.#lookedAt - 2 * LOOK_MS);
    this.#lookedAt = now;
    const { people } = this.#session.mesh;
    for (const person of people) {
      if (person.connection === "connected") this.#healed(person);
      else this.#examine(person, late);
    }
    const seats = new Set(people.map(({ seat }) => seat));
    for (const [seat, { at }] of this.#heard) {
      if (!seats.has(seat) || at + AGAIN_MS < now) this.#heard.delete(seat);
    }
    for (const known of [this.#cases, this.#changes]) {
      for (const seat of known.keys()) if (!seats.has(seat)) known.delete(seat);
    }
  }

  /** @param {Person} person */
  #healed({ seat, trouble }) {
    this.#cases.delete(seat);
    if (trouble) this.#session.mesh.mark(seat, { trouble: null });
  }

  /**
   * @param {Person} person
   * @param {number} late
   */
  #examine(person, late) {
    const { seat } = person;
    const now = this.#clock.now();
    const found = this.#case(person, now);
    found.since += late;
    found.searching += late;
    const search = this.#session.mesh.search(seat);
    if (search) {
      found.own = joined(found.own, findings(search, now - found.searching >= SILENT_MS));
    }
    found.theirs = this.#heard.get(seat)?.theirs ?? found.theirs;
    if (now - found.since < SAY_MS || !found.own) return;
    this.#say(seat, found);
    this.#judge(person, found, found.own);
  }

  /**
   * @param {Person} person
   * @param {number} now
   */
  #case({ seat, instance, since, connection, lostSince }, now) {
    const who = `${instance} ${since}`;
    const known = this.#cases.get(seat);
    if (known?.who === who) return known;
    /** @type {Case} */
    const made = {
      who,
      isFirst: connection === "connecting",
      since: lostSince ?? now,
      searching: now,
      own: null,
      theirs: null,
      said: "",
      saidAt: 0,
    };
    this.#cases.set(seat, made);
    return made;
  }

  /**
   * @param {string} seat
   * @param {Case} found
   */
  #say(seat, found) {
    const { own, said, saidAt } = found;
    const now = this.#clock.now();
    const words = JSON.stringify(own);
    if (!own || now - saidAt < (words === said ? AGAIN_MS : LEAST_MS)) return;
    found.said = words;
    found.saidAt = now;
    this.#session.carry({ type: "diagnosis", to: seat, epoch: 0, ...own });
  }

  /**
   * Who fell silent in a call may have left: what the other side has not said is then no cause.
   *
   * @param {Person} person
   * @param {Case} found
   * @param {Findings} own
   */
  #judge({ seat, away, trouble }, { isFirst, since, theirs }, own) {
    const { room, server } = this.#session;
    const code = why(own, theirs, { relayOnly: room?.relayOnly ?? false });
    const waited = this.#clock.now() - since;
    const isThere = isFirst && !away && server === "open";
    const isSure = theirs !== null || (isThere && waited >= ALONE_MS);
    if (!isSure || (code === "unknown" && waited < UNKNOWN_MS) || trouble?.code === code) return;
    if (this.#mayChange(seat)) this.#session.mesh.mark(seat, { trouble: { code } });
  }

  /** @param {string} seat */
  #mayChange(seat) {
    const changes =
      this.#changes.get(seat) ?? new Bucket(this.#clock, CAUSES.perSecond, CAUSES.burst);
    this.#changes.set(seat, changes);
    return changes.take();
  }

  /**
   * @param {string} seat
   * @param {Findings} theirs
   */
  #hear(seat, theirs) {
    this.#heard.set(seat, { at: this.#clock.now(), theirs });
    this.#look();
  }

  /** @param {string} seat */
  #searchesAnew(seat) {
    const found = this.#cases.get(seat);
    if (found) found.searching = this.#clock.now();
  }
}
