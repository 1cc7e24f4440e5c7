import { on, part } from "../../lib/dom.js";
import { GRADES, grade, shortRoute, timeWords } from "./link_words.js";
import { splitName } from "./words.js";

/**
 * @typedef {import("../messages.js").Link} Link
 * @typedef {{seat: string, name: string, own: boolean, links: readonly Link[]|null}} Reporter `links`: null, as long as
 *   nothing was heard.
 * @typedef {{grade: import("./link_words.js").Grade|"", words: string, more: string}} Cell
 */

/**
 * Who is connected to whom, a row for each page's own view.
 *
 * @param {Reporter[]} reporters
 * @returns {Cell[][]}
 */
export function cellsOf(reporters) {
  return reporters.map(({ seat: from, links }) =>
    reporters.map(({ seat: to }) => {
      if (from === to) return { grade: "", words: "–", more: "" };
      const link = links?.find(({ seat }) => seat === to);
      if (!link) return { grade: "", words: links ? "Not yet" : "No word", more: "" };
      const found = grade(link);
      const isUp = link.state === "connected";
      const more = isUp ? [timeWords(link.rtt), shortRoute(link.path)] : [];
      return { grade: found, words: GRADES[found], more: more.filter(Boolean).join(", ") };
    }),
  );
}

/** Everybody's pairs as a table over the call, for hosts. */
export class Matrix {
  #dialog;
  #drawn = "";

  /**
   * @param {HTMLElement} root The whole call.
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.#dialog = part(root, "matrix", HTMLDialogElement);
    on(part(this.#dialog, "matrix-close"), "click", () => this.#dialog.close(), { signal });
    // A press beside it closes it, as Escape does.
    on(
      this.#dialog,
      "click",
      ({ target }) => {
        if (target === this.#dialog) this.#dialog.close();
      },
      { signal },
    );
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {Reporter[]} reporters */
  open(reporters) {
    this.show(reporters);
    this.#dialog.showModal();
  }

  /** @param {Reporter[]} reporters */
  show(reporters) {
    const cells = cellsOf(reporters);
    const drawn = JSON.stringify([reporters.map(({ name }) => name), cells]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const names = reporters.map(({ name, own }) => (own ? "You" : splitName(name)[0]));
    const corner = document.createElement("td");
    part(this.#dialog, "matrix-names").replaceChildren(
      corner,
      ...names.map((name) => head(name, "col")),
    );
    part(this.#dialog, "matrix-rows").replaceChildren(
      ...cells.map((row, at) => {
        const element = document.createElement("tr");
        element.append(head(names[at] ?? "", "row"), ...row.map(write));
        return element;
      }),
    );
  }
}

/**
 * @param {string} name
 * @param {"row"|"col"} scope
 */
function head(name, scope) {
  const element = document.createElement("th");
  element.scope = scope;
  element.textContent = name;
  return element;
}

/** @param {Cell} cell */
function write({ grade: found, words, more }) {
  const element = document.createElement("td");
  const sign = document.createElement("span");
  sign.className = "grade";
  sign.dataset.grade = found;
  sign.textContent = words;
  const small = document.createElement("small");
  small.textContent = more;
  element.append(sign, ...(more ? [small] : []));
  return element;
}
