/**
 * @typedef {import("../state.js").ConnectionState} ConnectionState
 * @typedef {{at: number, state: ConnectionState, code: string}} Moment `code`: of the trouble, or empty.
 */

const MOST = 12;

/** What became of each pair since this page looks, for whoever has to find out why. */
export class History {
  #mesh;
  #clock;
  /** @type {Map<string, {who: string, moments: Moment[]}>} */
  #kept = new Map();
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"on">} mesh
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, clock) {
    this.#mesh = mesh;
    this.#clock = clock;
    mesh.on("change", () => this.#look(), { signal: this.#end.signal });
    this.#look();
  }

  /**
   * @param {string} seat
   * @returns {readonly Moment[]} The oldest first; the last one holds now.
   */
  of(seat) {
    return this.#kept.get(seat)?.moments ?? [];
  }

  close() {
    this.#end.abort();
  }

  #look() {
    const { people } = this.#mesh;
    const seats = new Set(people.map(({ seat }) => seat));
    for (const seat of this.#kept.keys()) if (!seats.has(seat)) this.#kept.delete(seat);
    for (const { seat, instance, since, connection: state, trouble } of people) {
      const who = `${instance} ${since}`;
      const kept = this.#kept.get(seat);
      const moments = kept?.who === who ? kept.moments : [];
      if (moments !== kept?.moments) this.#kept.set(seat, { who, moments });
      const code = trouble?.code ?? "";
      const last = moments.at(-1);
      if (last?.state === state && last.code === code) continue;
      moments.push({ at: this.#clock.now(), state, code });
      if (moments.length > MOST) moments.shift();
    }
  }
}
