import { Forwarding } from "./forwarding.js";
import { Scrutiny } from "./scrutiny.js";

/**
 * @typedef {import("../messages.js").PeerMessage} PeerMessage
 * @typedef {import("../messages.js").Signal} Signal
 *
 * @typedef {object} Effort What is done to reach one page.
 * @property {number} tries How often something was said that wants an answer, without a sign of one.
 * @property {number} at When it was said last.
 * @property {string} heardBy The way by which they were heard last; empty: the pair's own channel.
 * @property {number} heardAt Never: minus infinity.
 */

/** What wants an answer. */
const ASKS = ["offer", "answer", "restart"];
/** A beat comes every 500 ms, a second where timers are slow. */
const SILENT_MS = 1800;
/** After this time an effort begins anew, and who was heard by a way need not hear us by it. */
const FORGET_MS = 15_000;
const LOOK_MS = 1000;

const SERVER = "/server";
const OWN = "";

/**
 * By which way a signal of a pair goes: by the server, on the pair's own channel, or through a third participant who is
 * connected to both. The first way that is there is taken, and the one by which the other was heard lately; what wants
 * an answer and is said again goes by several at once, each time through another third. Signals may be doubled and
 * come in any order, since descriptions are numbered and candidates belong to one.
 */
export class Routes {
  #session;
  #links;
  #clock;
  #scrutiny;
  #forwarding;
  #carryBefore;
  /** @type {Map<string, Effort>} */
  #efforts = new Map();
  #stop;
  #end = new AbortController();

  /**
   * @param {import("../session.js").Session} session
   * @param {Pick<import("./links.js").Links, "connects"|"on">} links
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(session, links, clock) {
    this.#session = session;
    this.#links = links;
    this.#clock = clock;
    this.#scrutiny = new Scrutiny(session, clock);
    this.#forwarding = new Forwarding(session, (seat) => this.#hears(seat), clock);
    this.#carryBefore = session.carry;
    session.carry = ({ to, ...signal }) => this.#carry(to, signal);
    const { signal } = this.#end;
    const { mesh } = session;
    mesh.on("message", ({ from, message }) => this.#take(from, message), { signal });
    mesh.on("change", () => this.#changed(), { signal });
    session.on("change", () => this.#look(), { signal });
    links.on("change", () => this.#look(), { signal });
    this.#stop = clock.every(LOOK_MS, () => this.#look());
  }

  close() {
    this.#session.carry = this.#carryBefore;
    this.#end.abort();
    this.#stop();
  }

  /**
   * @param {string} to
   * @param {Signal} signal
   */
  #carry(to, signal) {
    const now = this.#clock.now();
    const effort = this.#effort(to);
    if (ASKS.includes(signal.type)) {
      if (Math.abs(now - effort.at) > FORGET_MS) effort.tries = 0;
      effort.tries += 1;
      effort.at = now;
    }
    const { first, more } = this.#ways(to, effort);
    let isOut = false;
    for (const way of first) isOut = this.#send(to, signal, way) || isOut;
    for (const way of more) isOut ||= this.#send(to, signal, way);
  }

  /**
   * @param {string} to
   * @param {Effort} effort
   * @returns {{first: Set<string>, more: string[]}} Ways to take all of, and others for when none of them is there.
   */
  #ways(to, { tries, heardBy, heardAt }) {
    const sure = [];
    if (this.#isServed(to)) sure.push(SERVER);
    if (this.#hears(to)) sure.push(OWN);
    const thirds = this.#thirds(to);
    const turn = Math.max(0, tries - (sure.length ? 2 : 1)) % Math.max(1, thirds.length);
    const more = [...sure, ...thirds.slice(turn), ...thirds.slice(0, turn)];
    const first = new Set(more.slice(0, 1));
    if (this.#clock.now() - heardAt < FORGET_MS) first.add(heardBy);
    if (tries > 1) {
      // Also where nothing is heard: maybe they hear us.
      for (const way of [...sure, OWN, ...more.slice(sure.length, sure.length + 1)]) first.add(way);
    }
    return { first, more };
  }

  /**
   * @param {string} to
   * @param {Signal} signal
   * @param {string} way The server, the own channel or a third's seat.
   * @returns {boolean} Whether it left.
   */
  #send(to, signal, way) {
    const { mesh } = this.#session;
    if (way === SERVER) return this.#session.toServer({ ...signal, to });
    if (way === OWN) return mesh.send(to, { type: "signal", signal });
    return mesh.send(way, { type: "relay", to, signal });
  }

  /**
   * @param {string} from
   * @param {PeerMessage} message
   */
  #take(from, message) {
    if (message.type === "signal") this.#hear(from, message.signal, OWN);
    if (message.type === "relayed") this.#hear(message.from, message.signal, from);
    if (message.type === "relay") this.#forwarding.forward(from, message.to, message.signal);
  }

  /**
   * @param {string} from
   * @param {Signal} signal
   * @param {string} way
   */
  #hear(from, signal, way) {
    const seen = this.#scrutiny.take(from, signal, way);
    if (!seen) return;
    const effort = this.#effort(from);
    Object.assign(effort, { tries: 0, heardBy: way, heardAt: this.#clock.now() });
    const { type, ...rest } = seen;
    const known = /** @type {import("../messages.js").PeerSignal} */ ({
      type: `peer-${type}`,
      from,
      ...rest,
    });
    this.#session.mesh.signal(known);
  }

  /**
   * @param {string} seat
   * @returns {Effort}
   */
  #effort(seat) {
    const never = Number.NEGATIVE_INFINITY;
    const effort = this.#efforts.get(seat) ?? { tries: 0, at: never, heardBy: OWN, heardAt: never };
    this.#efforts.set(seat, effort);
    return effort;
  }

  /** @param {string} seat */
  #isServed(seat) {
    const { server, mesh } = this.#session;
    const person = mesh.people.find((each) => each.seat === seat);
    return server === "open" && person?.away !== true;
  }

  /** @param {string} seat */
  #hears(seat) {
    const heardAt = this.#session.mesh.known(seat)?.heardAt ?? null;
    return heardAt !== null && this.#clock.now() - heardAt < SILENT_MS;
  }

  /**
   * @param {string} to
   * @returns {string[]} Whom this page hears, those first who say that they are connected to `to`; who says that they
   *   are not, only where nobody else is left.
   */
  #thirds(to) {
    const heard = this.#session.mesh.people
      .map(({ seat }) => seat)
      .filter((seat) => seat !== to && this.#hears(seat));
    const are = (/** @type {boolean|null} */ connected) =>
      heard.filter((seat) => this.#links.connects(seat, to) === connected);
    const good = [...are(true), ...are(null)];
    return good.length ? good : are(false);
  }

  #changed() {
    const { people } = this.#session.mesh;
    const seats = new Set(people.map(({ seat }) => seat));
    for (const seat of this.#efforts.keys()) if (!seats.has(seat)) this.#efforts.delete(seat);
    for (const { seat, connection } of people) {
      const effort = this.#efforts.get(seat);
      if (effort && connection === "connected") effort.tries = 0;
    }
    this.#scrutiny.only(seats);
    this.#forwarding.only(seats);
    this.#look();
  }

  /** Marks whom no way is left to: neither the server nor anybody who is connected to both. */
  #look() {
    const { mesh, server } = this.#session;
    for (const { seat, connection, cut } of mesh.people) {
      const isLost = connection === "lost" || connection === "unreachable";
      const isCut =
        isLost &&
        server !== "open" &&
        !this.#hears(seat) &&
        !this.#thirds(seat).some((third) => this.#links.connects(third, seat) !== false);
      if (isCut !== cut) mesh.mark(seat, { cut: isCut });
    }
  }
}
