import { Emitter } from "../lib/emitter.js";
import { faultOf } from "./media.js";

/**
 * @typedef {import("./state.js").Fault} Fault
 *
 * @typedef {object} ShareEvents
 * @property {void} change Picture, sound or fault are others now.
 */

/**
 * The own screen, while it is shown.
 *
 * @extends {Emitter<ShareEvents>}
 */
export class Share extends Emitter {
  /** @type {MediaStreamTrack|null} */
  picture = null;
  /** @type {MediaStreamTrack|null} */
  sound = null;
  /** @type {Fault|null} */
  fault = null;
  #source;
  #isAsking = false;

  /** @param {MediaDevices|undefined} [source] */
  constructor(source = globalThis.navigator?.mediaDevices) {
    super();
    this.#source = source;
  }

  /** Asks for a screen; must be called from a click. Whoever closes the browser's question has changed their mind. */
  async start() {
    if (this.picture || this.#isAsking) return;
    this.#isAsking = true;
    this.fault = null;
    try {
      if (!this.#source?.getDisplayMedia) this.fault = "insecure";
      else this.#use(await this.#source.getDisplayMedia(wishes(this.#source)));
    } catch (error) {
      const fault = faultOf(error);
      this.fault = fault === "denied" && !/system/i.test(String(error)) ? null : fault;
    } finally {
      this.#isAsking = false;
    }
    this.emit("change", undefined);
  }

  stop() {
    if (!this.picture) return;
    this.picture.stop();
    this.sound?.stop();
    this.picture = null;
    this.sound = null;
    this.emit("change", undefined);
  }

  /** @param {MediaStream} stream */
  #use(stream) {
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (!picture) return;
    // Letters before motion.
    picture.contentHint = "detail";
    if (sound) sound.contentHint = "music";
    picture.addEventListener("ended", () => this.picture === picture && this.stop());
    sound?.addEventListener("ended", () => this.#soundEnded(sound));
    this.picture = picture;
    this.sound = sound ?? null;
  }

  /** @param {MediaStreamTrack} sound */
  #soundEnded(sound) {
    if (this.sound !== sound) return;
    this.sound = null;
    this.emit("change", undefined);
  }
}

/**
 * The own tab would show itself without end, and the call's sound would come back to those who speak: the sound of a
 * whole system is asked for only where the browser takes the own tab's out of it.
 *
 * @param {MediaDevices} source
 */
function wishes(source) {
  /** @type {MediaTrackSupportedConstraints & {restrictOwnAudio?: boolean}} */
  const { restrictOwnAudio = false } = source.getSupportedConstraints?.() ?? {};
  const audio = {
    echoCancellation: false,
    noiseSuppression: false,
    autoGainControl: false,
    suppressLocalAudioPlayback: false,
    ...(restrictOwnAudio && { restrictOwnAudio }),
  };
  return /** @type {DisplayMediaStreamOptions} */ ({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio,
    selfBrowserSurface: "exclude",
    systemAudio: restrictOwnAudio ? "include" : "exclude",
    surfaceSwitching: "include",
  });
}
