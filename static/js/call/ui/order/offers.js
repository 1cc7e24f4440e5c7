import { on, part } from "../../../lib/dom.js";
import { DEEDS, offersOn, offersOnOneself } from "./acts.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("./acts.js").Deed} Deed
 */

/** The rows of a menu that do something about the person it stands for: dressed when it opens, and while it is open. */
export class Offers {
  #menu;
  #call;
  #who;
  /** @type {Map<Deed, HTMLElement>} A menu need not have every row. */
  #rows = new Map();

  /**
   * @param {HTMLElement} menu With rows `[data-deed]`.
   * @param {Call} call
   * @param {object} acts
   * @param {() => string|null} acts.who Key of the person: a seat, or "own".
   * @param {() => void} acts.close
   * @param {(deed: Deed, seat: string) => void} acts.act
   * @param {AbortSignal} signal
   */
  constructor(menu, call, { who, close, act }, signal) {
    this.#menu = menu;
    this.#call = call;
    this.#who = who;
    for (const deed of DEEDS) {
      const row = menu.querySelector(`[data-deed="${deed}"]`);
      if (!(row instanceof HTMLElement)) continue;
      this.#rows.set(deed, row);
      const press = () => {
        const seat = this.#seat;
        close();
        if (seat) act(deed, seat);
      };
      on(row, "click", press, { signal });
    }
    on(
      menu,
      "beforetoggle",
      (/** @type {ToggleEvent} */ { newState }) => {
        if (newState === "open") this.#dress();
      },
      { signal },
    );
  }

  /** Follows the person while the menu is open. */
  render() {
    if (this.#menu.matches(":popover-open")) this.#dress();
  }

  get #seat() {
    const key = this.#who();
    return key === "own" ? this.#call.state.own.seat : key;
  }

  #dress() {
    const { state } = this.#call;
    const key = this.#who();
    const person = state.people.find(({ seat }) => seat === key);
    const offers = person ? offersOn(state, person) : key === "own" ? offersOnOneself(state) : [];
    const labels = new Map(offers.map(({ deed, label }) => [deed, label]));
    for (const [deed, row] of this.#rows) {
      const label = labels.get(deed);
      row.hidden = label === undefined;
      if (label !== undefined) part(row, "label").textContent = label;
    }
    const rule = part(this.#menu, "deeds-rule");
    const from = DEEDS.indexOf(/** @type {Deed} */ (rule.dataset.before));
    rule.hidden = !DEEDS.slice(from).some((deed) => labels.has(deed) && this.#rows.has(deed));
  }
}
