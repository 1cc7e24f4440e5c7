import { QUESTIONS } from "./words.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../messages.js").Order} Order
 * @typedef {import("../../messages.js").Report} Report
 * @typedef {import("../../state.js").Person} Person
 * @typedef {import("./acts.js").Deed} Deed
 */

const AWAY = "The server is away just now. Nothing was changed. Try again in a moment.";

/** Does what a menu offered, once its dialog was agreed to. What becomes of it comes back as a fact. */
export class Deeds {
  #call;
  #ask;
  #powers;
  #report;
  #say;

  /**
   * @param {Call} call
   * @param {object} parts
   * @param {import("./ask.js").Ask} parts.ask
   * @param {import("./powers.js").Powers} parts.powers
   * @param {import("./report_dialog.js").ReportDialog} parts.report
   * @param {(words: string) => void} parts.say
   */
  constructor(call, { ask, powers, report, say }) {
    this.#call = call;
    this.#ask = ask;
    this.#powers = powers;
    this.#report = report;
    this.#say = say;
  }

  /**
   * @param {Order|Report} message
   * @returns {boolean} False: nothing was said to the server, which was told.
   */
  order(message) {
    const isSaid = this.#call.order(message);
    if (!isSaid) this.#say(AWAY);
    return isSaid;
  }

  /**
   * @param {Deed} deed
   * @param {string} seat Of somebody else, or the own one.
   */
  async do(deed, seat) {
    if (deed === "spotlight") {
      const isLarge = this.#call.state.order.spotlight === seat;
      this.order({ type: "spotlight", seat: isLarge ? "" : seat });
      return;
    }
    const person = this.#call.state.people.find((each) => each.seat === seat);
    if (!person) return;
    if (deed === "hush") return this.#hush(person);
    if (deed === "report") return this.#report.open(person);
    if (deed === "allow") return this.#powers.open(seat);
    const question = deed in QUESTIONS ? QUESTIONS[/** @type {"remove"} */ (deed)](person) : null;
    const words = question ? await this.#ask.ask(question) : "";
    if (words === null) return;
    const message = messageOf(deed, person, words);
    if (message) this.order(message);
  }

  /** @param {Person} person */
  #hush({ seat, name }) {
    const { hushed } = this.#call.state.order;
    const isHushed = hushed.includes(seat);
    this.#call.note({
      hushed: isHushed ? hushed.filter((each) => each !== seat) : [...hushed, seat],
    });
    this.#say(
      isHushed
        ? `You see what ${name} writes again.`
        : `You do not see what ${name} writes. Nobody else is told.`,
    );
  }
}

/**
 * @param {Deed} deed
 * @param {Pick<Person, "seat"|"role">} person
 * @param {string} words Of the dialog.
 * @returns {Order|null}
 */
export function messageOf(deed, { seat, role }, words) {
  switch (deed) {
    case "mute":
      return { type: "mute", slot: "microphone", seats: [seat] };
    case "stop-camera":
      return { type: "mute", slot: "camera", seats: [seat] };
    case "stop-share":
      return { type: "mute", slot: "screen", seats: [seat] };
    case "ask":
      return { type: "ask", to: seat, slot: "microphone" };
    case "member":
    case "co-host":
      return { type: "promote", to: seat, role: deed };
    case "demote":
      return { type: "promote", to: seat, role: role === "co-host" ? "member" : "guest" };
    case "transfer":
      return { type: "transfer", to: seat };
    case "rename":
      return { type: "rename", to: seat, name: words };
    case "remove":
    case "ban":
      return { type: "remove", to: seat, ban: deed === "ban", reason: words };
    default:
      return null;
  }
}
