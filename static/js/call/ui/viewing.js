import { on, part } from "../../lib/dom.js";

/**
 * @typedef {import("./stage.js").Stage} Stage
 */

/** The rows of a tile's menu that say how somebody's camera is shown: not at all, or in a window of its own. */
export class Viewing {
  #call;
  #stage;
  #menu;
  #watch;
  #float;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {import("../call.js").Call} call
   * @param {Stage} stage
   * @param {AbortSignal} signal
   */
  constructor(root, call, stage, signal) {
    this.#call = call;
    this.#stage = stage;
    this.#menu = part(root, "tile-menu");
    this.#watch = part(this.#menu, "watch");
    this.#float = part(this.#menu, "float");
    on(
      this.#menu,
      "beforetoggle",
      (/** @type {ToggleEvent} */ { newState }) => {
        if (newState === "open") this.#dress();
      },
      { signal },
    );
    on(this.#watch, "click", () => this.#turn(), { signal });
    const lift = () => {
      this.#close();
      this.#lift();
    };
    on(this.#float, "click", lift, { signal });
  }

  get #person() {
    return this.#call.state.people.find(({ seat }) => seat === this.#stage.asked);
  }

  get #video() {
    return this.#stage.tiles.get(this.#stage.asked ?? "")?.video ?? null;
  }

  get #isFloating() {
    return this.#video !== null && document.pictureInPictureElement === this.#video;
  }

  #dress() {
    const person = this.#person;
    this.#watch.hidden = !person;
    this.#float.hidden = !person || !document.pictureInPictureEnabled || !this.#isPlaying(person);
    this.#watch.toggleAttribute("data-on", person?.watched ?? false);
    part(this.#watch, "label").textContent = person?.watched
      ? "Don’t show this video"
      : "Show this video";
    part(this.#float, "label").textContent = this.#isFloating
      ? "Close picture in picture"
      : "Picture in picture";
  }

  /** @param {import("../state.js").Person} person */
  #isPlaying({ slots, watched, spared }) {
    return slots.camera === "on" && watched && !spared && Boolean(this.#video?.readyState);
  }

  #turn() {
    const person = this.#person;
    this.#close();
    if (!person) return;
    this.#call.upkeep?.views.watch(person.seat, !person.watched);
    if (this.#isFloating) this.#lift();
  }

  /** Out of the page, or back into it. */
  async #lift() {
    try {
      if (this.#isFloating) await document.exitPictureInPicture();
      else await this.#video?.requestPictureInPicture();
    } catch (error) {
      // A video that has just ended, or a browser that will not: the picture stays where it is seen.
      if (!(error instanceof DOMException)) throw error;
    }
  }

  #close() {
    this.#menu.hidePopover();
    this.#stage.tiles.get(this.#stage.asked ?? "")?.more.focus();
  }
}
