import { on, part } from "../../../lib/dom.js";
import { showFace } from "../face.js";
import { dressDevices, wireDevices } from "../toolbar.js";
import { ring } from "./ring.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../state.js").CallState} CallState
 */

/** Whoever was refused may knock again then; the server holds to it. */
const AGAIN_MS = 60_000;
const TICK_MS = 500;

/** The page outside: a host has to open, or did not. Fetched when somebody stands here. */
export class Lobby {
  #root;
  #video;
  /** @type {CallState["phase"]|null} */
  #phase = null;
  #refusedAt = 0;
  #timer = 0;

  /**
   * @param {HTMLElement} doorPage
   * @param {Call} call
   * @param {AbortSignal} signal
   */
  constructor(doorPage, call, signal) {
    this.#root = part(doorPage, "lobby");
    this.#video = part(this.#root, "video", HTMLVideoElement);
    wireDevices(this.#root, call, signal);
    on(part(this.#root, "lobby-leave"), "click", () => call.leave(), { signal });
    on(part(this.#root, "knock-again"), "click", () => this.#knock(call), { signal });
    call.on("change", (state) => this.#opened(state), { signal });
    signal.addEventListener("abort", () => clearInterval(this.#timer));
  }

  /** @param {CallState} state */
  render(state) {
    const isKnocking = state.phase === "knocking";
    const isRefused = state.phase === "turned-away";
    this.#picture(state, isKnocking);
    if (state.phase === this.#phase) return;
    this.#phase = state.phase;
    clearInterval(this.#timer);
    if (!isKnocking && !isRefused) return;
    part(this.#root, "lobby-waits").hidden = !isKnocking;
    part(this.#root, "lobby-refused").hidden = isKnocking;
    if (isRefused) {
      this.#refusedAt = performance.now();
      this.#timer = setInterval(() => this.#tick(), TICK_MS);
      this.#tick();
    }
    part(this.#root, isKnocking ? "lobby-title" : "lobby-refused-title").focus();
  }

  /**
   * @param {CallState} state
   * @param {boolean} isShown
   */
  #picture(state, isShown) {
    const { own } = state;
    const stream = isShown ? own.camera : null;
    if (this.#video.srcObject !== stream) {
      this.#video.muted = true;
      this.#video.srcObject = stream;
    }
    if (!isShown) return;
    const tile = part(this.#root, "lobby-tile");
    tile.dataset.camera = own.slots.camera;
    tile.toggleAttribute("data-muted", own.slots.microphone !== "on");
    part(tile, "name").textContent = own.name;
    showFace(part(tile, "initials"), own.name, own.picture);
    dressDevices(this.#root, state);
    const camera = part(this.#root, "camera");
    part(camera, "label").textContent = own.slots.camera === "on" ? "Camera off" : "Camera on";
  }

  #tick() {
    const left = Math.ceil((this.#refusedAt + AGAIN_MS - performance.now()) / 1000);
    const again = part(this.#root, "knock-again", HTMLButtonElement);
    again.disabled = left > 0;
    part(this.#root, "again-words").textContent =
      left > 0 ? `You can knock again in ${left} ${left === 1 ? "second" : "seconds"}.` : "";
    if (left <= 0) clearInterval(this.#timer);
  }

  /** @param {Call} call */
  #knock(call) {
    part(this.#root, "knock-again", HTMLButtonElement).disabled = true;
    call.join(call.state.own.name);
  }

  /** @param {CallState} state Whoever waits may look at something else meanwhile. */
  #opened({ phase }) {
    if (this.#phase !== "knocking" || phase !== "joined") return;
    this.#phase = phase;
    this.#video.srcObject = null;
    ring();
  }
}
