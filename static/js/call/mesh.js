import { Emitter } from "../lib/emitter.js";
import { Connection } from "./connection.js";
import { Peer } from "./peer.js";
import { Pulse } from "./pulse.js";
import { allowed, newPerson, showTracks } from "./slots.js";

/**
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 * @typedef {import("./messages.js").PeerSignal} PeerSignal
 * @typedef {import("./messages.js").Signal} Signal
 * @typedef {import("./messages.js").Someone} Someone
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./state.js").SlotName} SlotName
 * @typedef {import("./state.js").Slots} Slots
 *
 * @typedef {object} Entry
 * @property {number} version Of the slots.
 * @property {Slots} slots As their owner says them; what counts of them is the person's.
 * @property {Person} person
 * @property {Peer} peer
 * @property {import("./state.js").ConnectionState} state Of the pair.
 * @property {number|null} lostSince
 * @property {Map<string, PeerMessage>} said Their newest facts: what holds until they say otherwise.
 *
 * @typedef {object} MeshEvents
 * @property {Signal & {to: string}} signal For the server to carry.
 * @property {void} change People or what they show are others now.
 * @property {{seat: string}} open A pair's data channel can be used.
 * @property {Person} gone Somebody left while the server was away.
 * @property {string[]} unheard The seats whose heartbeat is missing are others now.
 * @property {void} stalled So many pairs fell silent at once that it may be this page's network.
 * @property {{from: string, message: PeerMessage}} message
 * @property {{seat: string}} pair Another connection, with other senders and receivers.
 * @property {{seat: string, findings: import("./messages.js").Diagnosis}} diagnosis
 */

/** A spare connection is made anew after this time: networks change while somebody stands at the door. */
const SPARE_MS = 60_000;
/** Messages between pages that stay true until the next of their kind. */
const FACTS = ["views", "links"];
/** So many silent pairs are more than one person's trouble. */
const STALLED = 2;

/**
 * People and the one connection to each of them.
 *
 * @extends {Emitter<MeshEvents>}
 */
export class Mesh extends Emitter {
  #outgoing;
  #clock;
  /** @type {RTCConfiguration} */
  #configuration = { iceTransportPolicy: "all" };
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  #since = 0;
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** @type {Connection[]} */
  #spares = [];
  #gathers = false;
  #pulse;
  /** How many pairs were silent at the last look, of people whom the server has. */
  #stalled = 0;
  #stopRenewing = () => {};
  /** @type {Set<string>} Seats whose right was taken back. */
  #revoked = new Set();

  /**
   * @param {import("./slots.js").Outgoing} outgoing
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(outgoing, clock) {
    super();
    this.#outgoing = outgoing;
    this.#clock = clock;
    this.#pulse = new Pulse(clock);
    this.#pulse.on("change", () => this.#listened());
    this.#certify();
  }

  /** @returns {Person[]} */
  get people() {
    return [...this.#entries.values()]
      .map(({ person }) => person)
      .sort((a, b) => a.since - b.since);
  }

  /** @returns {string[]} The seats whose heartbeat has been missing for 3 s. */
  get unheard() {
    return [...this.#pulse.unheard];
  }

  /** Resolves when nobody waits for a first offer or answer of ours. */
  async described() {
    await Promise.all([...this.#entries.values()].map(({ peer }) => peer.described));
  }

  /**
   * Has connections ready for this many people, before it is known who they are.
   *
   * @param {number} count
   * @param {boolean} gathers Whether it is known that there are no ICE servers.
   */
  expect(count, gathers) {
    this.#stopRenewing();
    this.#gathers = gathers;
    for (const surplus of this.#spares.splice(count)) surplus.close();
    while (this.#spares.length < count) {
      const spare = this.#connect(true);
      spare.prepare(gathers);
      this.#spares.push(spare);
    }
    if (!count) return;
    this.#stopRenewing = this.#clock.after(SPARE_MS, () => {
      this.expect(0, gathers);
      this.expect(count, gathers);
    });
  }

  /**
   * The own seat and everybody in the others. Whoever was there already keeps the pair, unless one of both has taken the
   * seat anew: then the other side has closed it.
   *
   * @param {number} since
   * @param {RTCIceServer[]} iceServers
   * @param {Someone[]} people
   * @param {object} [how]
   * @param {boolean} [how.isPartial] Nobody who is missing in `people` is gone.
   * @param {boolean} [how.isFurther] Signals were carried all along: pairs that are just connecting go on.
   */
  welcome(since, iceServers, people, { isPartial = false, isFurther = false } = {}) {
    const isAnew = this.#since !== 0 && this.#since !== since;
    this.#since = since;
    this.serve(iceServers);
    if (iceServers.length && this.#gathers) this.expect(0, false);
    const seats = new Set(people.map(({ seat }) => seat));
    if (isAnew || !isPartial) this.only(seats);
    for (const seat of this.#entries.keys()) if (!seats.has(seat)) this.away(seat, true);
    for (const someone of people) this.joined(someone, { isAnew, isFurther });
    this.expect(0, false);
  }

  /**
   * What every search for a path uses from now on; a path in use goes on.
   *
   * @param {RTCIceServer[]} iceServers
   */
  serve(iceServers) {
    if (JSON.stringify(iceServers) === JSON.stringify(this.#iceServers)) return;
    this.#iceServers = iceServers;
    this.#configuration = { ...this.#configuration, iceServers };
    for (const { peer } of this.#entries.values()) peer.serve(iceServers);
  }

  /**
   * Pairs that were made under another wish are made anew.
   *
   * @param {boolean} isHiding Whether paths lead through relays alone, so that nobody learns anybody's address.
   */
  hide(isHiding) {
    const iceTransportPolicy = isHiding ? "relay" : "all";
    if (iceTransportPolicy === this.#configuration.iceTransportPolicy) return;
    this.#configuration = { ...this.#configuration, iceTransportPolicy };
    const [count, gathers] = [this.#spares.length, this.#gathers];
    this.expect(0, gathers);
    this.expect(count, gathers);
    for (const { peer } of this.#entries.values()) peer.renew();
  }

  /**
   * @param {Someone} someone
   * @param {object} [how]
   * @param {boolean} [how.isAnew] Their side of a pair that there was is closed, whoever they are.
   * @param {boolean} [how.isFurther] Nothing that was said to them got lost.
   */
  joined(someone, { isAnew = false, isFurther = false } = {}) {
    const { seat, instance, answersOnly, version, slots } = someone;
    if (this.bars(seat)) return;
    const known = this.#entries.get(seat);
    const offers = answersOnly || this.#since > someone.since;
    const isKnown = known?.person.instance === instance && known.person.since === someone.since;
    if (isKnown && !isAnew) {
      const { name, picture, role, away, lookalike, forbidden, held } = someone;
      Object.assign(known.person, { name, picture, role, away, lookalike, forbidden, held });
      this.#show(known);
      this.#appear(known);
      this.state(seat, version, slots);
      if (!isFurther) known.peer.signalsReturned(offers);
      return;
    }
    if (known) this.#drop(known);
    const peer = new Peer({
      offers,
      connect: (offers) => this.#connect(offers),
      iceServers: () => this.#iceServers,
      clock: this.#clock,
    });
    const person = newPerson(someone);
    if (known) {
      const { voice, camera, screen, screenVoice } = known.person;
      Object.assign(person, { voice, camera, screen, screenVoice });
    }
    /** @type {Entry} */
    const entry = {
      version,
      slots,
      person,
      peer,
      state: "connecting",
      lostSince: null,
      said: new Map(),
    };
    this.#entries.set(seat, entry);
    this.#listen(entry);
    peer.start(offers ? this.#spares.shift() : undefined);
    this.emit("change", undefined);
  }

  /** @param {string} seat */
  left(seat) {
    const entry = this.#entries.get(seat);
    if (!entry) return;
    this.#entries.delete(seat);
    this.#drop(entry);
    this.emit("change", undefined);
  }

  /** @param {string} seat From which nothing is taken ever again. */
  revoked(seat) {
    this.#revoked.add(seat);
    this.left(seat);
  }

  /**
   * @param {string} seat
   * @returns {boolean} Whether nothing of this seat counts any more, whoever says it.
   */
  bars(seat) {
    return this.#revoked.has(seat);
  }

  /** @param {import("./messages.js").Standing} standing What hosts and the server say of somebody. */
  standing({ seat, name, role, lookalike, forbidden, held }) {
    const entry = this.#entries.get(seat);
    if (!entry) return;
    Object.assign(entry.person, { name, role, lookalike, forbidden, held });
    this.#show(entry);
  }

  /**
   * @param {string} seat
   * @param {boolean} isAway Whether the server has no socket of theirs just now.
   */
  away(seat, isAway) {
    const entry = this.#entries.get(seat);
    if (!entry) return;
    const isBack = entry.person.away && !isAway;
    entry.person.away = isAway;
    this.#appear(entry);
    if (isBack) entry.peer.signalsReturned();
  }

  /**
   * @param {string} seat
   * @param {Partial<Pick<Person, "trouble"|"cut"|"watched"|"spared"|"rank">>} facts What is known of this pair besides.
   */
  mark(seat, facts) {
    const entry = this.#entries.get(seat);
    if (!entry) return;
    Object.assign(entry.person, facts);
    this.emit("change", undefined);
  }

  /** @param {Set<string>} seats Everybody who is in the call: whoever else was has left. */
  only(seats) {
    for (const { person } of [...this.#entries.values()]) {
      if (seats.has(person.seat)) continue;
      this.left(person.seat);
      this.emit("gone", person);
    }
  }

  /**
   * @param {string} seat
   * @returns {{epoch: number, remote: string, heardAt: number|null}|null} Of the pair's connection: its epoch (0: there
   *   was none), the other side's newest description, and when its heart was heard last (null: never).
   */
  known(seat) {
    const peer = this.#entries.get(seat)?.peer;
    return peer
      ? { epoch: peer.epoch, remote: peer.remote, heardAt: this.#pulse.heardAt(seat) }
      : null;
  }

  /** @param {string} seat Whom a signal did not reach. */
  repeat(seat) {
    this.#entries.get(seat)?.peer.repeat();
  }

  /**
   * What somebody's slots carry, from the server or from the pair; the higher version holds.
   *
   * @param {string} seat
   * @param {number} version
   * @param {Slots} slots
   */
  state(seat, version, slots) {
    const entry = this.#entries.get(seat);
    if (!entry || version <= entry.version) return;
    entry.version = version;
    entry.slots = slots;
    this.#show(entry);
  }

  /** @param {PeerSignal} message */
  signal(message) {
    const { from, type, ...rest } = message;
    const signal = /** @type {Signal} */ ({ type: type.slice("peer-".length), ...rest });
    this.#entries.get(from)?.peer.receive(signal);
  }

  /**
   * Sends what `outgoing` holds for this slot now to everybody.
   *
   * @param {SlotName} slot
   */
  replace(slot) {
    for (const { peer } of this.#entries.values()) peer.replace(slot);
    for (const spare of this.#spares) spare.replace(slot);
  }

  /**
   * @param {string} seat
   * @param {PeerMessage} message
   * @returns {boolean} False when there is no open channel to this seat.
   */
  send(seat, message) {
    return this.#entries.get(seat)?.peer.send(message) ?? false;
  }

  /** @param {PeerMessage} message */
  sendAll(message) {
    for (const { peer } of this.#entries.values()) peer.send(message);
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @returns {RTCRtpReceiver|null}
   */
  receiver(seat, slot) {
    return this.#entries.get(seat)?.peer.receiver(slot) ?? null;
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @returns {RTCRtpSender|null}
   */
  sender(seat, slot) {
    return this.#entries.get(seat)?.peer.sender(slot) ?? null;
  }

  /**
   * @param {string} seat
   * @param {(pc: RTCPeerConnection) => Promise<void>} act As `Connection.inTurn` has it.
   */
  inTurn(seat, act) {
    this.#entries.get(seat)?.peer.inTurn(act);
  }

  /**
   * @param {string} seat
   * @returns {Promise<RTCStatsReport|null>} Null: nobody sits there, or their pair has no connection yet.
   */
  async stats(seat) {
    return (await this.#entries.get(seat)?.peer.stats()) ?? null;
  }

  /**
   * @param {string} seat
   * @returns {import("./connection.js").Search|null}
   */
  search(seat) {
    return this.#entries.get(seat)?.peer.search ?? null;
  }

  /**
   * @param {string} seat
   * @returns {number|null} For how long its heartbeat has been missing; null: it was never heard.
   */
  silence(seat) {
    return this.#pulse.silence(seat);
  }

  /**
   * Nothing comes from this seat, neither heartbeats nor media.
   *
   * @param {string} seat
   * @param {number} since
   */
  stalled(seat, since) {
    this.#entries.get(seat)?.peer.stalled(since);
  }

  /** @param {string} seat Something comes again. */
  heard(seat) {
    this.#entries.get(seat)?.peer.heard();
  }

  /** @param {string} seat From which heartbeats come, and media that it sends does not. */
  renew(seat) {
    this.#entries.get(seat)?.peer.renew();
  }

  /** Emits the newest facts of everybody once more, for who did not listen yet when they came. */
  tell() {
    for (const { person, said } of this.#entries.values()) {
      for (const message of said.values()) this.emit("message", { from: person.seat, message });
    }
  }

  close() {
    this.expect(0, false);
    for (const seat of [...this.#entries.keys()]) this.left(seat);
  }

  /** @param {Entry} entry */
  #drop({ peer, person }) {
    peer.close();
    this.#pulse.forget(person.seat);
  }

  /** One certificate serves all pairs, so that its key is made once and ahead of time. */
  async #certify() {
    const key = { name: "ECDSA", namedCurve: "P-256" };
    const certificate = await RTCPeerConnection.generateCertificate(key);
    this.#configuration = { ...this.#configuration, certificates: [certificate] };
  }

  /** @param {boolean} offers */
  #connect(offers) {
    return new Connection({
      offers,
      configuration: this.#configuration,
      outgoing: this.#outgoing,
      clock: this.#clock,
    });
  }

  /** @param {Entry} entry */
  #listen(entry) {
    const { peer, person } = entry;
    const { seat } = person;
    peer.on("signal", (signal) => this.emit("signal", { ...signal, to: seat }));
    peer.on("slots", () => {
      this.#show(entry);
      this.emit("pair", { seat });
    });
    peer.on("diagnosis", (findings) => this.emit("diagnosis", { seat, findings }));
    peer.on("open", () => this.emit("open", { seat }));
    peer.on("pulse", (wire) => this.#pulse.watch(seat, wire));
    peer.on("state", ({ state, since }) => {
      entry.state = state;
      entry.lostSince = since;
      this.#appear(entry);
      this.#count();
    });
    peer.on("message", (message) => {
      if (FACTS.includes(message.type)) entry.said.set(message.type, message);
      if (message.type === "state") this.state(seat, message.version, message.slots);
      else this.emit("message", { from: seat, message });
    });
  }

  /** Somebody fell silent, or is heard again. */
  #listened() {
    for (const entry of this.#entries.values()) this.#appear(entry);
    this.emit("unheard", this.unheard);
    this.#count();
  }

  /** Whether so many of those whom the server has are silent that it may be this page's network. */
  #count() {
    const stalled = [...this.#entries.values()].filter(
      ({ person, state }) =>
        !person.away && (state === "lost" || this.#pulse.unheard.has(person.seat)),
    ).length;
    const isWorse = stalled > this.#stalled;
    this.#stalled = stalled;
    if (isWorse && stalled >= Math.min(STALLED, this.#entries.size))
      this.emit("stalled", undefined);
  }

  /**
   * Whom neither the server nor this page hears is shown as lost, before the browser says so of the pair.
   *
   * @param {Entry} entry
   */
  #appear({ person, state, lostSince }) {
    const { seat, away } = person;
    const isSilent = state === "connected" && away && this.#pulse.unheard.has(seat);
    const connection = isSilent ? "lost" : state;
    if (person.connection === connection && (isSilent || person.lostSince === lostSince)) return;
    person.connection = connection;
    person.lostSince = isSilent ? this.#pulse.heardAt(seat) : lostSince;
    this.emit("change", undefined);
  }

  /** @param {Entry} entry */
  #show({ slots, person, peer }) {
    person.slots = allowed(slots, person);
    if (person.slots.microphone !== "on") person.speaking = false;
    showTracks(person, (slot) => peer.receiver(slot)?.track ?? null);
    this.emit("change", undefined);
  }
}
