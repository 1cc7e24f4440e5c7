/** From one connection that was built for missing media to the next; each wait is twice the one before. */
const APART_MS = 60_000;
const APART_MOST_MS = 960_000;

/** Has connections built anew whose media is missing, on either side, and that of one pair ever less often. */
export class Renewals {
  #mesh;
  #clock;
  /** @type {Map<string, {at: number, wait: number}>} */
  #last = new Map();
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"renew"|"on">} mesh
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, clock) {
    this.#mesh = mesh;
    this.#clock = clock;
    mesh.on("change", () => this.#forget(), this.#end);
  }

  close() {
    this.#end.abort();
  }

  /**
   * @param {string} seat
   * @returns {boolean} False where that was done a short time ago.
   */
  renew(seat) {
    const now = this.#clock.now();
    const before = this.#last.get(seat);
    if (before && Math.abs(now - before.at) < before.wait) return false;
    const wait = before ? Math.min(2 * before.wait, APART_MOST_MS) : APART_MS;
    this.#last.set(seat, { at: now, wait });
    this.#mesh.renew(seat);
    return true;
  }

  #forget() {
    const here = new Set(this.#mesh.people.map(({ seat }) => seat));
    for (const seat of this.#last.keys()) if (!here.has(seat)) this.#last.delete(seat);
  }
}
