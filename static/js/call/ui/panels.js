import { on, part } from "../../lib/dom.js";

/**
 * @typedef {"chat"|"people"|"connections"} PanelName
 */

/** @type {readonly PanelName[]} */
const PANELS = Object.freeze(["chat", "people", "connections"]);

/** What stands beside the stage, one at a time. Which one is open stands in the call's `data-panel`. */
export class Panels {
  #root;
  #opened;
  /** @type {PanelName|null} */
  #open = null;
  /** @type {HTMLElement|null} What opened a panel that has no button of its own. */
  #opener = null;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {(open: PanelName|null) => void} opened Told after each change.
   * @param {AbortSignal} signal
   */
  constructor(root, opened, signal) {
    this.#root = root;
    this.#opened = opened;
    for (const name of PANELS) {
      const button = this.#button(name);
      if (button) on(button, "click", () => this.toggle(name), { signal });
      on(part(this.#panel(name), "close"), "click", () => this.close(), { signal });
    }
    on(root, "keydown", (/** @type {KeyboardEvent} */ event) => this.#escape(event), { signal });
  }

  get open() {
    return this.#open;
  }

  /** @param {PanelName} name */
  toggle(name) {
    if (this.#open === name) this.close();
    else this.#show(name);
  }

  /**
   * Opens a panel, if it is not open.
   *
   * @param {PanelName} name
   * @param {HTMLElement} opener What gets the focus back.
   */
  reveal(name, opener) {
    this.#opener = opener;
    if (this.#open !== name) this.#show(name);
  }

  /** Closes whatever is open and gives the focus back to its button. */
  close() {
    const name = this.#open;
    if (name === null) return;
    this.#show(null);
    const button = this.#button(name) ?? this.#opener;
    (button?.checkVisibility() ? button : part(this.#root, "more")).focus();
  }

  /** @param {PanelName|null} shown */
  #show(shown) {
    this.#open = shown;
    for (const name of PANELS) {
      this.#panel(name).hidden = name !== shown;
      this.#button(name)?.setAttribute("aria-expanded", String(name === shown));
    }
    if (shown === null) delete this.#root.dataset.panel;
    else this.#root.dataset.panel = shown;
    if (shown === "people") part(this.#panel(shown), "close").focus();
    this.#opened(shown);
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.fullscreenElement || this.#root.querySelector(":popover-open, dialog[open]"))
      return;
    this.close();
  }

  /**
   * @param {PanelName} name
   * @returns {HTMLElement|null} Null: it is opened from elsewhere.
   */
  #button(name) {
    return name === "connections" ? null : part(part(this.#root, "toolbar"), name);
  }

  /** @param {PanelName} name */
  #panel(name) {
    return part(this.#root, `${name}-panel`);
  }
}
