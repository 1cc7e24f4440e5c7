import { Emitter } from "../../lib/emitter.js";
import { AUDIO } from "./cost.js";

/**
 * @typedef {object} SavingEvents
 * @property {void} change `state` is another now.
 * @property {string} announce
 */

/** What one viewer costs with sound that is easily understood and a small picture; and with a good small picture. */
const LITTLE = (AUDIO[3]?.wire ?? 0) + 60_000;
const ENOUGH = (AUDIO[0]?.wire ?? 0) + 130_000;
/** For how long the line must have less than little, or enough again. */
const NARROW_MS = 10_000;
const WIDE_MS = 30_000;

const BEGINS =
  "Your connection is weak. Pictures are few and small now, so that you hear each other.";
const ENDS = "Your connection is better. Pictures are back.";

/**
 * Whether this page spares its line: because somebody chose so, or because the line cannot carry sound and one small
 * picture to everybody. Whoever ends it is not put into it again before the line has recovered once.
 *
 * @extends {Emitter<SavingEvents>}
 */
export class Saving extends Emitter {
  /** @type {import("../state.js").Saving} */
  state = "off";
  #isOverruled = false;
  #since = 0;
  #remember;

  /**
   * @param {boolean} isChosen As it was before the page was loaded anew.
   * @param {(isChosen: boolean) => void} remember
   */
  constructor(isChosen, remember) {
    super();
    this.#remember = remember;
    if (isChosen) this.state = "chosen";
  }

  /** @param {boolean} on */
  choose(on) {
    this.#isOverruled = !on && this.state === "automatic";
    this.#since = 0;
    this.#remember(on);
    this.#become(on ? "chosen" : "off");
  }

  /**
   * One second has passed.
   *
   * @param {number} budget
   * @param {number} viewers Who ask for a picture.
   * @param {boolean} isKnown Whether the line was tried and found this narrow.
   * @param {number} now
   */
  step(budget, viewers, isKnown, now) {
    const isOn = this.state === "automatic";
    const isDue = isOn ? budget >= viewers * ENOUGH : isKnown && budget < viewers * LITTLE;
    if (this.#isOverruled && budget >= viewers * ENOUGH) this.#isOverruled = false;
    if (this.state === "chosen" || !isDue || (!isOn && this.#isOverruled)) {
      this.#since = 0;
      return;
    }
    this.#since ||= now;
    if (now - this.#since < (isOn ? WIDE_MS : NARROW_MS)) return;
    this.#since = 0;
    this.#become(isOn ? "off" : "automatic");
    this.emit("announce", isOn ? ENDS : BEGINS);
  }

  /** @param {import("../state.js").Saving} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit("change", undefined);
  }
}
