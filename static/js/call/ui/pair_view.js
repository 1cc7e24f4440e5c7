import { part } from "../../lib/dom.js";
import {
  codecWords,
  GRADES,
  kindWords,
  limitWords,
  lossIn,
  lossOut,
  lossWords,
  rateWords,
  routeWords,
  sizeWords,
  timeWords,
} from "./link_words.js";
import { explain } from "./trouble.js";
import { splitName } from "./words.js";

/**
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("../state.js").Slots} Slots
 * @typedef {import("../upkeep/sample.js").Sample} Sample
 * @typedef {[label: string, value: string]} Fact
 * @typedef {[label: string, from: string, to: string]} Row
 */

/**
 * @param {Sample|null} sample
 * @param {number|null} since When the pair got its path.
 * @returns {Fact[]}
 */
export function factsOf(sample, since) {
  const path = sample?.path ?? null;
  /** @type {Fact[]} */
  const facts = [
    ["Round trip", timeWords(path?.rtt)],
    ["Path", kindWords(path)],
  ];
  if (since !== null) {
    facts.push([
      "Connected since",
      new Date(since).toLocaleTimeString([], { timeStyle: "medium" }),
    ]);
  }
  return facts;
}

/**
 * What comes and goes on a pair.
 *
 * @param {Sample|null} sample
 * @param {Pick<Person, "slots"|"watched">} person
 * @param {Slots} own
 * @returns {Row[]}
 */
export function rowsOf(sample, { slots, watched }, own) {
  const into = sample?.in;
  const out = sample?.out;
  const from = (/** @type {string} */ words) => {
    if (slots.camera === "off") return "Off";
    return watched ? words : "Not shown";
  };
  const to = (/** @type {string} */ words) => {
    if (own.camera === "off") return "Off";
    return out?.camera && !out.camera.active ? "Paused" : words;
  };
  const sound = (/** @type {string} */ slot, /** @type {number|undefined} */ bitrate) =>
    slot === "on" ? rateWords(bitrate) : "Muted";
  /** @type {Row[]} */
  const rows = [
    ["In all", rateWords(sample?.received.bitrate), rateWords(sample?.sent.bitrate)],
    ["Loss", lossWords(lossIn(sample)), lossWords(lossOut(sample))],
    [
      "Sound",
      sound(slots.microphone, into?.microphone?.bitrate),
      sound(own.microphone, out?.microphone?.bitrate),
    ],
    ["Picture", from(sizeWords(into?.camera)), to(sizeWords(out?.camera))],
    ["Its rate", from(rateWords(into?.camera?.bitrate)), to(rateWords(out?.camera?.bitrate))],
    ["Its codec", from(codecWords(into?.camera?.codec)), to(codecWords(out?.camera?.codec))],
    ["Limited by", "–", to(limitWords(out?.camera?.limited))],
  ];
  if (slots.screen === "on" || own.screen === "on") {
    rows.push(
      [
        "Screen",
        slots.screen === "on" ? sizeWords(into?.screen) : "Off",
        own.screen === "on" ? sizeWords(out?.screen) : "Off",
      ],
      [
        "Its rate",
        slots.screen === "on" ? rateWords(into?.screen?.bitrate) : "Off",
        own.screen === "on" ? rateWords(out?.screen?.bitrate) : "Off",
      ],
    );
  }
  return rows;
}

/** One pair in numbers, which change in place: nothing is read out again for that. */
export class PairView {
  #root;
  #drawn = "";

  /** @param {HTMLElement} root The panel. */
  constructor(root) {
    this.#root = part(root, "pair");
  }

  /**
   * @param {Person} person
   * @param {object} facts
   * @param {Slots} facts.own
   * @param {import("./link_words.js").Grade} facts.found
   * @param {Sample|null} facts.sample
   * @param {number|null} facts.since
   */
  show(person, { own, found, sample, since }) {
    const [first] = splitName(person.name);
    const { path, rtt } = { path: sample?.path ?? null, rtt: sample?.path?.rtt ?? null };
    const sign = part(this.#root, "pair-grade");
    sign.dataset.grade = found;
    sign.textContent = GRADES[found];
    part(this.#root, "pair-way").textContent = path ? routeWords(path.local, path.remote, rtt) : "";
    part(this.#root, "pair-from").textContent = `From ${first}`;
    part(this.#root, "pair-to").textContent = `To ${first}`;
    this.#trouble(person);
    this.#fill(factsOf(sample, since), rowsOf(sample, person, own));
  }

  /** @param {Person} person */
  #trouble(person) {
    const words = explain(person);
    part(this.#root, "pair-trouble").hidden = words === null;
    if (!words) return;
    for (const [name, text] of Object.entries(words)) {
      part(this.#root, `pair-trouble-${name}`).textContent = text;
    }
  }

  /**
   * @param {Fact[]} facts
   * @param {Row[]} rows
   */
  #fill(facts, rows) {
    const list = part(this.#root, "pair-facts");
    const body = part(this.#root, "pair-rows");
    const drawn = JSON.stringify([facts, rows].map((lines) => lines.map(([label]) => label)));
    if (drawn !== this.#drawn) {
      this.#drawn = drawn;
      list.replaceChildren(...facts.map(([label]) => line("div", "dt", label, "dd")));
      body.replaceChildren(...rows.map(([label]) => line("tr", "th", label, "td", "td")));
    }
    for (const [lines, place] of /** @type {const} */ ([
      [facts, list],
      [rows, body],
    ])) {
      lines.forEach(([, ...values], index) => {
        const cells = [...(place.children[index]?.children ?? [])].slice(1);
        for (const [at, cell] of cells.entries()) {
          const value = values[at] ?? "";
          if (cell.textContent !== value) cell.textContent = value;
        }
      });
    }
  }
}

/**
 * @param {string} outer
 * @param {string} head
 * @param {string} label
 * @param {string[]} cells
 */
function line(outer, head, label, ...cells) {
  const element = document.createElement(outer);
  const first = document.createElement(head);
  first.textContent = label;
  if (head === "th") first.setAttribute("scope", "row");
  element.append(first, ...cells.map((cell) => document.createElement(cell)));
  return element;
}
