import { Emitter } from "../lib/emitter.js";
import { Levels } from "./levels.js";
import { Sound } from "./sound.js";

/**
 * @typedef {import("./own.js").Own} Own
 * @typedef {import("./state.js").Person} Person
 *
 * @typedef {object} EarsEvents
 * @property {{seat: string, level: number}} level
 * @property {void} change
 */

/** How long "you are muted" stays after the last word. */
const MUTED_SPEECH_MS = 3000;

/**
 * What this person hears, and who speaks.
 *
 * @extends {Emitter<EarsEvents>}
 */
export class Ears extends Emitter {
  soundBlocked = false;
  /** Whether one speaks and nobody hears it. */
  mutedSpeaking = false;
  #mesh;
  #own;
  #clock;
  #sound = new Sound();
  #levels;
  #ownVoice = false;
  /** @type {MediaStreamTrack|null} */
  #measured = null;
  #cancelMutedSpeaking = () => {};

  /**
   * @param {import("./mesh.js").Mesh} mesh
   * @param {Own} own
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(mesh, own, clock) {
    super();
    this.#mesh = mesh;
    this.#own = own;
    this.#clock = clock;
    this.#levels = new Levels(() => this.#microphones(), clock);
    this.#levels.on("level", (level) => this.emit("level", level));
    this.#levels.on("speaking", ({ seat, isSpeaking }) => this.#speaks(seat, isSpeaking));
    this.#sound.on("blocked", (isBlocked) => {
      this.soundBlocked = isBlocked;
      this.emit("change", undefined);
    });
    own.on("change", () => this.#ownChanged());
  }

  /** Whether one speaks and is heard. */
  get speaking() {
    return this.#ownVoice && this.#own.slots.microphone === "on";
  }

  /** Plays everybody who is there now, and nobody else. */
  show() {
    this.#sound.show(this.#mesh.people);
  }

  /** @param {string} speaker A device id. */
  choose(speaker) {
    this.#sound.choose(speaker);
  }

  hear() {
    this.#sound.hear();
  }

  close() {
    this.#sound.close();
    this.#levels.close();
    this.#cancelMutedSpeaking();
  }

  /** @returns {Iterable<[string, RTCRtpReceiver|null]>} */
  *#microphones() {
    for (const { seat, slots, connection } of this.#mesh.people) {
      const isHeard = slots.microphone === "on" && connection === "connected";
      yield [seat, isHeard ? this.#mesh.receiver(seat, "microphone") : null];
    }
  }

  /**
   * @param {string} seat
   * @param {boolean} isSpeaking
   */
  #speaks(seat, isSpeaking) {
    if (seat === "own") {
      this.#ownVoice = isSpeaking;
      this.#noticeMuted();
    } else {
      const person = this.#mesh.people.find((each) => each.seat === seat);
      if (person) person.speaking = isSpeaking;
    }
    this.emit("change", undefined);
  }

  #ownChanged() {
    const { microphone } = this.#own.media.tracks;
    if (microphone !== this.#measured) {
      this.#measured = microphone;
      this.#levels.measure(microphone);
    }
    if (this.#own.slots.microphone !== "muted") this.mutedSpeaking = false;
    // A page that may use the devices may play sound as well, without a click.
    if (this.soundBlocked) this.hear();
  }

  #noticeMuted() {
    if (this.#own.slots.microphone !== "muted") return;
    this.#cancelMutedSpeaking();
    if (this.#ownVoice) this.mutedSpeaking = true;
    else {
      this.#cancelMutedSpeaking = this.#clock.after(MUTED_SPEECH_MS, () => {
        this.mutedSpeaking = false;
        this.emit("change", undefined);
      });
    }
  }
}
