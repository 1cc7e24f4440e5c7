import { copy } from "../../lib/clipboard.js";
import { clone, on, part } from "../../lib/dom.js";
import { GRADES, grade, loadWords, routeWords, SAVING, timeWords } from "./link_words.js";
import { LoadNotice } from "./load_notice.js";
import { Matrix } from "./matrix.js";
import { PairView } from "./pair_view.js";
import { reportText } from "./report.js";

export { tileWords } from "./trouble.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").Person} Person
 */

const TICK_MS = 1000;
const COPIED_MS = 2000;
/** Who sees everybody's connections. */
const HOSTS = ["owner", "co-host"];

/** The panel of how this page reaches the others: all of them, or one in numbers. */
export class Connections {
  #root;
  #panel;
  #call;
  #panels;
  #say;
  #pair;
  #matrix;
  #notice;
  /** @type {string|null} The seat whose pair is shown. */
  #seat = null;
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {object} around
   * @param {import("./panels.js").Panels} around.panels
   * @param {import("./stage.js").Stage} around.stage
   * @param {import("./notices.js").Notices} around.notices
   * @param {AbortSignal} signal
   */
  constructor(root, call, { panels, stage, notices }, signal) {
    this.#root = root;
    this.#call = call;
    this.#panels = panels;
    this.#say = notices.say.bind(notices);
    this.#panel = part(root, "connections-panel");
    this.#pair = new PairView(this.#panel);
    this.#matrix = new Matrix(root, signal);
    this.#notice = new LoadNotice(root, call, (words) => notices.tell(words), signal);
    const click = (
      /** @type {string} */ name,
      /** @type {(button: HTMLElement) => void} */ act,
    ) => {
      const button = part(root, name);
      on(button, "click", () => act(button), { signal });
    };
    click("more-connections", () => this.#leaveMenu("more-menu", part(root, "more"), null));
    click("people-connections", () => this.#open(part(root, "people"), null));
    click("connection-details", () => {
      const tile = stage.tiles.get(stage.asked ?? "");
      this.#leaveMenu("tile-menu", tile?.more ?? part(root, "more"), stage.asked);
    });
    on(
      part(root, "tile-menu"),
      "beforetoggle",
      () => {
        part(root, "connection-details").hidden = !this.#person(stage.asked);
      },
      { signal },
    );
    click("connections-back", () => this.#turn(null));
    click("show-matrix", () => this.#matrix.open(this.#reporters()));
    click("copy-report", (button) => this.#copy(button));
    for (const name of ["saving", "more-saving"]) click(name, () => this.#save());
    const timer = setInterval(() => this.#tick(), TICK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** @param {CallState} state */
  render(state) {
    const { uplink, saving, own } = state;
    for (const name of ["saving", "more-saving"]) {
      part(this.#root, name).ariaChecked = String(saving !== "off");
      part(this.#root, `${name}-words`).textContent = SAVING[saving];
    }
    part(this.#panel, "load-words").textContent = loadWords(uplink);
    part(this.#panel, "show-matrix").hidden = !HOSTS.includes(own.role);
    this.#notice.render(state);
    this.#tick();
  }

  #tick() {
    if (this.#matrix.isOpen) this.#matrix.show(this.#reporters());
    if (this.#panels.open !== "connections") return;
    const person = this.#person(this.#seat);
    if (!person) {
      if (this.#seat !== null) this.#turn(null);
      this.#list();
      return;
    }
    const { seat } = person;
    const last = this.#call.upkeep?.history.of(seat).at(-1);
    const since = last?.state === "connected" ? last.at : null;
    this.#pair.show(person, {
      own: this.#call.state.own.slots,
      found: this.#grade(person),
      sample: this.#sample(seat),
      since,
    });
  }

  #list() {
    const { people } = this.#call.state;
    part(this.#panel, "links-none").hidden = people.length > 0;
    const seats = new Set(people.map(({ seat }) => seat));
    for (const [seat, row] of this.#rows) {
      if (seats.has(seat)) continue;
      row.remove();
      this.#rows.delete(seat);
    }
    for (const person of people) this.#row(person);
  }

  /** @param {Person} person */
  #row(person) {
    const { seat, name, trouble } = person;
    let row = this.#rows.get(seat);
    if (!row) {
      row = clone("link");
      on(part(row, "link"), "click", () => this.#turn(seat));
      this.#rows.set(seat, row);
      part(this.#panel, "links-list").append(row);
    }
    const sample = this.#sample(seat);
    const found = this.#grade(person);
    const path = sample?.path;
    const way = path
      ? `${routeWords(path.local, path.remote, path.rtt)}, ${timeWords(path.rtt)}`
      : "";
    write(part(row, "name"), name);
    write(part(row, "way"), trouble ? "See why" : way);
    part(row, "grade").dataset.grade = found;
    write(part(row, "grade"), GRADES[found]);
  }

  /**
   * @param {HTMLElement} opener
   * @param {string|null} seat
   */
  #open(opener, seat) {
    this.#panels.reveal("connections", opener);
    this.#turn(seat);
  }

  /**
   * @param {string} menu
   * @param {HTMLElement} opener
   * @param {string|null} seat
   */
  #leaveMenu(menu, opener, seat) {
    part(this.#root, menu).hidePopover();
    this.#open(opener, seat);
  }

  /** @param {string|null} seat Whose pair is shown; null: all of them. */
  #turn(seat) {
    const before = this.#seat;
    this.#seat = seat;
    const isPair = this.#person(seat) !== undefined;
    part(this.#panel, "links").hidden = isPair;
    for (const name of ["pair", "pair-foot", "connections-back"]) {
      part(this.#panel, name).hidden = !isPair;
    }
    part(this.#panel, "connections-title").textContent = this.#person(seat)?.name ?? "Connections";
    this.#tick();
    part(this.#panel, "connections-body").scrollTop = 0;
    const row = before === null ? null : this.#rows.get(before);
    if (isPair) part(this.#panel, "connections-back").focus();
    else (row ? part(row, "link") : part(this.#panel, "close")).focus();
  }

  #save() {
    this.#call.upkeep?.saving.choose(this.#call.state.saving === "off");
  }

  /** @param {HTMLElement} button */
  async #copy(button) {
    const person = this.#person(this.#seat);
    if (!person) return;
    const { upkeep, state } = this.#call;
    const { seat } = person;
    const text = reportText({
      at: Date.now(),
      browser: navigator.userAgent,
      seat: state.own.seat ?? "",
      person,
      server: state.server,
      sample: this.#sample(seat),
      moments: upkeep?.history.of(seat) ?? [],
      search: upkeep?.diagnosis.of(seat) ?? null,
    });
    if (!(await copy(text, this.#panel))) {
      this.#say("The browser does not let us copy. Try again from an https page.");
      return;
    }
    this.#say("The report is copied. Send it to whoever helps you.");
    button.dataset.copied = "";
    part(button, "label").textContent = "Copied";
    setTimeout(() => {
      delete button.dataset.copied;
      part(button, "label").textContent = "Copy a report";
    }, COPIED_MS);
  }

  /** @returns {import("./matrix.js").Reporter[]} */
  #reporters() {
    const { own, people } = this.#call.state;
    const links = this.#call.upkeep?.links;
    return [
      { seat: own.seat ?? "", name: own.name, own: true, links: links?.own ?? null },
      ...people.map(({ seat, name }) => ({
        ...{ seat, name, own: false },
        links: links?.of(seat) ?? null,
      })),
    ];
  }

  /** @param {Person} person */
  #grade({ seat, connection: state }) {
    const link = this.#call.upkeep?.links.own.find((each) => each.seat === seat);
    return grade({ rtt: 0, loss: 0, ...link, state });
  }

  /** @param {string} seat */
  #sample(seat) {
    return this.#call.upkeep?.samples.latest(seat) ?? null;
  }

  /** @param {string|null} seat */
  #person(seat) {
    return this.#call.state.people.find((person) => person.seat === seat);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
