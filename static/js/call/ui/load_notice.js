import { on, part } from "../../lib/dom.js";
import { loadWords } from "./link_words.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {{title: string, text: string, act: "save"|"camera"|null}} Words
 */

/** What lasts shorter than this, either way, is not worth a row that comes and goes. */
const STEADY_MS = 5000;

/**
 * What the banner says when the own line or computer does less than it is asked for, or null.
 *
 * @param {Pick<CallState, "uplink"|"saving"|"own">} state
 * @returns {Words|null}
 */
export function loadNotice({ uplink, saving, own }) {
  const act = own.slots.camera === "on" ? "camera" : null;
  if (saving === "automatic") {
    const text = "We keep your sound and lower the picture.";
    return { title: "Your network is weak.", text, act };
  }
  const text = textOf(uplink);
  return text && { title: loadWords(uplink), text, act: saving === "off" ? "save" : act };
}

/** @param {import("../state.js").Uplink} uplink */
function textOf({ to, of, limit }) {
  if (limit === "machine") return "Your sound goes first. Closing other programs may help.";
  if (to === of) return null;
  return to === 0 ? "You are still heard." : "The others hear you. Some do not see you now.";
}

/** The banner above the stage that says so, once it lasts; it can be closed until it was over. */
export class LoadNotice {
  #root;
  #call;
  #tell;
  /** @type {Words|null} */
  #words = null;
  #isShown = false;
  #isClosed = false;
  #timer = 0;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {(words: string) => void} tell For the live region.
   * @param {AbortSignal} signal
   */
  constructor(root, call, tell, signal) {
    this.#root = part(root, "load");
    this.#call = call;
    this.#tell = tell;
    on(part(this.#root, "load-act"), "click", () => this.#act(), { signal });
    on(part(this.#root, "load-close"), "click", () => this.#close(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** @param {CallState} state */
  render(state) {
    this.#words = loadNotice(state);
    const isDue = this.#words !== null;
    if (isDue === this.#isShown) {
      clearTimeout(this.#timer);
      this.#timer = 0;
    } else if (!this.#timer) {
      this.#timer = setTimeout(() => this.#turn(), STEADY_MS);
    }
    this.#draw();
  }

  #turn() {
    this.#timer = 0;
    this.#isShown = !this.#isShown;
    if (!this.#isShown) this.#isClosed = false;
    this.#draw();
    // What begins by itself has been announced.
    if (!this.#isShown || !this.#words || this.#call.state.saving === "automatic") return;
    this.#tell(`${this.#words.title} ${this.#words.text}`);
  }

  #draw() {
    // One row at most: that the server is away says more.
    const isLost = this.#call.state.server === "lost";
    this.#root.hidden = !this.#isShown || this.#isClosed || isLost;
    if (this.#root.hidden || !this.#words) return;
    const { title, text, act } = this.#words;
    write(part(this.#root, "load-title"), title);
    write(part(this.#root, "load-text"), text);
    const button = part(this.#root, "load-act");
    button.hidden = act === null;
    write(button, act === "camera" ? "Camera off" : "Save data");
  }

  #act() {
    if (this.#words?.act === "camera") this.#call.setCamera(false);
    else this.#call.upkeep?.saving.choose(true);
  }

  #close() {
    this.#isClosed = true;
    this.#draw();
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
