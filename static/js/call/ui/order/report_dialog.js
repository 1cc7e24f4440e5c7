import { on, part } from "../../../lib/dom.js";

/**
 * @typedef {import("../../messages.js").Report} Report
 * @typedef {import("../../messages.js").ReportReason} ReportReason
 */

/** A word to the people who run the site, about somebody or the room. It holds no picture of anybody. */
export class ReportDialog {
  #dialog;
  #words;
  #order;
  /** @type {string|null} Null: the room. */
  #seat = null;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {(message: Report) => boolean} order
   * @param {AbortSignal} signal
   */
  constructor(root, order, signal) {
    this.#dialog = part(root, "report", HTMLDialogElement);
    this.#words = part(this.#dialog, "report-words", HTMLTextAreaElement);
    this.#order = order;
    on(part(this.#dialog, "report-close"), "click", () => this.#dialog.close(), { signal });
    on(this.#dialog, "submit", (event) => this.#send(event), { signal });
  }

  /** @param {{seat: string, name: string}|null} person Null: the room. */
  open(person) {
    if (person?.seat !== this.#seat) part(this.#dialog, "report-form", HTMLFormElement).reset();
    this.#seat = person?.seat ?? null;
    part(this.#dialog, "report-title").textContent = `Report ${person?.name ?? "this room"}`;
    part(this.#dialog, "report-away").hidden = true;
    this.#dialog.showModal();
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    const form = part(this.#dialog, "report-form", HTMLFormElement);
    const reason = /** @type {ReportReason} */ (new FormData(form).get("reason"));
    const to = this.#seat;
    const words = this.#words.value.trim();
    const isSaid = this.#order({ type: "report", reason, words, ...(to !== null && { to }) });
    part(this.#dialog, "report-away").hidden = isSaid;
    if (!isSaid) return;
    form.reset();
    this.#dialog.close();
  }
}
