import { clone, part } from "../../../lib/dom.js";
import { showFace } from "../face.js";
import { Menu } from "../menus.js";
import { Offers } from "./offers.js";
import { isHost } from "./rights.js";
import { standingWords } from "./words.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../state.js").CallState} CallState
 * @typedef {{key: string, name: string, title: string, picture: string, role: string, muted: boolean, unseen: boolean,
 *   guest: boolean, lookalike: boolean, hasMenu: boolean}} Row
 */

/** Who is here, the own row first. A row stays the same element: the focus, or an open menu, may be on it. */
export class PeoplePanel {
  #panel;
  #list;
  #menu;
  #popover;
  #offers;
  /** @type {Map<string, {element: HTMLElement, drawn: string}>} */
  #rows = new Map();
  /** Key of the row whose menu is open, or was. */
  #asked = "";

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {(deed: import("./acts.js").Deed, seat: string) => void} act
   * @param {AbortSignal} signal
   */
  constructor(root, call, act, signal) {
    this.#panel = part(root, "people-panel");
    this.#list = part(this.#panel, "list");
    this.#popover = part(root, "person-menu");
    this.#menu = new Menu(this.#popover, signal);
    const acts = { who: () => this.#asked, close: () => this.#menu.close(), act };
    this.#offers = new Offers(this.#popover, call, acts, signal);
  }

  /** @param {CallState} state */
  render(state) {
    const rows = rowsOf(state);
    part(this.#panel, "group-title").textContent = `In the call, ${rows.length}`;
    const here = new Set(rows.map(({ key }) => key));
    for (const [key, { element }] of this.#rows) {
      if (here.has(key)) continue;
      if (key === this.#asked && this.#popover.matches(":popover-open"))
        this.#popover.hidePopover();
      if (element.contains(document.activeElement)) part(this.#panel, "close").focus();
      element.remove();
      this.#rows.delete(key);
    }
    for (const [at, row] of rows.entries()) this.#show(row, at);
    this.#offers.render();
  }

  /**
   * @param {Row} row
   * @param {number} at
   */
  #show(row, at) {
    const known = this.#rows.get(row.key) ?? { element: this.#make(row.key), drawn: "" };
    this.#rows.set(row.key, known);
    const place = this.#list.children[at] ?? null;
    if (place !== known.element) this.#list.insertBefore(known.element, place);
    const drawn = JSON.stringify(row);
    if (drawn === known.drawn) return;
    known.drawn = drawn;
    dress(known.element, row);
  }

  /** @param {string} key */
  #make(key) {
    const element = clone("person");
    element.dataset.person = key;
    this.#menu.attach(part(element, "person-more", HTMLButtonElement), () => {
      this.#asked = key;
      part(this.#popover, "person-menu-title").textContent = element.dataset.name ?? "";
    });
    return element;
  }
}

/**
 * @param {CallState} state
 * @returns {Row[]}
 */
export function rowsOf({ own, people, room }) {
  const rules = isHost(own.role) ? room.forbidden : [];
  const seen = (/** @type {import("../../state.js").Person} */ person) =>
    standingWords(isHost(own.role) ? person : { ...person, forbidden: [] }, rules);
  return [
    {
      key: "own",
      name: own.name,
      title: `${own.name} (you)`,
      picture: own.picture,
      role: own.role === "guest" ? "" : standingWords({ ...own, guest: false, forbidden: [] }, []),
      muted: own.slots.microphone !== "on",
      unseen: own.slots.camera !== "on",
      guest: false,
      lookalike: false,
      hasMenu: isHost(own.role),
    },
    ...people.map((person) => ({
      key: person.seat,
      name: person.name,
      title: person.name,
      picture: person.picture,
      role: seen(person),
      muted: person.slots.microphone !== "on",
      unseen: person.slots.camera !== "on",
      guest: person.guest,
      lookalike: person.lookalike,
      hasMenu: true,
    })),
  ];
}

/**
 * @param {HTMLElement} element
 * @param {Row} row
 */
function dress(element, { name, title, picture, role, muted, unseen, guest, lookalike, hasMenu }) {
  element.dataset.name = [name, guest ? "guest" : role.toLowerCase()].filter(Boolean).join(", ");
  showFace(part(element, "initials"), name, picture);
  part(element, "name").textContent = title;
  part(element, "role").textContent = role;
  part(element, "guest").hidden = !guest;
  part(element, "lookalike").hidden = !lookalike;
  element.toggleAttribute("data-muted", muted);
  element.toggleAttribute("data-unseen", unseen);
  const more = part(element, "person-more");
  more.toggleAttribute("data-none", !hasMenu);
  more.setAttribute("aria-label", `More about ${title}`);
}
