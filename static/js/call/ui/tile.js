import { clone, part } from "../../lib/dom.js";
import { showFace } from "./face.js";
import { splitName } from "./words.js";

/**
 * @typedef {object} PersonView
 * @property {string|null} seat
 * @property {string} name
 * @property {string} face Path of the picture that stands for a camera that is off, or empty.
 * @property {boolean} own
 * @property {MediaStream|null} stream
 * @property {boolean} picture Whether the camera is on, and shown.
 * @property {boolean} kept Whether the camera is on, and kept from view by a choice made here.
 * @property {boolean} muted
 * @property {boolean} speaking
 * @property {boolean} connecting
 * @property {{title: string, text: string}|null} trouble
 *
 * @typedef {object} ScreenView
 * @property {string} name
 * @property {boolean} own
 * @property {MediaStream|null} stream
 */

/**
 * @param {Element} element
 * @param {string} name
 * @param {boolean} on
 */
function flag(element, name, on) {
  if (element.hasAttribute(name) !== on) element.toggleAttribute(name, on);
}

/**
 * A stream in a video. A video keeps its last frame when its track falls silent or is another one, so that `element`
 * has `data-waiting` until a frame has been painted that came after the picture was turned on.
 */
export class Picture {
  #element;
  #video;
  #painted;
  #isOn = false;
  /** @type {MediaStreamTrack|undefined} */
  #track;
  #frame = 0;

  /**
   * @param {HTMLElement} element
   * @param {HTMLVideoElement} video
   * @param {() => void} [painted]
   */
  constructor(element, video, painted = () => {}) {
    this.#element = element;
    this.#video = video;
    this.#painted = painted;
  }

  /**
   * @param {MediaStream|null} stream
   * @param {boolean} isOn
   */
  show(stream, isOn) {
    if (this.#video.srcObject !== stream) {
      this.#video.muted = true;
      this.#video.srcObject = stream;
    }
    const [track] = stream?.getVideoTracks() ?? [];
    if (isOn === this.#isOn && track === this.#track) return;
    this.#isOn = isOn;
    this.#track = track;
    this.#await();
  }

  /** Lets go of the stream. */
  close() {
    this.#video.cancelVideoFrameCallback?.(this.#frame);
    this.#video.srcObject = null;
  }

  #await() {
    this.#video.cancelVideoFrameCallback?.(this.#frame);
    const isWaiting = this.#isOn && "requestVideoFrameCallback" in this.#video;
    flag(this.#element, "data-waiting", isWaiting);
    if (!isWaiting) return;
    this.#frame = this.#video.requestVideoFrameCallback(() => {
      flag(this.#element, "data-waiting", false);
      this.#painted();
    });
  }
}

/** One person in the stage: picture or initials, name, microphone, and words where the connection is lost. */
export class PersonTile {
  element = clone("tile");
  #more = part(this.element, "tile-more", HTMLButtonElement);
  #picture = new Picture(this.element, part(this.element, "video", HTMLVideoElement), () =>
    this.#turn(),
  );
  #level = "";
  /** @type {PersonView|null} */
  #view = null;

  /** The button that opens the tile's menu. */
  get more() {
    return this.#more;
  }

  get name() {
    return this.#view?.name ?? "";
  }

  get video() {
    return part(this.element, "video", HTMLVideoElement);
  }

  /** @param {PersonView} view */
  update(view) {
    const { element } = this;
    const before = this.#view;
    this.#view = view;
    if (before?.seat !== view.seat) element.dataset.seat = view.seat ?? "";
    if (before?.name !== view.name || before.own !== view.own) this.#name(view);
    if (before?.name !== view.name || before.face !== view.face) {
      showFace(part(element, "initials"), view.name, view.face);
    }
    if (before?.trouble?.text !== view.trouble?.text) this.#trouble(view.trouble);
    flag(element, "data-own", view.own);
    flag(element, "data-muted", view.muted);
    flag(element, "data-speaking", view.speaking && view.trouble === null);
    flag(element, "data-connecting", view.connecting);
    flag(element, "data-kept", view.kept);
    const camera = view.picture ? "on" : "off";
    if (element.dataset.camera !== camera) element.dataset.camera = camera;
    this.#picture.show(view.stream, view.picture);
  }

  /** @param {number} level 0 to 1 */
  level(level) {
    const shown = level.toFixed(1);
    if (shown === this.#level) return;
    this.#level = shown;
    this.element.style.setProperty("--level", shown);
  }

  /** Lets go of the stream. */
  close() {
    this.#picture.close();
    this.element.remove();
  }

  /** A camera that looks away from its owner is not mirrored. */
  #turn() {
    if (!this.#view?.own) return;
    const [track] = this.#view.stream?.getVideoTracks() ?? [];
    flag(this.element, "data-away", track?.getSettings().facingMode === "environment");
  }

  /** @param {PersonView} view */
  #name({ name, own }) {
    const [first, last] = splitName(name);
    part(this.element, "first").textContent = first;
    part(this.element, "last").textContent = last;
    part(this.element, "you").hidden = !own;
    this.element.setAttribute("aria-label", own ? `${name}, you` : name);
    this.#more.setAttribute("aria-label", own ? "More about you" : `More about ${name}`);
  }

  /** @param {PersonView["trouble"]} trouble */
  #trouble(trouble) {
    flag(this.element, "data-lost", trouble !== null);
    part(this.element, "trouble").hidden = trouble === null;
    if (!trouble) return;
    part(this.element, "trouble-title").textContent = trouble.title;
    part(this.element, "trouble-text").textContent = trouble.text;
  }
}

/** A shared screen: never cut, can fill the whole display. */
export class ScreenTile {
  element = clone("screen");
  #picture = new Picture(this.element, part(this.element, "video", HTMLVideoElement));
  #more = part(this.element, "tile-more", HTMLButtonElement);

  constructor() {
    this.#more.hidden = !document.fullscreenEnabled;
    this.#more.addEventListener("click", () => this.#fill());
    this.element.addEventListener("fullscreenchange", () => this.#label());
    this.#label();
  }

  get more() {
    return this.#more;
  }

  get video() {
    return part(this.element, "video", HTMLVideoElement);
  }

  /** @param {ScreenView} view */
  update(view) {
    const words = view.own ? "You are sharing your screen" : `${view.name} is sharing`;
    part(this.element, "name").textContent = words;
    this.element.setAttribute("aria-label", view.own ? "Your screen" : `Screen of ${view.name}`);
    // A whole screen shown on itself would be a tunnel of mirrors.
    const [track] = view.stream?.getVideoTracks() ?? [];
    const tunnel = view.own && track?.getSettings().displaySurface === "monitor";
    flag(this.element, "data-tunnel", tunnel);
    part(this.element, "words").hidden = !tunnel;
    // Each own share has tracks of its own; another's come through the same receiver again.
    this.#picture.show(tunnel ? null : view.stream, !view.own);
  }

  /** Lets go of the stream. */
  close() {
    this.#picture.close();
    this.element.remove();
  }

  async #fill() {
    if (document.fullscreenElement === this.element) await document.exitFullscreen();
    else await this.element.requestFullscreen();
  }

  #label() {
    const full = document.fullscreenElement === this.element;
    this.#more.setAttribute("aria-label", full ? "Leave full screen" : "Show the screen larger");
    flag(this.#more, "data-full", full);
  }
}
