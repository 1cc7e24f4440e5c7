import { on, part } from "../../../lib/dom.js";
import { Menu } from "../menus.js";
import { isHost, may } from "./rights.js";
import { ROOM_QUESTIONS } from "./words.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../messages.js").Order} Order
 */

/** Said so long before the call ends, so that it can be taken back. */
const END_SECONDS = 10;

/** What hosts do to the room as a whole, and the row that reports it, which everybody has. */
export class RoomMenu {
  #root;
  #call;
  #page;
  #menu;
  #ask;
  #order;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {object} parts
   * @param {import("../../state.js").PageData} parts.page
   * @param {import("../panels.js").Panels} parts.panels
   * @param {import("./ask.js").Ask} parts.ask
   * @param {import("./powers.js").Powers} parts.powers
   * @param {import("./report_dialog.js").ReportDialog} parts.report
   * @param {(message: Order) => boolean} parts.order
   * @param {AbortSignal} signal
   */
  constructor(root, call, { page, panels, ask, powers, report, order }, signal) {
    this.#root = root;
    this.#call = call;
    this.#page = page;
    this.#ask = ask;
    this.#order = order;
    this.#menu = new Menu(part(root, "room-menu"), signal);
    const button = part(root, "room-more", HTMLButtonElement);
    const more = part(root, "more");
    this.#menu.attach(button);
    const leaveMore = () => {
      part(root, "more-menu").hidePopover();
      more.focus();
    };
    /** @type {Record<string, () => void>} */
    const acts = {
      "mute-all": () => this.#askThen("mute-all", { type: "mute", slot: "microphone" }),
      "lock-room": () => this.#order({ type: "lock", locked: !this.#call.state.room.locked }),
      "more-room": () => {
        leaveMore();
        panels.reveal("people", more);
        this.#menu.open(button);
      },
      "more-report": () => {
        leaveMore();
        report.open(null);
      },
      "room-lobby": () => this.#lobby(),
      "room-powers": () => this.#leave(() => powers.open(null)),
      "room-end": () =>
        this.#leave(() => this.#askThen("end", { type: "end", seconds: END_SECONDS })),
    };
    for (const [name, act] of Object.entries(acts)) on(part(root, name), "click", act, { signal });
  }

  /** @param {import("../../state.js").CallState} state */
  render({ own, room, people, order }) {
    const root = this.#root;
    for (const name of ["mute-all", "lock-room", "room-more", "more-room"]) {
      part(root, name).hidden = !isHost(own.role);
    }
    const menu = part(root, "room-menu");
    if (!isHost(own.role) && menu.matches(":popover-open")) menu.hidePopover();
    const others = people.some(({ role }) => !isHost(role));
    part(root, "mute-all").hidden ||= !others;
    part(root, "more-report").hidden = !may(own.role, "report");
    part(root, "room-end").hidden = !may(own.role, "end") || order.ending !== null;
    const lock = part(root, "lock-room");
    part(lock, "label").textContent = room.locked ? "Open the room" : "Lock the room";
    lock.toggleAttribute("data-locked", room.locked);
    part(root, "room-lobby").ariaChecked = String(room.lobby);
    const link = part(root, "room-page", HTMLAnchorElement);
    // Another one when the room has got a new link.
    link.href = this.#page.roomUrl;
    link.hidden = this.#page.roomUrl === "";
  }

  async #lobby() {
    const { room, order } = this.#call.state;
    const message = /** @type {const} */ ({ type: "lobby", lobby: !room.lobby });
    if (!room.lobby || order.knocks.length === 0) this.#order(message);
    else this.#leave(() => this.#askThen("open-lobby", message));
  }

  /** @param {() => void} act What opens in the menu's place. */
  #leave(act) {
    this.#menu.close();
    act();
  }

  /**
   * @param {keyof typeof ROOM_QUESTIONS} question
   * @param {Order} message
   */
  async #askThen(question, message) {
    if ((await this.#ask.ask(ROOM_QUESTIONS[question])) !== null) this.#order(message);
  }
}
