import { on, part } from "../../../lib/dom.js";
import { may } from "./rights.js";
import { askedWords, endingWords } from "./words.js";

/**
 * @typedef {import("../../call.js").Call} Call
 * @typedef {import("../../state.js").CallState} CallState
 */

const TICK_MS = 250;

/**
 * The rows above the stage that hosts, or the people who run the site, have caused: the call is about to end, words to
 * everybody, somebody asks for sound or picture. The live region hears each of them once.
 */
export class Banners {
  #root;
  #call;
  #tell;
  #told = { ending: 0, announcement: "", asked: "" };
  #timer = 0;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {object} acts
   * @param {(words: string) => void} acts.tell For the live region.
   * @param {(message: import("../../messages.js").Order) => boolean} acts.order
   * @param {AbortSignal} signal
   */
  constructor(root, call, { tell, order }, signal) {
    this.#root = root;
    this.#call = call;
    this.#tell = tell;
    const close = (/** @type {Partial<import("../../state.js").Order>} */ facts) => {
      call.note(facts);
      part(root, "stage").focus({ preventScroll: true });
    };
    /** @type {Record<string, () => void>} */
    const acts = {
      "ending-back": () => order({ type: "go-on" }),
      "asked-act": () => this.#agree(),
      "asked-close": () => close({ asked: null }),
      "announcement-close": () => close({ announcement: "" }),
    };
    for (const [name, act] of Object.entries(acts)) on(part(root, name), "click", act, { signal });
    signal.addEventListener("abort", () => clearInterval(this.#timer));
  }

  /** @param {CallState} state */
  render({ order, own }) {
    const { ending, announcement, asked } = order;
    part(this.#root, "announcement").hidden = announcement === "";
    part(this.#root, "announcement-words").textContent = announcement;
    if (announcement && announcement !== this.#told.announcement) {
      this.#tell(`The people who run this site say: ${announcement}`);
    }
    const words = asked ? askedWords(asked) : "";
    part(this.#root, "asked").hidden = asked === null;
    part(this.#root, "asked-words").textContent = words;
    part(this.#root, "asked-act").textContent = asked?.slot === "camera" ? "Turn it on" : "Unmute";
    if (words && words !== this.#told.asked) this.#tell(words);
    part(this.#root, "ending").hidden = ending === null;
    part(this.#root, "ending-back").hidden = !may(own.role, "go-on");
    if ((ending?.at ?? 0) !== this.#told.ending) {
      this.#tell(ending ? endingWords(ending, Date.now()) : "The call goes on.");
    }
    this.#told = { ending: ending?.at ?? 0, announcement, asked: words };
    this.#count(ending !== null);
  }

  /** @param {boolean} isEnding */
  #count(isEnding) {
    this.#tick();
    if (isEnding === this.#timer > 0) return;
    clearInterval(this.#timer);
    this.#timer = isEnding ? setInterval(() => this.#tick(), TICK_MS) : 0;
  }

  #tick() {
    const { ending } = this.#call.state.order;
    const words = ending ? endingWords(ending, Date.now()) : "";
    const element = part(this.#root, "ending-words");
    if (element.textContent !== words) element.textContent = words;
  }

  #agree() {
    const { asked } = this.#call.state.order;
    if (asked?.slot === "camera") this.#call.setCamera(true);
    else if (asked) this.#call.setMicrophone(true);
  }
}
