import { on, part } from "../../../lib/dom.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../messages.js").Power} Power
 */

/** @type {readonly Power[]} */
const POWERS = Object.freeze(["microphone", "camera", "screen", "chat"]);

/**
 * What one person may do, or everybody who is no host: a switch for each power. Each acts at once, and shows what holds,
 * not what was pressed.
 */
export class Powers {
  #dialog;
  #call;
  #order;
  /** @type {string|null} Null: everybody. */
  #seat = null;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {(message: import("../../messages.js").Order) => boolean} order
   * @param {AbortSignal} signal
   */
  constructor(root, call, order, signal) {
    this.#dialog = part(root, "powers", HTMLDialogElement);
    this.#call = call;
    this.#order = order;
    on(part(this.#dialog, "powers-close"), "click", () => this.#dialog.close(), { signal });
    for (const power of POWERS) {
      const row = part(this.#dialog, `power-${power}`);
      on(row, "click", () => this.#turn(power, row), { signal });
    }
  }

  /** @param {string|null} seat Null: everybody. */
  open(seat) {
    this.#seat = seat;
    this.#dialog.showModal();
    this.render();
  }

  /** Follows what holds while it is open. */
  render() {
    if (!this.#dialog.open) return;
    const { room, people } = this.#call.state;
    const person = people.find(({ seat }) => seat === this.#seat);
    if (this.#seat !== null && !person) return this.#dialog.close();
    const forbidden = person?.forbidden ?? room.forbidden;
    part(this.#dialog, "powers-title").textContent = person
      ? `What ${person.name} may do`
      : "What people may do";
    for (const power of POWERS) {
      const row = part(this.#dialog, `power-${power}`);
      const isForAll = person !== undefined && room.forbidden.includes(power);
      row.ariaChecked = String(!forbidden.includes(power));
      row.ariaDisabled = isForAll ? "true" : null;
      part(row, "why").hidden = !isForAll;
    }
  }

  /**
   * @param {Power} power
   * @param {HTMLElement} row
   */
  #turn(power, row) {
    if (row.ariaDisabled === "true") return;
    const allowed = row.ariaChecked !== "true";
    const to = this.#seat;
    this.#order({ type: "allow", power, allowed, ...(to !== null && { to }) });
  }
}
