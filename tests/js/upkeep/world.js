// Pages that are in one call, with a server that comes and goes and paths that are cut.
import { Mesh } from "../../../static/js/call/mesh.js";
import { newOutgoing } from "../../../static/js/call/slots.js";
import { emptySlots } from "../../../static/js/call/state.js";
import { Links } from "../../../static/js/call/upkeep/links.js";
import { Routes } from "../../../static/js/call/upkeep/routes.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeRTCPeerConnection, install } from "../fake_rtc.js";
import { FakeClock, FakeStream, settle } from "../fakes.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);

const LOOK_MS = 50;
/** A path that brings nothing for so long is called disconnected. */
const SILENT_MS = 2000;
const BACK_MOST_MS = 2500;

/** What routes need of a session, in front of this world's server. */
class FakeSession extends Emitter {
  server = "lost";
  /** Of its certificate. */
  print = "";
  room = { relayOnly: false };

  constructor(world, seat, since) {
    super();
    this.world = world;
    this.seat = seat;
    this.since = since;
    this.mesh = new Mesh(newOutgoing(), world.clock);
    this.mesh.on("signal", (signal) => this.carry(signal));
  }

  carry = (signal) => void this.toServer(signal);

  toServer(message) {
    return this.server === "open" && this.world.carry(this.seat, message);
  }

  get person() {
    return {
      seat: this.seat,
      instance: `${this.seat}1`,
      since: this.since,
      name: this.seat,
      picture: "",
      role: "guest",
      guest: true,
      lookalike: false,
      forbidden: [],
      held: [],
      answersOnly: false,
      away: this.server !== "open",
      version: 1,
      slots: emptySlots(),
    };
  }
}

/** Nothing is ever looked at. */
class NoSamples extends Emitter {
  latest() {
    return null;
  }
}

export class World {
  clock = new FakeClock();
  /** While it is on, the server loses, doubles and delays what it carries. */
  chaos = false;
  isUp = true;
  /** @type {FakeSession[]} */
  pages = [];
  /** @type {Set<string>} Paths of one search that carry nothing any more. */
  #dead = new Set();
  /** @type {Set<string>} Pairs that have no path at all. */
  #blocked = new Set();
  /** @type {Map<string, number>} */
  #silentSince = new Map();
  #chance;
  /** @type {(() => void)[]} */
  #ends = [];

  /**
   * @param {string[]} seats In the order in which they come.
   * @param {() => number} chance
   */
  constructor(seats, chance) {
    FakeRTCPeerConnection.all = [];
    this.#chance = chance;
    this.pages = seats.map((seat, place) => new FakeSession(this, seat, place + 1));
    for (const page of this.pages) {
      const links = new Links(page.mesh, /** @type {any} */ (new NoSamples()), this.clock);
      const routes = new Routes(/** @type {any} */ (page), links, this.clock);
      this.#ends.push(() => {
        routes.close();
        links.close();
        page.mesh.close();
      });
    }
    this.#ends.push(this.clock.every(LOOK_MS, () => this.#look()));
  }

  /** Everybody comes in, and meets. */
  async begin() {
    // Their certificates are there.
    await settle();
    for (const page of this.pages) {
      page.mesh.expect(1, false);
      page.print = printOf(FakeRTCPeerConnection.all.at(-1));
      page.mesh.expect(0, false);
    }
    for (const page of this.pages) this.#serve(page);
    await this.clock.pass(5000);
  }

  end() {
    for (const end of this.#ends) end();
  }

  page(seat) {
    const found = this.pages.find((each) => each.seat === seat);
    if (!found) throw new Error(seat);
    return found;
  }

  person(seat, of) {
    return this.page(seat).mesh.people.find((each) => each.seat === of);
  }

  /** Ends the server, or brings it back: pages come one after the other then. */
  serve(isUp) {
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    for (const page of this.pages) {
      if (isUp) this.clock.after(this.#chance() * BACK_MOST_MS, () => this.#serve(page));
      else this.#lose(page);
    }
  }

  /** Nothing comes by the path that two have now; another search finds another. */
  cut(one, other) {
    const [end] = this.ends(one, other) ?? [];
    if (end) this.#dead.add(end.agreed);
  }

  /** Whether there is any path between two. */
  block(one, other, isBlocked = true) {
    if (isBlocked) this.#blocked.add(pairOf(one, other));
    else this.#blocked.delete(pairOf(one, other));
  }

  /** What the server carries for somebody who has its ear. */
  carry(from, { to, type, ...rest }) {
    const arrive = () => {
      const target = this.page(to);
      if (target.server !== "open") return;
      target.mesh.signal(structuredClone({ type: `peer-${type}`, from, ...rest }));
    };
    if (this.chaos && this.#chance() < 0.15) return true;
    for (let copies = this.chaos && this.#chance() < 0.2 ? 2 : 1; copies > 0; copies -= 1) {
      this.clock.after(this.chaos ? this.#chance() * 3000 : 5, arrive);
    }
    return true;
  }

  /** The connections of this page that are not closed. */
  connections(seat) {
    const { print } = this.page(seat);
    return FakeRTCPeerConnection.all.filter(
      (pc) => pc.signalingState !== "closed" && printOf(pc) === print,
    );
  }

  /** Both ends of a pair that are of one search, or null. */
  ends(one, other) {
    const [mine, theirs] = [this.connections(one), this.connections(other)];
    const describes = (pc, to) =>
      pc.remoteDescription?.sdp.includes(`ice-ufrag:${to.fragment}\r`) &&
      pc.signalingState === "stable";
    for (const a of mine) {
      for (const b of theirs) if (describes(a, b) && describes(b, a)) return [a, b];
    }
    return null;
  }

  isWhole(one, other) {
    const ends = this.ends(one, other);
    return (
      ends !== null &&
      this.#carries(one, other, ends) &&
      this.person(one, other)?.connection === "connected" &&
      this.person(other, one)?.connection === "connected"
    );
  }

  /** All pairs, as lists of two seats. */
  get pairs() {
    return this.pages.flatMap(({ seat }, place) =>
      this.pages.slice(place + 1).map((other) => [seat, other.seat]),
    );
  }

  #serve(page) {
    if (!this.isUp || page.server === "open") return;
    page.server = "open";
    const here = this.pages.filter((each) => each !== page && each.server === "open");
    const people = here.map(({ person }) => person);
    page.mesh.welcome(page.since, [], people, { isPartial: true });
    page.emit("change", undefined);
    for (const each of here) each.mesh.joined(page.person);
  }

  #lose(page) {
    page.server = "lost";
    page.emit("change", undefined);
  }

  #carries(one, other, ends) {
    return !this.#blocked.has(pairOf(one, other)) && !this.#dead.has(search(ends));
  }

  #look() {
    FakeRTCPeerConnection.all = FakeRTCPeerConnection.all.filter(
      ({ signalingState }) => signalingState !== "closed",
    );
    for (const [one, other] of this.pairs) {
      const ends = this.ends(one, other);
      if (ends && this.#carries(one, other, ends)) this.#join(one, other, ends);
      else this.#silence(one, other);
    }
  }

  #join(one, other, ends) {
    this.#silentSince.delete(pairOf(one, other));
    const [a, b] = ends;
    a.agreed = search(ends);
    b.agreed = a.agreed;
    if (!a.mate) {
      Object.assign(a, { mate: b });
      Object.assign(b, { mate: a });
      // What both have agreed on last: one of them may be about to propose another.
      const carries = () => !this.#blocked.has(pairOf(one, other)) && !this.#dead.has(a.agreed);
      for (const name of ["talk", "pulse"]) this.#wire(a, b, name, carries);
    }
    for (const pc of ends) {
      if (pc.connectionState !== "connected") pc.become("connected");
      for (const channel of Object.values(pc.channels)) {
        if (channel.readyState !== "open") channel.open();
        channel.flush?.();
      }
    }
  }

  /** Both directions of a channel: `talk` waits for a path, `pulse` does not. */
  #wire(a, b, name, carries) {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ]) {
      const [channel, arrival] = [from.channels[name], to.channels[name]];
      /** @type {string[]} */
      const waiting = [];
      channel.flush = () => {
        if (!carries()) return;
        for (const frame of waiting.splice(0)) this.clock.after(2, () => arrival.say(frame));
      };
      channel.send = (frame) => {
        if (name === "pulse" && !carries()) return;
        waiting.push(frame);
        channel.flush();
      };
    }
  }

  #silence(one, other) {
    const key = pairOf(one, other);
    const since = this.#silentSince.get(key) ?? this.clock.now();
    this.#silentSince.set(key, since);
    if (this.clock.now() - since < SILENT_MS) return;
    for (const pc of this.connections(one)) {
      if (!pc.mate || printOf(pc.mate) !== this.page(other).print) continue;
      for (const end of [pc, pc.mate]) {
        if (end.connectionState === "connected") end.become("disconnected");
      }
    }
  }
}

const pairOf = (one, other) => [one, other].sort().join(" ");
const search = ([a, b]) => `${a.fragment} ${b.fragment}`;
const printOf = (pc) => pc.getConfiguration().certificates?.[0]?.print;
