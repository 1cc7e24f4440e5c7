/**
 * @typedef {import("./sample.js").Sample} Sample
 * @typedef {import("../state.js").Person} Person
 *
 * @typedef {object} Mark What is known of one connection.
 * @property {number} since Nothing is missed before: it was not connected, or this page did not run.
 * @property {number} heardAt When a packet came last, as far as is known.
 * @property {Sample|null} before
 * @property {number} lookedAt
 * @property {number} askedAt When the browser was asked beside the samples; 0: it has answered.
 */

const LOOK_MS = 250;
/** After so much silence of a heart the packets are looked at, so that their silence can be told too. */
const EARLY_MS = 1000;
/** Without any sign of life for this long a path is lost. */
const STALL_MS = 2000;
/** From one look at the packets of a silent pair to the next. */
const APART_MS = 450;
/** A browser that has not answered by then is asked once more. */
const ANSWER_MS = 5000;
/**
 * Looks further apart than this, which are a second apart in a hidden tab, were held back: this page did not run, and
 * heard nobody. Or the clock was set. Where one page of a machine does not get to run, neither does what it hears.
 */
const SLEPT_MS = 1250;

/**
 * Keeps watch over every pair's path: one on which neither a heartbeat nor any packet came for 2 s in which this page
 * ran is said to be lost. A heart that was never heard is not missed: some peers have none.
 */
export class Vigil {
  #mesh;
  #samples;
  #clock;
  /** @type {Map<string, Mark>} */
  #marks = new Map();
  #lookedAt;
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"known"|"stalled"|"heard"|"on">} mesh
   * @param {Pick<import("./samples.js").Samples, "look"|"on">} samples
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, samples, clock) {
    this.#mesh = mesh;
    this.#samples = samples;
    this.#clock = clock;
    this.#lookedAt = clock.now();
    const { signal } = this.#end;
    mesh.on("pair", ({ seat }) => this.#marks.delete(seat), { signal });
    samples.on("sample", ({ seat, sample }) => this.#note(seat, this.#mark(seat), sample), {
      signal,
    });
    const stop = clock.every(LOOK_MS, () => this.#look());
    signal.addEventListener("abort", stop);
  }

  close() {
    this.#end.abort();
  }

  #look() {
    const now = this.#clock.now();
    const slept = Math.abs(now - this.#lookedAt) > SLEPT_MS;
    this.#lookedAt = now;
    const { people } = this.#mesh;
    const here = new Set(people.map(({ seat }) => seat));
    for (const seat of this.#marks.keys()) if (!here.has(seat)) this.#marks.delete(seat);
    for (const { seat, connection } of people) {
      const mark = this.#mark(seat);
      if (slept || connection !== "connected") mark.since = now;
      else this.#listen(seat, mark);
    }
  }

  /**
   * @param {string} seat
   * @param {Mark} mark
   */
  #listen(seat, mark) {
    const now = this.#clock.now();
    const since = this.#silentSince(seat, mark);
    if (since === null || now - since < EARLY_MS) return;
    const isAsked = mark.askedAt && Math.abs(now - mark.askedAt) < ANSWER_MS;
    const isKnown = now - since < STALL_MS && now - mark.lookedAt < APART_MS;
    if (!isAsked && !isKnown) this.#examine(seat, mark);
  }

  /**
   * Between the question and the answer heartbeats that waited have come, too.
   *
   * @param {string} seat
   * @param {Mark} mark
   */
  async #examine(seat, mark) {
    const askedAt = this.#clock.now();
    mark.askedAt = askedAt;
    const sample = await this.#samples.look(seat);
    if (mark.askedAt !== askedAt || this.#marks.get(seat) !== mark) return;
    mark.askedAt = 0;
    if (!sample || this.#end.signal.aborted) return;
    this.#note(seat, mark, sample);
    const now = this.#clock.now();
    // It slept since the last look, and answers come before the heartbeats that waited.
    if (Math.abs(now - this.#lookedAt) > SLEPT_MS) mark.since = now;
    const since = this.#silentSince(seat, mark);
    if (since !== null && now - since >= STALL_MS) this.#mesh.stalled(seat, since);
  }

  /**
   * @param {string} seat
   * @param {Mark} mark
   * @returns {number|null} Null: its heart was never heard.
   */
  #silentSince(seat, { since, heardAt }) {
    const beatAt = this.#mesh.known(seat)?.heardAt ?? null;
    return beatAt === null ? null : Math.max(since, heardAt, beatAt);
  }

  /**
   * Something came between two looks; when, the browser says of most.
   *
   * @param {string} seat
   * @param {Mark} mark
   * @param {Sample} sample
   */
  #note(seat, mark, sample) {
    const now = this.#clock.now();
    if (mark.before && hasCome(mark.before, sample)) {
      mark.heardAt = Math.min(now, Math.max(mark.lookedAt, now - (sample.quiet ?? 0)));
      this.#mesh.heard(seat);
    }
    mark.before = sample;
    mark.lookedAt = now;
  }

  /** @param {string} seat */
  #mark(seat) {
    const known = this.#marks.get(seat);
    if (known) return known;
    const now = this.#clock.now();
    /** @type {Mark} */
    const mark = { since: now, heardAt: now, before: null, lookedAt: now, askedAt: 0 };
    this.#marks.set(seat, mark);
    return mark;
  }
}

/**
 * Whether anything came from the one look to the other. Another path in use is none yet.
 *
 * @param {Sample} before
 * @param {Sample} now
 */
function hasCome(before, now) {
  if (now.signs > before.signs) return true;
  return now.checks.pair === before.checks.pair && now.checks.count > before.checks.count;
}
