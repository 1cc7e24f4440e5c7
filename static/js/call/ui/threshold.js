import { clone, on, part } from "../../lib/dom.js";
import { faultWords, reasonWords, refusalWords } from "./door_words.js";
import { Lobby } from "./order/lobby.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 */

/**
 * What the door says beside the usual: devices that fail, a host who has to open first, a door that stays shut. Fetched
 * when there is something of it.
 */
export class Threshold {
  #root;
  #call;
  #lobby;
  #drawn = { faults: "", refusal: "" };

  /**
   * @param {HTMLElement} root The page of the door.
   * @param {Call} call
   * @param {AbortSignal} signal
   */
  constructor(root, call, signal) {
    this.#root = root;
    this.#call = call;
    this.#lobby = new Lobby(root, call, signal);
    on(part(root, "refused-reload"), "click", () => call.loadAgain(), { signal });
  }

  /** @param {CallState} state */
  render(state) {
    this.#faults(state);
    this.#lobby.render(state);
    if (state.phase === "refused" && state.refusal) this.#refuse(state.refusal);
  }

  /** @param {CallState} state */
  #faults({ faults }) {
    const words = faultWords(faults);
    const drawn = words.map(({ id }) => id).join();
    if (drawn === this.#drawn.faults) return;
    this.#drawn.faults = drawn;
    const notices = words.map(({ icon, title, text, retry }) => {
      const notice = clone("fault");
      notice.dataset.device = icon;
      part(notice, "title").textContent = title;
      part(notice, "text").textContent = text;
      const button = part(notice, "retry", HTMLButtonElement);
      button.hidden = !retry;
      button.addEventListener("click", () => this.#retry());
      return notice;
    });
    part(this.#root, "faults").replaceChildren(...notices);
  }

  /** One click asks for everything that is missing. */
  #retry() {
    const { faults } = this.#call.state;
    for (const kind of /** @type {const} */ (["microphone", "camera"])) {
      if (faults[kind]) this.#call.retry(kind);
    }
  }

  /** @param {import("../entry.js").Refusal} refusal */
  #refuse(refusal) {
    if (this.#drawn.refusal === refusal.code) return;
    this.#drawn.refusal = refusal.code;
    const { title, text, act } = refusalWords(refusal);
    const heading = part(this.#root, "refused-title");
    heading.textContent = title;
    const why = part(this.#root, "refused-why");
    why.textContent = reasonWords(refusal);
    why.hidden = why.textContent === "";
    part(this.#root, "refused-text").textContent = text;
    part(this.#root, "refused-reload").hidden = act !== "reload";
    part(this.#root, "refused-reload-label").textContent =
      refusal.code === "moved" ? "Carry on here" : "Load again";
    part(this.#root, "refused-log-in").hidden = act !== "log-in";
    part(this.#root, "refused-home").hidden = act === "reload";
    heading.focus();
  }
}
