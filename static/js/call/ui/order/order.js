import { part } from "../../../lib/dom.js";
import { Alarm } from "./alarm.js";
import { Ask } from "./ask.js";
import { Banners } from "./banners.js";
import { Deeds } from "./deeds.js";
import { KnockList } from "./knock_list.js";
import { markTiles } from "./marks.js";
import { factsOf, newsOf } from "./news.js";
import { Offers } from "./offers.js";
import { PeoplePanel } from "./people_panel.js";
import { Powers } from "./powers.js";
import { ReportDialog } from "./report_dialog.js";
import { RoomMenu } from "./room_menu.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../state.js").CallState} CallState
 */

/** Order in the room: the people panel with what hosts may do, and what everybody sees of it. */
export class Order {
  #stage;
  #notices;
  #people;
  #knocks;
  #alarm;
  #room;
  #powers;
  #banners;
  #offers;
  /** @type {import("./news.js").Facts|null} */
  #facts = null;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {import("../../state.js").PageData} page
   * @param {object} around
   * @param {import("../panels.js").Panels} around.panels
   * @param {import("../stage.js").Stage} around.stage
   * @param {import("../notices.js").Notices} around.notices
   * @param {AbortSignal} signal
   */
  constructor(root, call, page, { panels, stage, notices }, signal) {
    this.#stage = stage;
    this.#notices = notices;
    const say = (/** @type {string} */ words) => notices.say(words);
    /** @type {Deeds["order"]} */
    const order = (message) => deeds.order(message);
    const ask = new Ask(root, signal);
    this.#powers = new Powers(root, call, order, signal);
    const report = new ReportDialog(root, order, signal);
    const deeds = new Deeds(call, { ask, powers: this.#powers, report, say });
    /** @type {(deed: import("./acts.js").Deed, seat: string) => void} */
    const act = (deed, seat) => void deeds.do(deed, seat);
    this.#people = new PeoplePanel(root, call, act, signal);
    this.#knocks = new KnockList(root, order, signal);
    const show = () => {
      panels.reveal("people", part(root, "people"));
      part(root, "knocks").scrollIntoView({ block: "nearest" });
    };
    const offer = notices.offer.bind(notices);
    this.#alarm = new Alarm({ offer, show }, signal);
    this.#room = new RoomMenu(
      root,
      call,
      { page, panels, ask, powers: this.#powers, report, order },
      signal,
    );
    this.#banners = new Banners(
      root,
      call,
      { tell: (words) => notices.tell(words), order },
      signal,
    );
    const tileMenu = part(root, "tile-menu");
    const close = () => {
      tileMenu.hidePopover();
      stage.tiles.get(stage.asked ?? "")?.more.focus();
    };
    this.#offers = new Offers(tileMenu, call, { who: () => stage.asked, close, act }, signal);
  }

  /** @param {CallState} state */
  render(state) {
    this.#people.render(state);
    this.#knocks.render(state.order.knocks);
    this.#alarm.render(state.order.knocks);
    this.#room.render(state);
    this.#powers.render();
    this.#banners.render(state);
    this.#offers.render();
    markTiles(this.#stage, state);
    this.#tell(state);
  }

  /** @param {CallState} state */
  #tell(state) {
    // What a page finds when it comes is no news.
    if (state.phase !== "joined") return;
    const now = factsOf(state);
    const news = this.#facts ? newsOf(this.#facts, now) : [];
    this.#facts = now;
    if (news.length > 0) this.#notices.say(news.join(" "));
  }
}
