import { Emitter } from "../lib/emitter.js";
import { Chat } from "./chat.js";
import { Mesh } from "./mesh.js";
import { Signalling } from "./signalling.js";

/**
 * @typedef {import("./messages.js").Door} Door
 * @typedef {import("./messages.js").ErrorMessage} ErrorMessage
 * @typedef {import("./messages.js").RoomFacts} RoomFacts
 * @typedef {import("./messages.js").ServerMessage} ServerMessage
 * @typedef {import("./messages.js").Someone} Someone
 * @typedef {import("./messages.js").Welcome} Welcome
 * @typedef {import("./entry.js").Refusal} Refusal
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 * @typedef {import("./state.js").Phase} Phase
 *
 * @typedef {object} SessionEvents
 * @property {void} change
 * @property {string} announce
 * @property {ChatMessage} chat
 * @property {string} link The room's, with each welcome.
 */

/** What the server could not do just now is asked of it again after this time. */
const AGAIN_MS = 1000;
/** Errors after which the same may be said once more. */
const AGAIN = ["try-again", "too-fast", "undeliverable"];
/** Errors after which the same message of the chat will never be taken. */
const NEVER = ["bad-message", "too-large", "not-kept"];
/** Whom this page does not hear is said for all who fall silent, or are heard again, within this time. */
const GATHER_MS = 100;
const REPORTED = "Thank you. The people who run this site see your report.";
const NOT_KEPT = "What you wrote was not kept: your account is not there any more.";
/** What is announced to somebody whose slot a host turned off. */
const HELD = {
  microphone: "The host muted you.",
  camera: "The host turned your camera off.",
  screen: "The host stopped your share.",
};
/** Refusals after which "load again" leads back to the same seat. */
const MAY_RETURN = ["moved", "bad-protocol"];
/** After this part of their time TURN credentials are asked for anew. */
const RENEW_AT = 0.8;
const RENEW_LEAST_MS = 30_000;
/** A clock that is slow must not think of credentials as lasting. */
const RENEW_MOST_MS = 480_000;

/**
 * The way from the door to a seat and back: what the server says, handed to the mesh and the chat.
 *
 * @extends {Emitter<SessionEvents>}
 */
export class Session extends Emitter {
  /** @type {Phase} */
  phase = "connecting";
  /** @type {Refusal|null} */
  refusal = null;
  /** @type {RoomFacts|null} */
  room = null;
  /** @type {import("./messages.js").Named[]} */
  here = [];
  full = false;
  ahead = 0;
  /** @type {"connecting"|"open"|"lost"} */
  server = "connecting";
  /** @type {string|null} */
  seat = null;
  name = "";
  picture = "";
  /** @type {import("./state.js").Role} */
  role = "guest";
  /** @type {number|null} */
  joinedAt = null;
  /** @type {import("./messages.js").Power[]} What hosts do not let this person do. */
  forbidden = [];
  /** @type {import("./state.js").Order} */
  order = { knocks: [], spotlight: "", ending: null, asked: null, announcement: "", hushed: [] };
  mesh;
  chat;
  #own;
  /** Of `own`, when the server was told of it last. */
  #claimedVersion = 0;
  #instance;
  #clock;
  #memory;
  #hasIceServers;
  #signalling;
  /** Whether the socket in use has brought a welcome: nothing that was said since then got lost. */
  #isWelcomed = false;
  /** @type {(signal: import("./messages.js").Signal & {to: string}) => void} Replaced by who knows more ways. */
  carry = (signal) => void this.toServer(signal);
  /** What the server said last of a right that is not there, or not any more. */
  #why = "";
  /** @type {Set<string>} Types of what this page's person had the server do. */
  #commanded = new Set();
  #cancelRenewal = () => {};
  /** @type {(() => void)|null} */
  #cancelUnheard = null;

  /**
   * @param {object} parts
   * @param {import("./signalling.js").Doorway} parts.doorway
   * @param {import("./own.js").Own} parts.own
   * @param {import("./slots.js").Outgoing} parts.outgoing
   * @param {import("./memory.js").Memory} parts.memory
   * @param {boolean} parts.hasIceServers
   * @param {import("../lib/clock.js").Clock} parts.clock
   */
  constructor({ doorway, own, outgoing, memory, hasIceServers, clock }) {
    super();
    this.#own = own;
    this.#instance = doorway.instance;
    this.#clock = clock;
    this.#memory = memory;
    this.#hasIceServers = hasIceServers;
    this.#signalling = new Signalling(doorway, clock);
    this.mesh = new Mesh(outgoing, clock);
    const toPeer = this.mesh.send.bind(this.mesh);
    const toServer = this.toServer.bind(this);
    this.chat = new Chat(doorway.instance, { toPeer, toServer }, clock);
    this.#listen();
  }

  /** What this page knows of hosts' orders besides: what its person read, or does not want to read. */
  note(/** @type {Partial<import("./state.js").Order>} */ order) {
    if (order.hushed) this.chat.hush(order.hushed);
    this.#orders(order);
  }

  /**
   * Something whose refusal its person is told.
   *
   * @param {import("./messages.js").Order|import("./messages.js").Report} message
   * @returns {boolean} False when it is lost.
   */
  command(message) {
    this.#commanded.add(message.type);
    return this.toServer(message);
  }

  /** @param {string} name */
  join(name) {
    if (!["connecting", "door", "elsewhere", "turned-away"].includes(this.phase)) return;
    this.name = name;
    this.phase = "joining";
    this.#memory.write({ name });
    this.#sayJoin();
    this.emit("change", undefined);
  }

  /** Somebody has to say first whether this page may have the seat that it remembers. */
  ask() {
    this.phase = "elsewhere";
    this.#signalling.rest();
    this.emit("change", undefined);
  }

  /**
   * They have said it.
   *
   * @param {{elsewhere?: boolean}} [how] `elsewhere`: another seat is taken, with the ticket of the page.
   */
  goOn({ elsewhere = false } = {}) {
    if (elsewhere) this.#signalling.forget();
    this.join(this.name);
    this.#signalling.retry();
  }

  leave() {
    this.#signalling.leave();
    this.#over("left");
  }

  close() {
    this.#cancelRenewal();
    this.#signalling.close();
    this.mesh.close();
    this.#cancelUnheard?.();
    this.chat.close();
  }

  #listen() {
    const { mesh, chat } = this;
    this.#signalling.on("message", (message) => this.#take(message));
    this.#signalling.on("server", (server) => {
      this.server = server;
      if (server === "lost") this.#isWelcomed = false;
      this.emit("change", undefined);
    });
    this.#signalling.on("anew", () => {
      this.#isWelcomed = false;
    });
    this.#signalling.on("refused", (refusal) => {
      this.refusal = { ...refusal, why: this.#why };
      this.#over("refused");
    });
    mesh.on("signal", (signal) => this.carry(signal));
    mesh.on("change", () => this.#peopleChanged());
    mesh.on("gone", ({ name }) => this.emit("announce", `${name} left.`));
    mesh.on("unheard", () => this.#sayUnheardAfter(GATHER_MS));
    mesh.on("stalled", () => this.#signalling.suspect());
    mesh.on("open", ({ seat }) => {
      mesh.send(seat, this.#slots());
      chat.opened(seat);
    });
    mesh.on("message", ({ from, message }) => chat.fromPeer(from, message));
    chat.on("change", () => this.emit("change", undefined));
    chat.on("arrived", (message) => this.emit("chat", message));
    this.#own.on("replace", (slot) => mesh.replace(slot));
    this.#own.on("slots", () => this.#saySlots());
    this.#own.media.settled.then(() => this.#makeReady());
  }

  /** @param {ServerMessage} message */
  #take(message) {
    switch (message.type) {
      case "door":
        return this.#atDoor(message);
      case "waiting":
        return this.#waits(message.ahead);
      case "welcome":
        return this.#seated(message);
      case "peer-joined":
        return this.#joined(message.person);
      case "peer-left":
        return this.#left(message);
      case "peer-revoked":
        return this.#revoked(message.seat);
      case "peer-standing":
        return this.#stands(message);
      case "knocking":
      case "turned-away":
        return this.#knocks(message.type);
      case "knocks":
        return this.#orders({ knocks: message.people });
      case "spotlit":
        return this.#orders({ spotlight: message.seat });
      case "ending":
        return this.#orders({ ending: message.at ? message : null });
      case "announcement":
        return this.#orders({ announcement: message.text });
      case "peer-asks":
        return this.#asked(message);
      case "reported":
        return this.emit("announce", REPORTED);
      case "peer-away":
        return this.mesh.away(message.seat, message.away);
      case "peer-state":
        return this.mesh.state(message.from, message.version, message.slots);
      case "peer-chat":
        return this.#hears(message);
      case "peer-chat-ack":
        return this.chat.acknowledged(message.from, message.id);
      case "chat-page":
        return this.chat.page(message);
      case "room-changed":
        return this.#roomIs(message.room);
      case "error":
        return this.#failed(message);
      case "pong":
      case "resync":
      case "restarting":
        return;
      default:
        return this.mesh.signal(message);
    }
  }

  /** @param {Door} message */
  #atDoor({ room, people, full }) {
    if (this.phase === "connecting") this.phase = "door";
    this.here = people;
    this.full = full;
    this.#memory.write({ reloaded: undefined });
    this.#makeReady();
    this.#roomIs(room);
  }

  /** Connections for those inside, once the devices are known: before, candidates would hide behind random names. */
  async #makeReady() {
    await this.#own.media.settled;
    if (this.phase === "door") this.mesh.expect(this.here.length, !this.#hasIceServers);
  }

  /**
   * Also after a way that was lost for too long, when somebody else has the place.
   *
   * @param {number} ahead
   */
  #waits(ahead) {
    this.phase = "waiting";
    this.ahead = ahead;
    this.#isWelcomed = false;
    if (this.seat) this.mesh.close();
    this.seat = null;
    this.emit("change", undefined);
  }

  /** @param {Welcome} welcome */
  #seated(welcome) {
    const { seat, since, name, picture, role, resume, room, iceServers, iceExpires } = welcome;
    this.emit("link", welcome.link);
    const { partial, forbidden, held, spotlight, ending } = welcome;
    // Another ticket is another seat: the pairs were made with the one before, which the server may still show.
    if (this.seat && this.seat !== seat) this.mesh.close();
    const people = welcome.people.filter(({ instance }) => instance !== this.#instance);
    this.seat = seat;
    // Also a further one may bring people who are new: the room may have moved to where others had come.
    const how = { isPartial: partial, isFurther: this.#isWelcomed };
    this.mesh.hide(room.relayOnly);
    this.mesh.welcome(since, iceServers, people, how);
    this.#isWelcomed = true;
    this.#renewBefore(iceExpires);
    this.phase = "joined";
    this.joinedAt ??= this.#clock.now();
    Object.assign(this, { name, picture, role });
    this.#obey(forbidden, held);
    const known = this.order.ending?.at === ending ? this.order.ending.name : "";
    this.#orders({ spotlight, ending: ending ? { at: ending, name: known } : null });
    this.#memory.write({ resume, seat });
    this.#roomIs(room);
    this.#peopleChanged();
    this.chat.welcome({ seat, name });
    if (this.#own.version > this.#claimedVersion) this.#saySlots();
    if (this.mesh.unheard.length) this.#sayUnheard();
  }

  #sayUnheard() {
    this.#cancelUnheard?.();
    this.#cancelUnheard = null;
    this.toServer({ type: "unheard", seats: this.mesh.unheard });
  }

  /** @param {number} milliseconds After these, unless it is about to be said anyway. */
  #sayUnheardAfter(milliseconds) {
    this.#cancelUnheard ??= this.#clock.after(milliseconds, () => this.#sayUnheard());
  }

  /** @param {number} expires When the TURN credentials end; 0: never. */
  #renewBefore(expires) {
    this.#cancelRenewal();
    if (!expires) return;
    const wait = (expires - this.#clock.now()) * RENEW_AT;
    this.#renewAfter(Math.min(Math.max(wait, RENEW_LEAST_MS), RENEW_MOST_MS));
  }

  /** @param {number} milliseconds */
  #renewAfter(milliseconds) {
    this.#cancelRenewal();
    this.#cancelRenewal = this.#clock.after(milliseconds, () => {
      if (this.phase !== "joined") return;
      this.#signalling.send(this.#claim());
      // In case nobody answers.
      this.#renewAfter(RENEW_LEAST_MS);
    });
  }

  /** @param {Someone} person */
  #joined(person) {
    if (person.instance === this.#instance || this.mesh.bars(person.seat)) return;
    const isNew = this.mesh.people.every(({ seat }) => seat !== person.seat);
    this.mesh.joined(person);
    if (isNew) this.emit("announce", `${person.name} joined.`);
  }

  /** @param {import("./messages.js").PeerChat} message */
  #hears(message) {
    // What has a number was kept before, and is in everybody's history.
    if (message.number || !this.mesh.bars(message.from)) this.chat.fromServer(message);
  }

  /** @param {import("./messages.js").PeerLeft} message */
  #left({ seat }) {
    const person = this.mesh.people.find((each) => each.seat === seat);
    this.mesh.left(seat);
    if (person) this.emit("announce", `${person.name} left.`);
  }

  /** @param {string} seat */
  #revoked(seat) {
    const person = this.mesh.people.find((each) => each.seat === seat);
    this.mesh.revoked(seat);
    if (person) this.emit("announce", `${person.name} is no longer in the call.`);
  }

  /** @param {import("./messages.js").Standing} standing */
  #stands(standing) {
    if (standing.seat !== this.seat) return this.mesh.standing(standing);
    const { name, role, forbidden, held } = standing;
    Object.assign(this, { name, role });
    if (!["owner", "co-host"].includes(role)) this.order = { ...this.order, knocks: [] };
    this.#obey(forbidden, held);
    this.emit("change", undefined);
  }

  /**
   * Nobody sees or hears what is forbidden or held, whatever this page does; what it shows its person is the same. It
   * stays off until that person turns it on, also when the page is loaded anew.
   *
   * @param {import("./messages.js").Power[]} forbidden
   * @param {import("./messages.js").HostSlot[]} held
   */
  #obey(forbidden, held) {
    this.forbidden = forbidden;
    let isUnsaid = false;
    for (const slot of /** @type {const} */ (["microphone", "camera", "screen"])) {
      const isHeld = held.includes(slot);
      if (!isHeld && !forbidden.includes(slot)) continue;
      const isOn = this.#own.slots[slot] === "on";
      this.#own.turnOff(slot);
      if (slot === "microphone") this.#memory.write({ microphoneOn: false });
      if (slot === "camera") this.#memory.write({ cameraOn: false });
      if (isOn) this.emit("announce", HELD[slot]);
      else isUnsaid ||= isHeld;
    }
    if (isUnsaid) this.#own.repeat();
    this.#own.bar(forbidden);
    if (forbidden.includes("chat")) this.chat.silenced();
  }

  /** @param {"knocking"|"turned-away"} phase */
  #knocks(phase) {
    this.phase = phase;
    this.#isWelcomed = false;
    if (this.seat) this.mesh.close();
    this.seat = null;
    // Refused is refused: no later line asks again by itself.
    if (phase === "turned-away") this.#signalling.leave();
    this.emit("change", undefined);
  }

  /** @param {Partial<import("./state.js").Order>} order */
  #orders(order) {
    this.order = { ...this.order, ...order };
    this.emit("change", undefined);
  }

  /** @param {import("./messages.js").PeerAsks} message */
  #asked({ from, slot }) {
    const name = this.mesh.people.find(({ seat }) => seat === from)?.name ?? "";
    if (this.#own.slots[slot] !== "on") this.#orders({ asked: { seat: from, name, slot } });
  }

  /** @param {RoomFacts} room */
  #roomIs(room) {
    this.room = room;
    this.mesh.hide(room.relayOnly);
    this.chat.keeps(room.keepsChat);
    // Nobody knocks without a lobby, and nobody says so.
    if (!room.lobby) this.order = { ...this.order, knocks: [] };
    this.emit("change", undefined);
  }

  /** @param {ErrorMessage} error */
  #failed({ code, message, about, to }) {
    const again = AGAIN.includes(code);
    if (code === "kept-out" || code === "ticket-refused") this.#why = message;
    if (about && this.#commanded.has(about)) this.emit("announce", message);
    if (again && to && about === "candidates") {
      this.#clock.after(AGAIN_MS, () => this.mesh.repeat(to));
    }
    if (about === "chat" && code === "ticket-refused") {
      this.chat.refused();
      this.emit("announce", NOT_KEPT);
    }
    if (about === "chat" && NEVER.includes(code)) this.chat.refusedNext();
    if (about === "chat" && code === "not-allowed") this.chat.silenced();
    if (about === "unheard" && again) this.#sayUnheardAfter(AGAIN_MS);
    if (about === "state" && again) this.#clock.after(AGAIN_MS, () => this.#saySlots());
    if (about === "chat-history" && again) {
      this.#clock.after(AGAIN_MS, () => this.chat.askHistory());
    }
    if (about !== "join") return;
    if (again) {
      this.#clock.after(AGAIN_MS, () => {
        if (!this.#isWelcomed) this.#sayJoin();
      });
    } else if (this.phase !== "joined") {
      this.phase = "door";
      this.#signalling.leave();
      // The door says it by itself, of every room that is.
      if (code === "locked") this.room = this.room && { ...this.room, locked: true };
      else this.emit("announce", message);
      this.emit("change", undefined);
    }
  }

  #sayJoin() {
    if (!["joining", "waiting", "knocking", "joined"].includes(this.phase)) return;
    this.#signalling.join(() => this.#claim());
  }

  /** @returns {import("./messages.js").Join} */
  #claim() {
    this.#claimedVersion = this.#own.version;
    return { ...this.#slots(), type: "join", name: this.name };
  }

  /**
   * For what only somebody with a seat may say.
   *
   * @param {import("./messages.js").ClientMessage} message
   * @returns {boolean} False when it is lost.
   */
  toServer(message) {
    return this.seat !== null && this.#signalling.send(message);
  }

  /** @returns {import("./messages.js").StateMessage} */
  #slots() {
    return { type: "state", version: this.#own.version, slots: this.#own.slots };
  }

  #saySlots() {
    const { asked } = this.order;
    if (asked && this.#own.slots[asked.slot] === "on") this.#orders({ asked: null });
    if (this.phase !== "joined") return;
    this.#claimedVersion = this.#own.version;
    this.#signalling.send(this.#slots());
    this.mesh.sendAll(this.#slots());
  }

  #peopleChanged() {
    const { people } = this.mesh;
    if (this.phase === "joined") {
      this.chat.present(people);
      this.#signalling.hurry(people.some(({ connection }) => connection !== "connected"));
      this.#memory.write({ people: people.length });
    }
    this.emit("change", undefined);
  }

  /** @param {"left"|"refused"} phase */
  #over(phase) {
    this.phase = phase;
    this.seat = null;
    if (!MAY_RETURN.includes(this.refusal?.code ?? "")) {
      this.#memory.write({ resume: undefined, seat: undefined, people: undefined });
    }
    this.close();
    this.emit("change", undefined);
  }
}
