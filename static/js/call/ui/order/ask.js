import { on, part } from "../../../lib/dom.js";

/**
 * @typedef {import("./words.js").Question} Question
 */

/** Asks before what others feel or what cannot be undone: one dialog for every question. */
export class Ask {
  #dialog;
  #line;
  /** @type {(answer: string|null) => void} */
  #answer = () => {};

  /**
   * @param {HTMLElement} root The whole call.
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.#dialog = part(root, "question", HTMLDialogElement);
    this.#line = part(this.#dialog, "question-line", HTMLInputElement);
    on(part(this.#dialog, "question-safe"), "click", () => this.#dialog.close(), { signal });
    on(this.#dialog, "submit", (event) => this.#agree(event), { signal });
    on(this.#dialog, "close", () => this.#answer(null), { signal });
  }

  /**
   * @param {Question} question
   * @returns {Promise<string|null>} What was written in its line, if it has one; null: everything stays as it is.
   */
  ask({ title, text, safe, act, isHarmful, field = "", value = "", most = 0 }) {
    const dialog = this.#dialog;
    part(dialog, "question-title").textContent = title;
    part(dialog, "question-text").textContent = text;
    part(dialog, "question-safe").textContent = safe;
    const button = part(dialog, "question-act");
    button.textContent = act;
    button.className = `button ${isHarmful ? "button--danger" : "button--primary"}`;
    part(dialog, "question-field").hidden = field === "";
    part(dialog, "question-label").textContent = field;
    this.#line.value = value;
    this.#line.maxLength = most || 200;
    // A line that stands for something has to say something.
    this.#line.required = value !== "";
    dialog.showModal();
    if (value) this.#line.select();
    else part(dialog, "question-safe").focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  /** @param {Event} event */
  #agree(event) {
    event.preventDefault();
    const answer = this.#answer;
    this.#answer = () => {};
    answer(this.#line.value.trim());
    this.#dialog.close();
  }
}
