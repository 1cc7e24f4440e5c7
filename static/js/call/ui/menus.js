import { clone, on, part } from "../../lib/dom.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").Device} Device
 * @typedef {"microphone"|"camera"|"speaker"} Kind
 */

/** @type {readonly Kind[]} */
export const KINDS = Object.freeze(["microphone", "speaker", "camera"]);

/** Whether this browser lets a page choose where its sound comes out. */
export const HAS_SPEAKERS = "setSinkId" in HTMLMediaElement.prototype;

/**
 * The devices of a kind with names that can be shown, and the one in use.
 *
 * @param {CallState} state
 * @param {Kind} kind
 * @returns {{id: string, label: string, chosen: boolean}[]}
 */
export function deviceChoices({ devices }, kind) {
  const list = devices[`${kind}s`];
  const wanted = list.find(({ id }) => id === devices.chosen[kind]);
  const chosen = wanted ?? list.find(({ id }) => id === "default") ?? list[0];
  const title = kind[0]?.toUpperCase() + kind.slice(1);
  return list.map((device, index) => ({
    id: device.id,
    label: device.label || `${title} ${index + 1}`,
    chosen: device === chosen,
  }));
}

/**
 * One popover menu, or box of buttons, that several buttons may open. The browser shows and dismisses it; this class places it beside its
 * button, moves the focus with the arrow keys and keeps `aria-expanded` true to life.
 */
export class Menu {
  #element;
  #signal;
  /** @type {HTMLElement|null} */
  #anchor = null;

  /**
   * @param {HTMLElement} element With the `popover` attribute; its rows are `.menu__item`.
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
    // A key that is faster than the word that the menu is open.
    on(
      button,
      "keydown",
      (/** @type {KeyboardEvent} */ event) => {
        if (this.#anchor === button && this.#element.matches(":popover-open")) this.#move(event);
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
    if (!open || this.#element.contains(document.activeElement)) return;
    (this.#checked() ?? this.#items()[0])?.focus();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }

  #items() {
    const items = /** @type {NodeListOf<HTMLElement>} */ (
      this.#element.querySelectorAll(".menu__item")
    );
    return [...items].filter((item) => item.checkVisibility());
  }

  #checked() {
    return this.#items().find((item) => item.ariaChecked === "true");
  }
}

/** The menus behind the arrows of the bar. */
export class DeviceMenu {
  #root;
  #call;
  #menu;
  /** @type {readonly Kind[]} */
  #kinds = KINDS;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {AbortSignal} signal
   */
  constructor(root, call, signal) {
    this.#root = part(root, "devices-menu");
    this.#call = call;
    this.#menu = new Menu(this.#root, signal);
    on(this.#root, "click", (/** @type {MouseEvent} */ event) => this.#choose(event), { signal });
    call.on("change", () => this.#refresh(), { signal });
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {Kind[]} kinds What it offers.
   */
  attach(button, kinds) {
    this.#menu.attach(button, () => this.#fill(kinds));
  }

  /**
   * @param {HTMLElement} anchor
   * @param {Kind[]} kinds
   */
  open(anchor, kinds) {
    this.#fill(kinds);
    this.#menu.open(anchor);
  }

  /** @param {readonly Kind[]} kinds */
  #fill(kinds) {
    this.#kinds = kinds;
    for (const kind of KINDS) {
      const group = part(this.#root, `${kind}s`);
      const choices = deviceChoices(this.#call.state, kind);
      group.hidden = !kinds.includes(kind) || (kind === "speaker" && choices.length === 0);
      const [title] = group.children;
      group.replaceChildren(
        ...(title ? [title] : []),
        ...choices.map((choice) => item(kind, choice)),
        ...(choices.length === 0 ? [none(kind, this.#call.state.faults.microphone)] : []),
      );
    }
  }

  /** A device that is plugged in appears in an open menu. */
  #refresh() {
    if (!this.#root.matches(":popover-open")) return;
    const choices = JSON.stringify(KINDS.map((kind) => deviceChoices(this.#call.state, kind)));
    if (choices === this.#root.dataset.choices) return;
    this.#root.dataset.choices = choices;
    this.#fill(this.#kinds);
  }

  /** @param {MouseEvent} event */
  #choose({ target }) {
    const chosen = target instanceof Element ? target.closest("[data-device]") : null;
    if (!(chosen instanceof HTMLElement)) return;
    const { kind, device } = chosen.dataset;
    this.#menu.close();
    this.#call.choose(/** @type {Kind} */ (kind), device ?? "");
  }
}

/**
 * @param {Kind} kind
 * @param {{id: string, label: string, chosen: boolean}} choice
 */
function item(kind, { id, label, chosen }) {
  const element = clone("device");
  element.dataset.kind = kind;
  element.dataset.device = id;
  element.ariaChecked = String(chosen);
  part(element, "label").textContent = label;
  return element;
}

/**
 * @param {Kind} kind
 * @param {import("../state.js").Fault|null} fault
 */
function none(kind, fault) {
  const element = document.createElement("p");
  element.className = "menu__none";
  element.textContent =
    fault === "insecure" ? `Only https pages get a ${kind}.` : `We found no ${kind}.`;
  return element;
}
