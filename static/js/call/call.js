import { realClock } from "../lib/clock.js";
import { Emitter } from "../lib/emitter.js";
import { Ears } from "./ears.js";
import { fetchTicket, isThere } from "./entry.js";
import { Memory, tabStorage, wasReloaded } from "./memory.js";
import { Own } from "./own.js";
import { SeatLock } from "./seat_lock.js";
import { Session } from "./session.js";
import { newOutgoing } from "./slots.js";
import { firstState } from "./state.js";

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 * @typedef {import("./state.js").PageData} PageData
 *
 * @typedef {object} CallEvents
 * @property {CallState} change `state` is another now; at most once per task, after offers have left.
 * @property {{seat: string, level: number}} level 0 to 1, ten times a second; `seat` is "own" for the own microphone.
 * @property {string} announce A sentence for the live region.
 * @property {ChatMessage} chat A message of somebody else arrived.
 */

/** The page is drawn after the first offers and answers have left, or after this time at the latest. */
const DRAW_MOST_MS = 100;

/** What is announced to somebody who tries what hosts do not allow. */
const FORBIDDEN = {
  microphone: "The host keeps you muted for now.",
  camera: "The host does not allow your camera for now.",
  screen: "The host does not allow you to share your screen.",
  chat: "The host does not allow you to write for now.",
};

/** What is announced when a device goes away by itself. */
const GONE = {
  microphone: "Your microphone is gone. The others do not hear you now.",
  camera: "Your camera is gone. The others do not see you now.",
};

/** What is announced to somebody who asks for a device on a page that can have none. */
const NO_DEVICES =
  "Browsers give camera and microphone to https pages only. You can still write. Ask the person who sent you the link for an https one.";

/**
 * What is announced when a screen cannot be shown. Who changed their mind is told nothing.
 *
 * @type {Record<import("./state.js").Fault, string>}
 */
const NOT_SHARED = {
  denied:
    "Your system does not let the browser show your screen. Allow it in the system’s settings.",
  busy: "Your screen cannot be shown just now. Choose another window, or try again.",
  none: "We found nothing on your screen that can be shown.",
  insecure:
    "Browsers let https pages only show a screen. Ask the person who sent you the link for an https one.",
  failed: "Showing your screen did not start. Try again.",
};

/**
 * One person's call: the only owner of `state`. The page renders `state` on `change` and calls the methods. Socket and
 * devices are asked for at once.
 *
 * @extends {Emitter<CallEvents>}
 */
export class Call extends Emitter {
  /** @type {CallState} */
  state;
  #clock;
  #memory;
  #own;
  #session;
  #ears;
  #lock;
  /** @type {import("./upkeep/upkeep.js").Upkeep|null} Null until it was fetched. */
  upkeep = null;
  #isDrawing = false;

  /**
   * @param {PageData} page
   * @param {{clock?: import("../lib/clock.js").Clock}} [options]
   */
  constructor(page, { clock = realClock } = {}) {
    super();
    this.state = firstState(page);
    this.#clock = clock;
    this.#memory = new Memory(page.room, tabStorage());
    const remembered = this.#memory.read();
    const resume = wasReloaded() ? (remembered.resume ?? "") : "";
    this.#lock = new SeatLock(clock);
    const isOurs = resume ? this.#claim(remembered) : null;
    const outgoing = newOutgoing();
    this.#own = new Own(outgoing, remembered);
    this.#session = new Session({
      doorway: {
        get url() {
          return socketUrl(page.socket);
        },
        instance: newInstance(),
        ticket: page.ticket,
        resume,
        ...(isOurs && { ready: isOurs }),
        freshTicket: () => fetchTicket(page.ticketUrl, page.csrfToken),
        isThere,
        reload: () => this.#reload(),
      },
      own: this.#own,
      outgoing,
      memory: this.#memory,
      hasIceServers: page.hasIceServers,
      clock,
    });
    this.#ears = new Ears(this.#session.mesh, this.#own, clock);
    this.#ears.choose(this.#own.media.devices.chosen.speaker);
    this.#listen();
    this.#session.on("link", (link) => Object.assign(this.state.room, { link }));
    if (isOurs) this.#comeBack(remembered, page, isOurs);
  }

  /**
   * Takes a seat, or the wait for one.
   *
   * @param {string} name
   */
  join(name) {
    this.#session.join(name);
  }

  /** The seat that another tab has is to be this one's. */
  moveHere() {
    this.#session.goOn();
  }

  /** A seat beside the one that another tab has. */
  joinTwice() {
    this.#lock.release();
    this.#memory.write({ resume: undefined, seat: undefined });
    this.#session.goOn({ elsewhere: true });
  }

  /** Loads the page anew; where the seat went to another tab, this one takes it back. */
  loadAgain() {
    if (this.state.refusal?.code === "moved") this.#memory.write({ movesHere: true });
    location.reload();
  }

  /** Gives up the seat and everything that goes with it; the phase becomes `left`. */
  leave() {
    this.#session.leave();
  }

  /** @param {boolean} on */
  setMicrophone(on) {
    if (on && (this.#isForbidden("microphone") || this.#isBarred("microphone"))) return;
    this.#memory.write({ microphoneOn: on });
    this.#own.media.setMicrophone(on);
  }

  /** @param {boolean} on */
  setCamera(on) {
    if (on && (this.#isForbidden("camera") || this.#isBarred("camera"))) return;
    this.#memory.write({ cameraOn: on });
    this.#own.media.setCamera(on);
  }

  /** Asks the browser for a screen, and shows it; call it from a click. */
  share() {
    if (this.#isForbidden("screen")) return;
    this.#own.share.start();
  }

  stopShare() {
    this.#own.share.stop();
  }

  /**
   * @param {"microphone"|"camera"|"speaker"} kind
   * @param {string} deviceId
   */
  choose(kind, deviceId) {
    this.#own.media.choose(kind, deviceId);
    if (kind === "speaker") this.#ears.choose(deviceId);
    this.#memory.write({ chosen: this.#own.media.devices.chosen });
  }

  /**
   * Asks for a device again that had a fault.
   *
   * @param {"microphone"|"camera"} kind
   */
  retry(kind) {
    if (this.#isForbidden(kind)) return;
    this.#own.media.retry(kind);
  }

  /**
   * @param {string} text
   * @returns {boolean} False for an empty or too long one.
   */
  send(text) {
    if (this.#isForbidden("chat")) return false;
    return this.#session.chat.send(text);
  }

  /**
   * Messages count as read while the chat is open.
   *
   * @param {boolean} isOpen
   */
  readChat(isOpen) {
    this.#session.chat.read(isOpen);
  }

  /** Starts sound that the browser held back; call it from a click. */
  hear() {
    this.#ears.hear();
  }

  /**
   * What keeps pairs alive and their cost low; fetched after joining, since nobody needs it at the door.
   *
   * @param {typeof import("./upkeep/upkeep.js").Upkeep} Upkeep
   */
  tend(Upkeep) {
    if (this.state.phase === "left" || this.state.phase === "refused") return;
    this.upkeep = new Upkeep({
      session: this.#session,
      own: this.#own,
      memory: this.#memory,
      speaks: () => this.#ears.speaking,
      clock: this.#clock,
    });
    this.upkeep.on("change", () => this.#changed());
    this.upkeep.on("announce", (sentence) => this.emit("announce", sentence));
    // Pairs may have opened while it was fetched.
    this.#session.mesh.tell();
    this.#changed();
  }

  /** Undoes the constructor without a word to the others. */
  close() {
    this.#session.close();
    this.#release();
  }

  /**
   * Says something to the server that only hosts may say, or a report. What becomes of it is seen by all.
   *
   * @param {import("./messages.js").Order|import("./messages.js").Report} message
   * @returns {boolean} False: the server is away, and nothing was said.
   */
  order(message) {
    return this.#session.command(message);
  }

  /** @param {Partial<import("./state.js").Order>} facts What this page has shown, or does not want to show. */
  note(facts) {
    this.#session.note(facts);
  }

  /**
   * Whether hosts do not let this person do it, which is said.
   *
   * @param {import("./messages.js").Power} power
   */
  #isForbidden(power) {
    if (!this.#session.forbidden.includes(power)) return false;
    this.emit("announce", FORBIDDEN[power]);
    return true;
  }

  /**
   * Whether the page cannot have this device, which is said.
   *
   * @param {"microphone"|"camera"} kind
   */
  #isBarred(kind) {
    if (this.#own.faults[kind] !== "insecure") return false;
    this.emit("announce", NO_DEVICES);
    return true;
  }

  #listen() {
    for (const part of [this.#session, this.#own, this.#ears]) {
      part.addEventListener("change", () => this.#changed());
    }
    this.#session.on("announce", (sentence) => this.emit("announce", sentence));
    this.#session.on("chat", (message) => this.emit("chat", message));
    const { share } = this.#own;
    share.on("change", () => share.fault && this.emit("announce", NOT_SHARED[share.fault]));
    this.#own.on("ended", (kind) => this.emit("announce", GONE[kind]));
    this.#ears.on("level", (level) => this.emit("level", level));
  }

  /**
   * After a reload: straight back to the seat. Devices are asked for meanwhile, and may come later.
   *
   * @param {import("./memory.js").Remembered} remembered
   * @param {PageData} page
   * @param {Promise<boolean>} isOurs
   */
  async #comeBack({ name, people }, page, isOurs) {
    this.#session.mesh.hide(page.room.relayOnly);
    this.#session.mesh.expect(people ?? 0, !page.hasIceServers);
    this.#session.join(name ?? page.name);
    if (!(await isOurs)) this.#session.ask();
  }

  /**
   * Whether the seat that this tab remembers is not another tab's: who duplicates a tab duplicates its memory.
   *
   * @param {import("./memory.js").Remembered} remembered
   */
  async #claim({ seat, movesHere }) {
    this.#memory.write({ movesHere: undefined });
    if (!seat) return true;
    const isFree = this.#lock.claim(seat);
    return movesHere ? true : isFree;
  }

  /** What was let go once stays let go: nothing of a call that is over holds a device. */
  #release() {
    this.upkeep?.close();
    this.upkeep = null;
    this.#own.close();
    this.#ears.close();
    this.#lock.release();
  }

  #changed() {
    const { session, own, ears } = { session: this.#session, own: this.#own, ears: this.#ears };
    if (session.phase === "left" || session.phase === "refused") this.#release();
    else if (session.seat) this.#lock.hold(session.seat);
    const { phase, refusal, here, full, ahead, server, joinedAt, seat, name, chat } = session;
    const { order } = session;
    Object.assign(this.state, { phase, refusal, here, full, ahead, server, joinedAt, order });
    Object.assign(this.state.room, session.room);
    Object.assign(this.state.own, {
      seat,
      name: name || this.state.own.name,
      picture: session.picture || this.state.own.picture,
      role: session.role,
      forbidden: session.forbidden,
      slots: own.slots,
      speaking: ears.speaking,
      mutedSpeaking: ears.mutedSpeaking,
      camera: own.camera,
      screen: own.screen,
    });
    this.state.people = session.mesh.people;
    Object.assign(this.state, this.upkeep?.state);
    this.state.devices = own.media.devices;
    this.state.faults = own.faults;
    this.state.soundBlocked = ears.soundBlocked;
    this.state.chat = { messages: chat.messages, unread: chat.unread };
    this.#draw();
  }

  async #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    await new Promise((resolve) => {
      this.#session.mesh.described().then(resolve);
      this.#clock.after(DRAW_MOST_MS, () => resolve(undefined));
    });
    this.#isDrawing = false;
    this.#ears.show();
    this.emit("change", this.state);
  }

  /** @returns {boolean} Whether the page is being loaded anew; false when it was before. */
  #reload() {
    if (this.#memory.read().reloaded) return false;
    this.#memory.write({ reloaded: true });
    location.reload();
    return true;
  }
}

/** @param {string} path */
function socketUrl(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** The name of one life of a page; `crypto.randomUUID` would be for secure pages only. */
function newInstance() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
