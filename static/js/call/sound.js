import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {import("./state.js").Person} Person
 * @typedef {{element: HTMLAudioElement, track: MediaStreamTrack|undefined}} Voice
 *
 * @typedef {object} SoundEvents
 * @property {boolean} blocked Whether the browser holds sound back until somebody clicks.
 */

/**
 * Plays every voice, and every screen's sound, in an element of its own: a `<video>` that waits for a picture would keep
 * the sound waiting too.
 *
 * @extends {Emitter<SoundEvents>}
 */
export class Sound extends Emitter {
  #makeElement;
  /** @type {Map<MediaStream, Voice>} */
  #voices = new Map();
  #speaker = "";
  #isBlocked = false;

  /** @param {() => HTMLAudioElement} [makeElement] */
  constructor(makeElement = () => new Audio()) {
    super();
    this.#makeElement = makeElement;
  }

  /** @param {Person[]} people Everybody who is to be heard, as far as their streams hold something. */
  show(people) {
    const streams = new Set(people.flatMap(({ voice, screenVoice }) => [voice, screenVoice]));
    for (const stream of this.#voices.keys()) if (!streams.has(stream)) this.#silence(stream);
    for (const stream of streams) {
      const [track] = stream.getAudioTracks();
      if (!track) this.#silence(stream);
      else if (this.#voices.get(stream)?.track !== track) this.#play(stream, track);
    }
  }

  /** @param {string} speaker A device id; empty: the system's choice. */
  choose(speaker) {
    this.#speaker = speaker;
    for (const { element } of this.#voices.values()) this.#route(element);
  }

  /** Starts what the browser held back; call it from a click. */
  hear() {
    for (const { element } of this.#voices.values()) this.#start(element);
  }

  close() {
    for (const stream of [...this.#voices.keys()]) this.#silence(stream);
  }

  /**
   * @param {MediaStream} stream
   * @param {MediaStreamTrack} track
   */
  #play(stream, track) {
    const element = this.#voices.get(stream)?.element ?? this.#makeElement();
    this.#voices.set(stream, { element, track });
    // Assigned anew: a stream that ran empty has ended for its element.
    element.srcObject = stream;
    this.#route(element);
    this.#start(element);
  }

  /** @param {HTMLAudioElement} element */
  async #start(element) {
    try {
      await element.play();
      this.#setBlocked(false);
    } catch (error) {
      // AbortError: another track came before this one had begun.
      if (error instanceof Error && error.name === "NotAllowedError") this.#setBlocked(true);
    }
  }

  /** @param {HTMLAudioElement} element */
  async #route(element) {
    if (!("setSinkId" in element) || (!this.#speaker && !element.sinkId)) return;
    try {
      await element.setSinkId(this.#speaker);
    } catch {
      // Unplugged meanwhile: the system's own choice goes on.
    }
  }

  /** @param {MediaStream} stream */
  #silence(stream) {
    const voice = this.#voices.get(stream);
    if (!voice) return;
    this.#voices.delete(stream);
    voice.element.pause();
    voice.element.srcObject = null;
  }

  /** @param {boolean} isBlocked */
  #setBlocked(isBlocked) {
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.emit("blocked", isBlocked);
  }
}
