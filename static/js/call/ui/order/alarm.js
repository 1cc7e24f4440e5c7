import { on } from "../../../lib/dom.js";
import { ring } from "./ring.js";
import { knockWords } from "./words.js";

/**
 * @typedef {import("../../messages.js").Knocker} Knocker
 */

/** Tells a host that somebody waits outside: once for each, by sound and toast, and by the system where the tab is hidden. */
export class Alarm {
  #offer;
  #show;
  #ring;
  /** @type {Set<string>} Seats that were told of. */
  #told = new Set();
  /** @type {Notification|null} */
  #shown = null;

  /**
   * @param {object} acts
   * @param {(words: string, label: string, act: () => void) => void} acts.offer A toast with a button.
   * @param {() => void} acts.show Shows who waits.
   * @param {AbortSignal} signal
   * @param {() => void} [sound]
   */
  constructor({ offer, show }, signal, sound = ring) {
    this.#offer = offer;
    this.#show = show;
    this.#ring = sound;
    const seen = () => {
      if (!document.hidden) this.#close();
    };
    on(document, "visibilitychange", seen, { signal });
    signal.addEventListener("abort", () => this.#close());
  }

  /** @param {readonly Knocker[]} knocks */
  render(knocks) {
    const news = knocks.filter(({ seat }) => !this.#told.has(seat));
    this.#told = new Set(knocks.map(({ seat }) => seat));
    if (knocks.length === 0) this.#close();
    if (news.length === 0) return;
    const words = knockWords(news.map(({ name }) => name));
    this.#ring();
    this.#offer(words, "Show", this.#show);
    if (document.hidden) this.#notify(words);
  }

  /** @param {string} words */
  #notify(words) {
    if (!mayNotify()) return;
    this.#close();
    try {
      this.#shown = new Notification(words, { body: "Let them in, or refuse.", tag: "knock" });
    } catch (error) {
      // Browsers of phones have these from service workers only; the sound has told.
      if (!(error instanceof TypeError)) throw error;
      return;
    }
    this.#shown.addEventListener("click", () => {
      window.focus();
      this.#show();
      this.#close();
    });
  }

  #close() {
    this.#shown?.close();
    this.#shown = null;
  }
}

/** Whether the system may be asked to let this page notify. */
export function canAskToNotify() {
  return "Notification" in window && Notification.permission === "default" && isSecureContext;
}

function mayNotify() {
  return "Notification" in window && Notification.permission === "granted";
}
