import { on, part } from "../../lib/dom.js";
import { plan } from "./grid.js";
import { Menu } from "./menus.js";
import { PersonTile, ScreenTile } from "./tile.js";
import { troubleWords } from "./words.js";

/**
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").Person} Person
 */

/** Where a panel is a sheet below one tile instead of standing beside the grid; the same words are in panel.css. */
export const SHEET = "(width < 820px) and (height >= 480px), (width < 560px)";

const OWN = "own";
const MOVE_MS = 200;

/** The tiles: who is shown, where, and how large. */
export class Stage {
  /** @type {(person: Person) => {title: string, text: string}|null} Why no path is found; the words are fetched late. */
  explain = () => null;
  #root;
  #ground;
  #menu;
  /** @type {Map<string, PersonTile|ScreenTile>} In the order of arrival: nobody's tile moves for another's reload. */
  #tiles = new Map();
  /** @type {string|null} Chosen here; empty: nobody is to be large. */
  #pinned = null;
  /** @type {string|null} Chosen by a host, for all who chose nothing. */
  #spotlit = null;
  /** @type {string|null} */
  #lead = null;
  /** @type {string|null} Key of the tile whose menu is open. */
  #asked = null;
  /** @type {ReadonlyMap<string, number>} */
  #ranks = new Map();
  #page = 0;
  #drawn = "";
  #observer;
  #sheet = matchMedia(SHEET);

  /**
   * @param {HTMLElement} root The whole call.
   * @param {object} acts
   * @param {() => void} acts.showPeople
   * @param {AbortSignal} signal
   */
  constructor(root, { showPeople }, signal) {
    this.#root = root;
    this.#ground = part(root, "tiles");
    this.#menu = new Menu(part(root, "tile-menu"), signal);
    on(part(root, "rest"), "click", showPeople, { signal });
    on(part(root, "page-back"), "click", () => this.#turn(-1), { signal });
    on(part(root, "page-next"), "click", () => this.#turn(1), { signal });
    on(part(root, "pin"), "click", () => this.#pin(), { signal });
    on(part(root, "full-screen"), "click", () => this.#fill(), { signal });
    part(root, "full-screen").hidden = !document.fullscreenEnabled;
    this.#observer = new ResizeObserver(() => this.#lay(false));
    this.#observer.observe(this.#ground);
    signal.addEventListener("abort", () => this.#close());
  }

  /** @returns {ReadonlyMap<string, PersonTile|ScreenTile>} By seat, with "/screen" behind it for a screen. */
  get tiles() {
    return this.#tiles;
  }

  /** The key of the tile whose menu is open, or was. */
  get asked() {
    return this.#asked;
  }

  /** @param {CallState} state */
  render(state) {
    const now = Date.now();
    const kept = new Set([OWN]);
    const hasOthers = state.people.length > 1;
    for (const person of state.people) {
      const isServed = state.server === "open" && !person.away;
      kept.add(person.seat);
      this.#person(person.seat).update({
        seat: person.seat,
        name: person.name,
        face: person.picture,
        own: false,
        stream: person.camera,
        picture: person.slots.camera === "on" && person.watched && !person.spared,
        kept: person.slots.camera === "on" && !person.watched,
        muted: person.slots.microphone !== "on",
        speaking: person.speaking,
        connecting: person.connection === "connecting",
        trouble: this.explain(person) ?? troubleWords(person, now, hasOthers, isServed),
      });
      if (person.slots.screen === "on") {
        kept.add(`${person.seat}/screen`);
        this.#screen(`${person.seat}/screen`).update({
          ...person,
          own: false,
          stream: person.screen,
        });
      }
    }
    const { own } = state;
    this.#person(OWN).update({
      seat: own.seat,
      name: own.name,
      face: own.picture,
      own: true,
      stream: own.camera,
      picture: own.slots.camera === "on",
      kept: false,
      muted: own.slots.microphone !== "on",
      speaking: own.speaking,
      connecting: false,
      trouble: null,
    });
    if (own.slots.screen === "on") {
      kept.add(`${OWN}/screen`);
      this.#screen(`${OWN}/screen`).update({ name: own.name, own: true, stream: own.screen });
    }
    for (const [key, tile] of this.#tiles) {
      if (kept.has(key)) continue;
      tile.close();
      this.#tiles.delete(key);
    }
    this.#light(state);
    this.#lead = this.#leading(state.people);
    this.#ranks = new Map(state.people.map(({ seat, rank }) => [seat, rank]));
    const alone = part(this.#root, "alone");
    alone.hidden = state.people.length > 0 || own.slots.screen === "on" || state.phase !== "joined";
    // While somebody connects, pictures that glide would take the processor from the one that is awaited.
    this.#lay(state.people.every(({ connection }) => connection !== "connecting"));
  }

  /**
   * @param {string} seat "own" for the own one.
   * @param {number} level 0 to 1
   */
  level(seat, level) {
    const tile = this.#tiles.get(seat);
    if (tile instanceof PersonTile) tile.level(level);
  }

  /** @param {CallState} state */
  #light({ order, own }) {
    const seat = order.spotlight || null;
    const key = seat === own.seat ? seat && OWN : seat;
    if (key === this.#spotlit) return;
    this.#spotlit = key;
    this.#pinned ||= null;
  }

  get #large() {
    return this.#pinned ?? this.#spotlit;
  }

  /**
   * Who is above the sheet of a phone: whoever spoke last.
   *
   * @param {Person[]} people
   */
  #leading(people) {
    const before = people.find((person) => person.seat === this.#lead);
    if (before?.speaking) return before.seat;
    const speaker = people.find((person) => person.speaking);
    return (speaker ?? before ?? people[0])?.seat ?? OWN;
  }

  /**
   * @param {string} key
   * @returns {PersonTile}
   */
  #person(key) {
    const known = this.#tiles.get(key);
    if (known instanceof PersonTile) return known;
    const tile = new PersonTile();
    this.#tiles.set(key, tile);
    this.#menu.attach(tile.more, () => this.#ask(key, tile));
    this.#ground.insertBefore(
      tile.element,
      key === OWN ? part(this.#ground, "rest") : this.#ownTile(),
    );
    return tile;
  }

  /**
   * @param {string} key
   * @returns {ScreenTile}
   */
  #screen(key) {
    const known = this.#tiles.get(key);
    if (known instanceof ScreenTile) return known;
    const tile = new ScreenTile();
    this.#tiles.set(key, tile);
    this.#ground.prepend(tile.element);
    return tile;
  }

  #ownTile() {
    return this.#tiles.get(OWN)?.element ?? part(this.#ground, "rest");
  }

  /** @param {boolean} calmly Whether tiles glide to their new places; not while a window is being resized. */
  #lay(calmly) {
    const keys = [...this.#tiles.keys()];
    const people = keys.filter((key) => key !== OWN && !key.endsWith("/screen"));
    if (this.#tiles.has(OWN)) people.push(OWN);
    const { clientWidth: width, clientHeight: height } = this.#ground;
    if (width === 0 || height === 0) return;
    const phone = this.#sheet.matches;
    const now = plan({
      people,
      screens: keys.filter((key) => key.endsWith("/screen")),
      pinned: this.#large,
      lead: this.#lead,
      ranks: this.#ranks,
      alone: phone && this.#root.dataset.panel !== undefined,
      phone,
      page: this.#page,
      width,
      height,
    });
    const drawing = JSON.stringify(now);
    if (drawing === this.#drawn) return;
    const places = calmly && this.#drawn !== "" ? this.#places() : null;
    this.#drawn = drawing;
    this.#page = now.page;
    this.#draw(now);
    if (places) this.#glide(places);
  }

  /** @param {import("./grid.js").Plan} now */
  #draw(now) {
    const { style, dataset } = this.#ground;
    style.setProperty("--columns", String(now.columns));
    style.setProperty("--rows", String(now.rows));
    dataset.mode = now.mode;
    dataset.strip = now.below ? "below" : "beside";
    // A last tile without a neighbour takes the whole row below a screen.
    const wide = now.large && now.shown.length % now.columns === 1 ? now.shown.at(-1) : null;
    for (const [key, tile] of this.#tiles) {
      tile.element.hidden = key !== now.large && !now.shown.includes(key);
      tile.element.toggleAttribute("data-large", key === now.large);
      tile.element.toggleAttribute("data-wide", key === wide);
    }
    const rest = part(this.#ground, "rest");
    rest.hidden = now.rest === 0;
    rest.textContent = `+${now.rest}`;
    rest.setAttribute("aria-label", `${now.rest} more are here`);
    part(this.#root, "pages").hidden = now.pages === 1;
    part(this.#root, "page").textContent = `${now.page + 1} of ${now.pages}`;
    part(this.#root, "page-back", HTMLButtonElement).disabled = now.page === 0;
    part(this.#root, "page-next", HTMLButtonElement).disabled = now.page === now.pages - 1;
  }

  #places() {
    /** @type {Map<HTMLElement, DOMRect>} */
    const places = new Map();
    for (const { element } of this.#tiles.values()) {
      if (!element.hidden) places.set(element, element.getBoundingClientRect());
    }
    return places;
  }

  /** @param {Map<HTMLElement, DOMRect>} places Where tiles were a moment ago. */
  #glide(places) {
    if (document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [element, from] of places) {
      const to = element.getBoundingClientRect();
      if (element.hidden || from.width === 0 || to.width === 0) continue;
      const move = `translate(${from.x - to.x}px, ${from.y - to.y}px)`;
      const size = `scale(${from.width / to.width}, ${from.height / to.height})`;
      element.animate(
        [{ transformOrigin: "0 0", transform: `${move} ${size}` }, { transformOrigin: "0 0" }],
        { duration: MOVE_MS, easing: "cubic-bezier(0.2, 0, 0, 1)" },
      );
    }
  }

  /** @param {number} step */
  #turn(step) {
    this.#page += step;
    this.#lay(false);
  }

  /**
   * @param {string} key
   * @param {PersonTile} tile
   */
  #ask(key, tile) {
    this.#asked = key;
    part(this.#root, "tile-menu-title").textContent = key === OWN ? "You" : tile.name;
    const pin = part(this.#root, "pin");
    part(pin, "label").textContent = this.#large === key ? "Show all alike" : "Show large";
    pin.hidden = this.#tiles.size < 2;
  }

  #pin() {
    this.#pinned = this.#large === this.#asked ? "" : this.#asked;
    this.#menu.close();
    this.#lay(true);
  }

  async #fill() {
    this.#menu.close();
    const tile = this.#tiles.get(this.#asked ?? "");
    if (document.fullscreenElement) await document.exitFullscreen();
    else await tile?.element.requestFullscreen();
  }

  #close() {
    this.#observer.disconnect();
    for (const tile of this.#tiles.values()) tile.close();
    this.#tiles.clear();
  }
}
