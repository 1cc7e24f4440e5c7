import { Emitter } from "../../lib/emitter.js";
import { Bucket } from "./bucket.js";

/**
 * @typedef {import("../messages.js").Link} Link
 * @typedef {import("./sample.js").Sample} Sample
 *
 * @typedef {object} LinksEvents
 * @property {void} change Somebody's pairs are others now.
 */

/** Nobody is told more often, but for who has just come within reach. */
const APART_MS = 2000;
/** Differences below these are no news. */
const RTT_MS = 10;
const RTT_PART = 0.2;
const LOSS = 10;
const RTT_MOST_MS = 60_000;
const MOST = 32;

/**
 * Who is connected to whom: says to everybody how this page's pairs are, and hears how theirs are. What they say is
 * their word; it serves for choosing among ways and for being shown, never for letting anything through.
 *
 * @extends {Emitter<LinksEvents>}
 */
export class Links extends Emitter {
  #mesh;
  #samples;
  #clock;
  #saidAt = Number.NEGATIVE_INFINITY;
  /** @type {Link[]} */
  #said = [];
  /** @type {Map<string, {links: Link[], bucket: Bucket}>} */
  #heard = new Map();
  /** @type {(() => void)|null} */
  #cancel = null;
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"send"|"sendAll"|"on">} mesh
   * @param {Pick<import("./samples.js").Samples, "latest"|"on">} samples
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, samples, clock) {
    super();
    this.#mesh = mesh;
    this.#samples = samples;
    this.#clock = clock;
    const { signal } = this.#end;
    mesh.on("change", () => this.#changed(), { signal });
    samples.on("sample", () => this.#changed(), { signal });
    mesh.on("open", ({ seat }) => mesh.send(seat, { type: "links", links: this.own }), { signal });
    mesh.on(
      "message",
      ({ from, message }) => message.type === "links" && this.#hear(from, message.links),
      { signal },
    );
    this.#changed();
  }

  /** @returns {Link[]} How this page's own pairs are. */
  get own() {
    const people = this.#mesh.people.slice(0, MOST);
    return people.map(({ seat, connection }) => {
      const sample = this.#samples.latest(seat);
      const path = connection === "connected" ? sample?.path : null;
      return {
        seat,
        state: connection,
        path: path?.local ?? "",
        protocol: path?.protocol ?? "",
        rtt: Math.min(RTT_MOST_MS, Math.round(path?.rtt ?? 0)),
        loss: path && sample ? lossOf(sample) : 0,
      };
    });
  }

  /**
   * @param {string} seat Of somebody else.
   * @returns {Link[]|null} What they said last; null: nothing yet.
   */
  of(seat) {
    return this.#heard.get(seat)?.links ?? null;
  }

  /**
   * @param {string} seat Of somebody else.
   * @param {string} other
   * @returns {boolean|null} Whether `seat` is connected to `other`; null: they have not said.
   */
  connects(seat, other) {
    const link = this.of(seat)?.find((each) => each.seat === other);
    return link ? link.state === "connected" : null;
  }

  close() {
    this.#end.abort();
    this.#cancel?.();
  }

  #changed() {
    const seats = new Set(this.#mesh.people.map(({ seat }) => seat));
    let isAnother = false;
    for (const seat of this.#heard.keys()) {
      if (!seats.has(seat)) isAnother = this.#heard.delete(seat);
    }
    if (isAnother) this.emit("change", undefined);
    if (this.#cancel || isSame(this.own, this.#said)) return;
    // More is a clock that was set back.
    const wait = Math.min(APART_MS, Math.max(0, this.#saidAt + APART_MS - this.#clock.now()));
    this.#cancel = this.#clock.after(wait, () => this.#say());
  }

  #say() {
    this.#cancel = null;
    const links = this.own;
    if (isSame(links, this.#said)) return;
    this.#said = links;
    this.#saidAt = this.#clock.now();
    this.#mesh.sendAll({ type: "links", links });
    this.emit("change", undefined);
  }

  /**
   * @param {string} seat
   * @param {Link[]} links
   */
  #hear(seat, links) {
    const bucket = this.#heard.get(seat)?.bucket ?? new Bucket(this.#clock, 1, 5);
    if (!bucket.take()) return;
    this.#heard.set(seat, { links, bucket });
    this.emit("change", undefined);
  }
}

/**
 * The share of packets that did not come since the sample before, in thousandths.
 *
 * @param {Sample} sample
 */
function lossOf(sample) {
  const streams = Object.values(sample.in).filter((each) => each !== null);
  const all = streams.reduce((sum, { bitrate }) => sum + bitrate, 0);
  const lost = streams.reduce((sum, { bitrate, lostShare }) => sum + bitrate * lostShare, 0);
  return all > 0 ? Math.min(1000, Math.max(0, Math.round((1000 * lost) / all))) : 0;
}

/**
 * @param {Link[]} some
 * @param {Link[]} others
 */
function isSame(some, others) {
  return (
    some.length === others.length &&
    some.every((one, place) => {
      const other = others[place];
      return (
        other !== undefined &&
        /** @type {const} */ (["seat", "state", "path", "protocol"]).every(
          (name) => one[name] === other[name],
        ) &&
        Math.abs(one.rtt - other.rtt) <= Math.max(RTT_MS, RTT_PART * other.rtt) &&
        Math.abs(one.loss - other.loss) <= LOSS
      );
    })
  );
}
