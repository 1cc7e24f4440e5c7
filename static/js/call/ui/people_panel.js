import { clone, part } from "../../lib/dom.js";
import { initials } from "./words.js";

/**
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").Slots} Slots
 * @typedef {{key: string, name: string, role: string, slots: Slots}} Row
 */

const ROLES = Object.freeze({ owner: "Owner", member: "", guest: "Guest" });

/** Who is here, the own row first. */
export class PeoplePanel {
  #root;
  #ownRole;
  #drawn = "";

  /**
   * @param {HTMLElement} root The whole call.
   * @param {import("../state.js").PageData} page
   */
  constructor(root, page) {
    this.#root = part(root, "people-panel");
    this.#ownRole = page.signedIn ? "" : ROLES.guest;
  }

  /** @param {CallState} state */
  render({ own, people }) {
    const rows = [
      { key: "own", name: `${own.name} (you)`, role: this.#ownRole, slots: own.slots },
      ...people.map((person) => ({
        key: person.seat,
        name: person.name,
        role: person.connection === "lost" ? "Connecting again…" : ROLES[person.role],
        slots: person.slots,
      })),
    ];
    const drawn = JSON.stringify(rows);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    part(this.#root, "group-title").textContent = `In the call, ${rows.length}`;
    part(this.#root, "list").replaceChildren(...rows.map(write));
  }
}

/** @param {Row} row */
function write({ key, name, role, slots }) {
  const element = clone("person");
  element.dataset.person = key;
  part(element, "initials").textContent = initials(name.replace(" (you)", ""));
  part(element, "name").textContent = name;
  part(element, "role").textContent = role;
  element.toggleAttribute("data-muted", slots.microphone !== "on");
  element.toggleAttribute("data-unseen", slots.camera !== "on");
  return element;
}
