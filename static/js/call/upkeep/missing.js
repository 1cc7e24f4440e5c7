import { SLOTS } from "../state.js";
import { Wishes } from "./wishes.js";

/**
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("../state.js").SlotName} SlotName
 * @typedef {import("./streams.js").Inbound} Inbound
 *
 * @typedef {object} Wait For what one slot of one person carries.
 * @property {number} since When something came last, or was first to be expected.
 * @property {number} got What has come by then: pictures, or packets of sound.
 * @property {number} fresh
 * @property {number|null} told How many packets its sender had counted by then.
 * @property {{sent: number, packets: number}|null} base What it had counted in its first report after that, and how many
 *   had come by then, of any kind: only what it counts beyond was sent since.
 * @property {boolean} isFirst Nothing has come yet.
 */

const PATIENCE_MS = 3000;
/** So many pictures may fail to come before they are missed, however slowly they were asked for. */
const PICTURES = 3;
/** Sound is not asked for again: it comes, or the connection is no good. */
const SOUND_MS = 5000;
/** Without a heartbeat for this long it is the path that is missing. */
const HEART_MS = 1500;
/** A wish that had no effect after this time has none. */
const EFFECT_MS = 5000;
const WISHES_LEAST = 2;
/** A sender that counts so many more packets does send. */
const SENT_LEAST = 15;
/** From one connection that was built for missing media to the next; each wait is twice the one before. */
const RENEW_MS = 60_000;
const RENEW_MOST_MS = 960_000;

/**
 * Misses media that does not come although heartbeats do, its owner says that it is there, and this page has asked for
 * it: first a picture is asked for that can be decoded by itself, and then the connection is built anew. That last only
 * where the sender counts what it sends: one that saves its line, or shows a still screen, sends nothing and is well.
 */
export class Missing {
  #mesh;
  #views;
  #clock;
  /** @type {Map<string, Map<SlotName, Wait>>} */
  #waits = new Map();
  /** @type {Map<string, Wishes>} */
  #wishes = new Map();
  /** @type {Map<string, {at: number, wait: number}>} */
  #renewals = new Map();
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"known"|"send"|"renew"|"on">} mesh
   * @param {Pick<import("./samples.js").Samples, "on">} samples
   * @param {Pick<import("./views.js").Views, "asked">} views
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, samples, views, clock) {
    this.#mesh = mesh;
    this.#views = views;
    this.#clock = clock;
    const { signal } = this.#end;
    mesh.on("pair", ({ seat }) => this.#waits.delete(seat), { signal });
    samples.on("sample", ({ seat, sample }) => this.#look(seat, sample), { signal });
    mesh.on("change", () => this.#forget(), { signal });
  }

  close() {
    this.#end.abort();
  }

  #forget() {
    const here = new Set(this.#mesh.people.map(({ seat }) => seat));
    for (const map of [this.#waits, this.#wishes, this.#renewals]) {
      for (const seat of map.keys()) if (!here.has(seat)) map.delete(seat);
    }
  }

  /**
   * @param {string} seat
   * @param {import("./sample.js").Sample} sample
   */
  #look(seat, sample) {
    const person = this.#mesh.people.find((each) => each.seat === seat);
    const heardAt = this.#mesh.known(seat)?.heardAt ?? null;
    const isHeard = heardAt !== null && this.#clock.now() - heardAt < HEART_MS;
    if (person?.connection !== "connected" || !isHeard) {
      for (const wait of this.#waits.get(seat)?.values() ?? []) wait.since = this.#clock.now();
      return;
    }
    for (const slot of SLOTS) this.#judge(person, slot, sample.in[slot]);
  }

  /**
   * @param {Person} person
   * @param {SlotName} slot
   * @param {Inbound|null} inbound
   */
  #judge({ seat, slots }, slot, inbound) {
    /** @type {Map<SlotName, Wait>} */
    const waits = this.#waits.get(seat) ?? new Map();
    this.#waits.set(seat, waits);
    const rate = this.#asked(seat, slot);
    if (slots[slot] !== "on" || !rate) {
      waits.delete(slot);
      return;
    }
    const wait = this.#wait(waits, slot, inbound);
    if (slot === "camera" || slot === "screen") this.#missPicture(seat, slot, rate, wait, inbound);
    else if (isSent(wait, inbound) && this.#since(wait) >= SOUND_MS) this.#renew(seat);
  }

  /**
   * At what rate this page has asked for it; of sound nothing is asked.
   *
   * @param {string} seat
   * @param {SlotName} slot
   */
  #asked(seat, slot) {
    if (slot !== "camera" && slot !== "screen") return 1;
    const view = this.#views.asked(seat)?.[slot];
    return view?.width ? Math.max(1, view.rate) : 0;
  }

  /**
   * @param {Map<SlotName, Wait>} waits
   * @param {SlotName} slot
   * @param {Inbound|null} inbound
   */
  #wait(waits, slot, inbound) {
    const isPicture = slot === "camera" || slot === "screen";
    const got = (isPicture ? inbound?.frames : inbound?.packets) ?? 0;
    const told = inbound?.sent ?? null;
    const known = waits.get(slot);
    if (known?.got === got) {
      if (inbound && told !== null && told !== known.told) {
        known.base ??= { sent: told, packets: inbound.packets };
      }
      return known;
    }
    /** @type {Wait} */
    const wait = {
      ...{ since: this.#clock.now(), got, fresh: inbound?.fresh ?? 0 },
      ...{ told, base: null, isFirst: !known },
    };
    waits.set(slot, wait);
    return wait;
  }

  /** @param {Wait} wait */
  #since({ since }) {
    return this.#clock.now() - since;
  }

  /**
   * @param {string} seat
   * @param {"camera"|"screen"} slot
   * @param {number} rate
   * @param {Wait} wait
   * @param {Inbound|null} inbound
   */
  #missPicture(seat, slot, rate, wait, inbound) {
    const patience = Math.max(PATIENCE_MS, (PICTURES * 1000) / rate);
    if (this.#since(wait) < patience) return;
    const isLost = isSent(wait, inbound);
    // A screen on which nothing moves is not sent again.
    if (slot === "screen" && !wait.isFirst && !isLost) return;
    const now = this.#clock.now();
    const wishes = this.#wishes.get(seat) ?? new Wishes();
    this.#wishes.set(seat, wishes);
    if (isLost && wishes.areVain(slot, wait.since, WISHES_LEAST, now - EFFECT_MS)) {
      this.#renew(seat);
    } else if (wishes.mayAsk(slot, now) && this.#mesh.send(seat, { type: "keyframe", slot })) {
      wishes.asked(slot, now);
    }
  }

  /** @param {string} seat */
  #renew(seat) {
    const now = this.#clock.now();
    const before = this.#renewals.get(seat);
    if (before && Math.abs(now - before.at) < before.wait) return;
    const wait = before ? Math.min(2 * before.wait, RENEW_MOST_MS) : RENEW_MS;
    this.#renewals.set(seat, { at: now, wait });
    this.#waits.delete(seat);
    this.#mesh.renew(seat);
  }
}

/**
 * Whether packets came that nothing could be made of, or left the sender and none came.
 *
 * @param {Wait} wait
 * @param {Inbound|null} inbound
 */
function isSent({ fresh, base }, inbound) {
  if (!inbound) return false;
  if (inbound.fresh - fresh >= SENT_LEAST) return true;
  if (!base || inbound.packets !== base.packets) return false;
  return (inbound.sent ?? 0) - base.sent >= SENT_LEAST;
}
