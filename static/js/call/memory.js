/**
 * @typedef {import("./state.js").Chosen} Chosen
 *
 * @typedef {object} Remembered
 * @property {string} [resume] The token of the seat; there is one only while somebody sits in the call.
 * @property {string} [seat] That the token is of.
 * @property {boolean} [movesHere] The person chose this tab among several before it was loaded anew.
 * @property {string} [name]
 * @property {Chosen} [chosen]
 * @property {boolean} [microphoneOn]
 * @property {boolean} [cameraOn]
 * @property {boolean} [saving] The line is to be spared.
 * @property {number} [people] How many others were there.
 * @property {boolean} [reloaded] The page was loaded anew for its version.
 */

/** What a tab knows of one room across a reload. A browser that stores nothing forgets, and no more. */
export class Memory {
  #room;
  #storage;

  /**
   * @param {{link: string}} room Its link may change.
   * @param {Storage|null} storage
   */
  constructor(room, storage) {
    this.#room = room;
    this.#storage = storage;
  }

  get #key() {
    return `parley:${this.#room.link}`;
  }

  /** @returns {Remembered} */
  read() {
    try {
      return JSON.parse(this.#storage?.getItem(this.#key) ?? "{}");
    } catch {
      // Written by something else: as good as nothing.
      return {};
    }
  }

  /** @param {Remembered} what Fields to change; undefined forgets one. */
  write(what) {
    const known = this.read();
    // Writing waits for the disk's keeper, and a call says the same often.
    if (
      Object.entries(what).every(
        ([name, value]) => known[/** @type {keyof Remembered} */ (name)] === value,
      )
    )
      return;
    try {
      this.#storage?.setItem(this.#key, JSON.stringify({ ...known, ...what }));
    } catch {
      // The storage is full: a reload then begins at the door.
    }
  }
}

/**
 * The tab's own storage, null where the browser forbids it.
 *
 * @returns {Storage|null}
 */
export function tabStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

/**
 * Whether this page came by a reload, or back: who follows a link to the room stands at its door again.
 *
 * @returns {boolean}
 */
export function wasReloaded() {
  const [entry] = performance.getEntriesByType("navigation");
  return /** @type {PerformanceNavigationTiming|undefined} */ (entry)?.type !== "navigate";
}
