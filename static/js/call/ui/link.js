import { on, part } from "../../lib/dom.js";

const COPIED_MS = 2000;

/** Every button that hands on the room's link. */
export class RoomLink {
  #root;
  #url;
  #name;
  #say;
  /** @type {HTMLElement[]} */
  #buttons;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {{url: string, name: string}} room
   * @param {(words: string) => void} say
   * @param {AbortSignal} signal
   */
  constructor(root, room, say, signal) {
    this.#root = root;
    this.#url = room.url;
    this.#name = room.name;
    this.#say = say;
    this.#buttons = [...root.querySelectorAll('[data-part="copy"]')].map(
      (button) => /** @type {HTMLElement} */ (button),
    );
    for (const button of this.#buttons) on(button, "click", () => this.copy(), { signal });
    part(root, "alone-link").textContent = room.url.replace(/^https?:\/\//, "");
    const pass = part(root, "pass-on");
    pass.hidden = !("share" in navigator);
    on(pass, "click", () => this.#passOn(), { signal });
  }

  /** Copies the link and says so. */
  async copy() {
    if (!(await copy(this.#url, this.#root))) {
      this.#say(`The browser does not let us copy. The link is ${this.#url}`);
      return;
    }
    this.#say("The link is copied. Send it to whom you like.");
    for (const button of this.#buttons) {
      button.dataset.copied = "";
      part(button, "label").textContent = "Copied";
    }
    setTimeout(() => {
      for (const button of this.#buttons) {
        delete button.dataset.copied;
        part(button, "label").textContent = "Copy the link";
      }
    }, COPIED_MS);
  }

  async #passOn() {
    try {
      await navigator.share({ title: this.#name, url: this.#url });
    } catch (error) {
      // Closing the sheet without choosing anything is no fault.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    }
  }
}

/**
 * Pages without https have no clipboard of their own; the old way still works there.
 *
 * @param {string} text
 * @param {HTMLElement} root
 */
async function copy(text, root) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  const box = document.createElement("textarea");
  box.className = "hidden-words";
  box.value = text;
  root.append(box);
  const focused = document.activeElement;
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
