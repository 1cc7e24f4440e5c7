import { on, part } from "../../lib/dom.js";
import { cameraRate, NOTHING, SCREEN_RATE } from "../upkeep/policy.js";

/**
 * @typedef {import("../upkeep/policy.js").Shown} Shown
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./tile.js").PersonTile|import("./tile.js").ScreenTile} Tile
 */

/** Finer pixels than this are told apart by nobody who looks at a face, and cost four times as much. */
const FINEST = 2;

/**
 * Measures how the videos of others are shown, and tells upkeep: tiles on this page of the grid, in this tab, on this
 * part of the display. A picture in a picture counts by its own window, wherever the tab is.
 */
export class Sizes {
  #call;
  #stage;
  /** @type {Set<Element>} */
  #known = new Set();
  /** @type {Set<Element>} */
  #outside = new Set();
  #layout = new ResizeObserver(() => this.#measure());
  #sight = new IntersectionObserver((seen) => this.#saw(seen));
  /** @type {{video: EventTarget|null, pane: PictureInPictureWindow}|null} */
  #floating = null;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {import("../call.js").Call} call
   * @param {Stage} stage
   * @param {AbortSignal} signal
   */
  constructor(root, call, stage, signal) {
    this.#call = call;
    this.#stage = stage;
    const ground = part(root, "tiles");
    const measure = () => this.#measure();
    on(ground, "enterpictureinpicture", (event) => this.#float(event), { signal, capture: true });
    on(ground, "leavepictureinpicture", () => this.#sink(), { signal, capture: true });
    // The first picture tells what shape a screen has.
    on(ground, "resize", measure, { signal, capture: true });
    on(document, "fullscreenchange", measure, { signal });
    on(document, "visibilitychange", measure, { signal });
    // Another display may have finer pixels.
    on(window, "resize", measure, { signal });
    signal.addEventListener("abort", () => {
      this.#layout.disconnect();
      this.#sight.disconnect();
    });
  }

  /** Call it when tiles may have come or gone. */
  render() {
    const videos = new Set([...this.#stage.tiles.values()].map(({ video }) => video));
    for (const video of videos) {
      if (this.#known.has(video)) continue;
      this.#layout.observe(video);
      this.#sight.observe(video);
    }
    for (const video of this.#known) {
      if (videos.has(/** @type {HTMLVideoElement} */ (video))) continue;
      this.#layout.unobserve(video);
      this.#sight.unobserve(video);
      this.#outside.delete(video);
    }
    this.#known = videos;
    this.#measure();
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #saw(seen) {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) this.#outside.delete(target);
      else this.#outside.add(target);
    }
    this.#measure();
  }

  /** @param {Event} event */
  #float(event) {
    const { pictureInPictureWindow: pane } = /** @type {PictureInPictureEvent} */ (event);
    this.#floating = { video: event.target, pane };
    pane.addEventListener("resize", () => this.#measure());
    this.#measure();
  }

  #sink() {
    this.#floating = null;
    this.#measure();
  }

  #measure() {
    const views = this.#call.upkeep?.views;
    if (!views) return;
    const { tiles } = this.#stage;
    const faces = [...tiles].filter(([key, { video }]) => !isScreen(key) && video.clientWidth > 0);
    for (const person of this.#call.state.people) {
      const [camera, screen] = [tiles.get(person.seat), tiles.get(`${person.seat}/screen`)];
      if (camera) views.show(person.seat, "camera", this.#camera(camera, faces.length));
      views.show(person.seat, "screen", screen ? this.#screen(screen) : NOTHING);
    }
    if (document.hidden) views.hurry();
  }

  /**
   * @param {Tile} tile
   * @param {number} tiles How many people are shown.
   * @returns {Shown}
   */
  #camera({ element, video }, tiles) {
    const box = this.#box(video);
    const isFloating = video === this.#floating?.video;
    const isLarge = isFloating || element.hasAttribute("data-large") || tiles === 1;
    const rate = cameraRate({ large: isLarge, tiles, height: box.height });
    return { ...fine(box, rate), large: isLarge };
  }

  /**
   * @param {Tile} tile
   * @returns {Shown}
   */
  #screen({ video }) {
    return fine(inner(this.#box(video), video), SCREEN_RATE);
  }

  /**
   * @param {HTMLVideoElement} video
   * @returns {{width: number, height: number}} What can be seen of it, in CSS pixels. (Layout alone: a tile that glides
   *   to its place is as large as it will be there.)
   */
  #box(video) {
    if (this.#floating?.video === video) {
      const { width, height } = this.#floating.pane;
      return { width, height };
    }
    const { fullscreenElement } = document;
    const isBehind = fullscreenElement && !fullscreenElement.contains(video);
    if (document.hidden || isBehind || this.#outside.has(video)) return NOTHING;
    return { width: video.clientWidth, height: video.clientHeight };
  }
}

/** @param {string} key Of a tile. */
function isScreen(key) {
  return key.endsWith("/screen");
}

/**
 * The part of a box that a picture fills which is never cut.
 *
 * @param {{width: number, height: number}} box
 * @param {HTMLVideoElement} video
 */
function inner({ width, height }, { videoWidth, videoHeight }) {
  if (!videoWidth || !videoHeight) return { width, height };
  const by = Math.min(width / videoWidth, height / videoHeight);
  return { width: videoWidth * by, height: videoHeight * by };
}

/**
 * @param {{width: number, height: number}} box In CSS pixels.
 * @param {number} rate
 * @returns {import("../messages.js").View} In pixels of the display.
 */
function fine({ width, height }, rate) {
  const by = Math.min(devicePixelRatio, FINEST);
  const view = { width: Math.round(width * by), height: Math.round(height * by), rate };
  return view.width && view.height ? view : NOTHING;
}
