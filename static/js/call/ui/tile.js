import { clone, part } from "../../lib/dom.js";
import { initials, splitName } from "./words.js";

/**
 * @typedef {object} PersonView
 * @property {string|null} seat
 * @property {string} name
 * @property {boolean} own
 * @property {MediaStream|null} stream
 * @property {boolean} picture Whether the camera is on.
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
 * Shows a stream, and says when its first picture after now is there: until then an old frame may still stand.
 *
 * @param {HTMLVideoElement} video
 * @param {MediaStream|null} stream
 */
function show(video, stream) {
  if (video.srcObject === stream) return;
  video.muted = true;
  video.srcObject = stream;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {boolean} on
 */
function flag(element, name, on) {
  if (element.hasAttribute(name) !== on) element.toggleAttribute(name, on);
}

/** One person in the stage: picture or initials, name, microphone, and words where the connection is lost. */
export class PersonTile {
  element = clone("tile");
  #video = part(this.element, "video", HTMLVideoElement);
  #more = part(this.element, "tile-more", HTMLButtonElement);
  #picture = false;
  #level = "";
  #frame = 0;
  /** @type {PersonView|null} */
  #view = null;

  /** The button that opens the tile's menu. */
  get more() {
    return this.#more;
  }

  get name() {
    return this.#view?.name ?? "";
  }

  /** @param {PersonView} view */
  update(view) {
    const { element } = this;
    const before = this.#view;
    this.#view = view;
    if (before?.seat !== view.seat) element.dataset.seat = view.seat ?? "";
    if (before?.name !== view.name || before.own !== view.own) this.#name(view);
    if (before?.trouble?.title !== view.trouble?.title) this.#trouble(view.trouble);
    flag(element, "data-own", view.own);
    flag(element, "data-muted", view.muted);
    flag(element, "data-speaking", view.speaking && view.trouble === null);
    flag(element, "data-connecting", view.connecting);
    show(this.#video, view.stream);
    this.#show(view.picture);
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
    this.#video.cancelVideoFrameCallback?.(this.#frame);
    this.#video.srcObject = null;
    this.element.remove();
  }

  /**
   * The face stays over the video until a frame of now has been painted.
   *
   * @param {boolean} picture
   */
  #show(picture) {
    if (picture === this.#picture && this.element.dataset.camera) return;
    this.#picture = picture;
    this.element.dataset.camera = picture ? "on" : "off";
    if (this.#frame) this.#video.cancelVideoFrameCallback?.(this.#frame);
    this.#frame = 0;
    const canTell = "requestVideoFrameCallback" in this.#video;
    flag(this.element, "data-waiting", picture && canTell);
    if (!picture || !canTell) return;
    this.#frame = this.#video.requestVideoFrameCallback(() => {
      this.#frame = 0;
      this.element.removeAttribute("data-waiting");
      this.#turn();
    });
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
    part(this.element, "first").textContent = own ? `${name} (you)` : first;
    part(this.element, "last").textContent = own ? "" : last;
    part(this.element, "initials").textContent = initials(name);
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
  #video = part(this.element, "video", HTMLVideoElement);
  #more = part(this.element, "tile-more", HTMLButtonElement);

  constructor() {
    this.#more.hidden = !document.fullscreenEnabled;
    this.#more.addEventListener("click", () => this.#fill());
    this.element.addEventListener("fullscreenchange", () => this.#label());
    this.#label();
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
    show(this.#video, tunnel ? null : view.stream);
  }

  /** Lets go of the stream. */
  close() {
    this.#video.srcObject = null;
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
