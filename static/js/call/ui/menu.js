import { on } from "../../lib/dom.js";

/**
 * One popover menu that several buttons may open. The browser shows and dismisses it; this class places it beside its
 * button, moves the focus with the arrow keys and keeps `aria-expanded` true to life.
 */
export class Menu {
  #element;
  #signal;
  /** @type {HTMLElement|null} */
  #anchor = null;

  /**
   * @param {HTMLElement} element With the `popover` attribute and `role="menu"`.
   * @param {AbortSignal} signal
   */
  constructor(element, signal) {
    this.#element = element;
    this.#signal = signal;
    on(element, "toggle", (/** @type {ToggleEvent} */ event) => this.#toggled(event), { signal });
    on(element, "keydown", (/** @type {KeyboardEvent} */ event) => this.#move(event), { signal });
  }

  /**
   * Lets `button` open and close the menu; `prepare` runs before it is shown.
   *
   * @param {HTMLButtonElement} button
   * @param {() => void} [prepare]
   */
  attach(button, prepare) {
    button.popoverTargetElement = this.#element;
    on(
      button,
      "click",
      () => {
        this.#anchor = button;
        prepare?.();
        this.#place(button);
      },
      { signal: this.#signal },
    );
  }

  /**
   * Opens beside `anchor` without its click, as one menu does for the next.
   *
   * @param {HTMLElement} anchor
   */
  open(anchor) {
    this.#anchor = anchor;
    this.#place(anchor);
    this.#element.showPopover();
  }

  /** Closes and gives the focus back to the button. */
  close() {
    this.#element.hidePopover();
    this.#anchor?.focus();
  }

  /** @param {HTMLElement} anchor */
  #place(anchor) {
    const { left, right, top, bottom } = anchor.getBoundingClientRect();
    this.#element.style.setProperty("--menu-middle", `${(left + right) / 2}px`);
    this.#element.style.setProperty("--menu-end", `${right}px`);
    this.#element.style.setProperty("--menu-above", `${top}px`);
    this.#element.style.setProperty("--menu-below", `${bottom}px`);
  }

  /** @param {ToggleEvent} event */
  #toggled(event) {
    const open = event.newState === "open";
    this.#anchor?.setAttribute("aria-expanded", String(open));
    if (open) (this.#checked() ?? this.#items()[0])?.focus();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }

  #items() {
    const items = /** @type {NodeListOf<HTMLElement>} */ (
      this.#element.querySelectorAll('[role^="menuitem"]')
    );
    return [...items].filter((item) => item.checkVisibility());
  }

  #checked() {
    return this.#items().find((item) => item.ariaChecked === "true");
  }
}
