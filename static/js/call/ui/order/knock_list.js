import { clone, on, part } from "../../../lib/dom.js";
import { showFace } from "../face.js";
import { canAskToNotify } from "./alarm.js";
import { outsideWords } from "./words.js";

/**
 * @typedef {import("../../messages.js").Knocker} Knocker
 * @typedef {import("../../messages.js").Order} Order
 */

const TICK_MS = 10_000;

/** Who waits outside, at the top of the people panel, and how many of them on its button. Hosts alone have any. */
export class KnockList {
  #root;
  #section;
  #list;
  #order;
  #signal;
  /** @type {readonly Knocker[]} */
  #knocks = [];
  /** @type {Map<string, HTMLElement>} */
  #cards = new Map();

  /**
   * @param {HTMLElement} root The whole call.
   * @param {(message: Order) => boolean} order
   * @param {AbortSignal} signal
   */
  constructor(root, order, signal) {
    this.#root = root;
    this.#section = part(root, "knocks");
    this.#list = part(this.#section, "knock-list");
    this.#order = order;
    this.#signal = signal;
    const all = () => this.#knocks.map(({ seat }) => seat);
    on(part(root, "admit-all"), "click", () => this.#answer("admit", all()), { signal });
    on(part(root, "refuse-all"), "click", () => this.#answer("refuse", all()), { signal });
    on(part(root, "notify"), "click", () => this.#askToNotify(), { signal });
    const timer = setInterval(() => this.#tick(), TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** @param {readonly Knocker[]} knocks */
  render(knocks) {
    this.#knocks = knocks;
    this.#section.hidden = knocks.length === 0;
    part(this.#section, "knocks-title").textContent = `Waiting outside, ${knocks.length}`;
    part(this.#section, "knocks-all").hidden = knocks.length < 2;
    part(this.#section, "notify").hidden = !canAskToNotify();
    this.#count();
    const here = new Set(knocks.map(({ seat }) => seat));
    const hadFocus = this.#section.contains(document.activeElement);
    for (const [seat, card] of this.#cards) {
      if (here.has(seat)) continue;
      card.remove();
      this.#cards.delete(seat);
    }
    for (const [at, knocker] of knocks.entries()) this.#show(knocker, at);
    this.#tick();
    if (hadFocus && !this.#section.contains(document.activeElement)) this.#goOn();
  }

  /** Who answered one goes on with the next. */
  #goOn() {
    const [next] = this.#cards.values();
    const place = next ? part(next, "admit") : part(part(this.#root, "people-panel"), "close");
    place.focus();
  }

  #count() {
    const { length } = this.#knocks;
    const count = part(this.#root, "knock-count");
    count.hidden = length === 0;
    count.textContent = String(length);
    part(this.#root, "knock-words").textContent = length === 0 ? "" : `${length} waiting outside`;
  }

  /**
   * @param {Knocker} knocker
   * @param {number} at
   */
  #show({ seat, name, picture, guest, lookalike }, at) {
    const card = this.#cards.get(seat) ?? this.#make(seat);
    const place = this.#list.children[at] ?? null;
    if (place !== card) this.#list.insertBefore(card, place);
    showFace(part(card, "initials"), name, picture);
    part(card, "name").textContent = name;
    part(card, "guest").hidden = !guest;
    part(card, "lookalike").hidden = !lookalike;
    part(card, "admit").setAttribute("aria-label", `Let in ${name}`);
    part(card, "refuse").setAttribute("aria-label", `Refuse ${name}`);
  }

  /** @param {string} seat */
  #make(seat) {
    const card = clone("knock");
    card.dataset.knock = seat;
    this.#cards.set(seat, card);
    for (const type of /** @type {const} */ (["admit", "refuse"])) {
      on(part(card, type), "click", () => this.#answer(type, [seat]), { signal: this.#signal });
    }
    return card;
  }

  /**
   * @param {"admit"|"refuse"} type
   * @param {string[]} seats
   */
  #answer(type, seats) {
    if (seats.length > 0) this.#order({ type, seats });
  }

  #tick() {
    const now = Date.now();
    for (const { seat, since } of this.#knocks) {
      const card = this.#cards.get(seat);
      if (card) part(card, "waits").textContent = outsideWords(since, now);
    }
  }

  /** Only ever from a click: a page that asks by itself is refused for good. */
  async #askToNotify() {
    await Notification.requestPermission();
    this.render(this.#knocks);
  }
}
