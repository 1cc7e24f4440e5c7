import { Emitter } from "../lib/emitter.js";
import { Media } from "./media.js";
import { Share } from "./share.js";
import { emptySlots, SLOTS } from "./state.js";

/**
 * @typedef {import("./state.js").SlotName} SlotName
 * @typedef {import("./state.js").Slots} Slots
 *
 * @typedef {object} OwnEvents
 * @property {SlotName} replace `outgoing` holds another track for this slot.
 * @property {void} slots `slots` and `version` are others now: the others must be told.
 * @property {void} change
 * @property {"microphone"|"camera"} ended A device went away by itself.
 */

/**
 * What this person shows and says: devices and screen, as the four slots that every pair is sent.
 *
 * @extends {Emitter<OwnEvents>}
 */
export class Own extends Emitter {
  media;
  share;
  /** @type {Slots} */
  slots = emptySlots();
  /** Grows with each change of `slots`. */
  version = 1;
  /** @type {MediaStream|null} */
  camera = null;
  /** @type {MediaStream|null} */
  screen = null;
  #outgoing;
  /** @type {ReadonlySet<string>} */
  #barred = new Set();

  /**
   * @param {import("./slots.js").Outgoing} outgoing
   * @param {import("./memory.js").Remembered} remembered
   */
  constructor(outgoing, { chosen, microphoneOn = true, cameraOn = true }) {
    super();
    this.#outgoing = outgoing;
    this.media = new Media({
      chosen: chosen ?? { microphone: "", camera: "", speaker: "" },
      microphoneOn,
      cameraOn,
    });
    this.share = new Share();
    this.media.on("track", () => this.#update());
    this.media.on("fault", () => this.emit("change", undefined));
    this.media.on("devices", () => this.emit("change", undefined));
    this.media.on("ended", (kind) => this.emit("ended", kind));
    this.share.on("change", () => this.#update());
  }

  get faults() {
    return { ...this.media.faults, screen: this.share.fault };
  }

  /** @param {readonly string[]} powers What is on in no way from now on, also of what is only asked for yet. */
  bar(powers) {
    this.#barred = new Set(powers);
    this.#update();
  }

  /** @param {import("./messages.js").HostSlot} slot Also one that is only asked for yet. */
  turnOff(slot) {
    if (slot === "microphone") this.media.setMicrophone(false);
    else if (slot === "camera") this.media.setCamera(false);
    else this.share.stop();
  }

  /** Has the slots said once more, though they are the same. */
  repeat() {
    this.version += 1;
    this.emit("slots", undefined);
  }

  close() {
    this.share.stop();
    this.media.close();
  }

  #update() {
    this.#obey();
    const { microphone } = this.media.tracks;
    // It is let go of when the browser has answered what it was asked before.
    const camera = this.#barred.has("camera") ? null : this.media.tracks.camera;
    const { picture, sound } = this.share;
    const tracks = { microphone, camera, screen: picture, screenAudio: sound };
    for (const slot of SLOTS) {
      if (this.#outgoing.tracks[slot] === tracks[slot]) continue;
      this.#outgoing.tracks[slot] = tracks[slot];
      this.emit("replace", slot);
    }
    this.camera = streamOf(this.camera, camera);
    this.screen = streamOf(this.screen, picture);
    this.#say({
      microphone: microphone ? (microphone.enabled ? "on" : "muted") : "off",
      camera: camera ? "on" : "off",
      screen: picture ? "on" : "off",
      screenAudio: sound ? "on" : "off",
    });
    this.emit("change", undefined);
  }

  /** However it was turned on: what is barred is off. */
  #obey() {
    const { media, share } = this;
    if (this.#barred.has("microphone") && media.isSpeaking) this.turnOff("microphone");
    if (this.#barred.has("camera") && media.tracks.camera) this.turnOff("camera");
    if (this.#barred.has("screen") && share.picture) this.turnOff("screen");
  }

  /** @param {Slots} slots */
  #say(slots) {
    if (SLOTS.every((slot) => slots[slot] === this.slots[slot])) return;
    this.slots = slots;
    this.version += 1;
    this.emit("slots", undefined);
  }
}

/**
 * @param {MediaStream|null} held
 * @param {MediaStreamTrack|null} track
 */
function streamOf(held, track) {
  if (!track) return null;
  return held?.getTracks()[0] === track ? held : new MediaStream([track]);
}
