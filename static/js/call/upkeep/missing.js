import { SLOTS } from "../state.js";
import { hasCome, isSent, nextWait } from "./waits.js";
import { Wishes } from "./wishes.js";

/**
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("../state.js").SlotName} SlotName
 * @typedef {import("./streams.js").Inbound} Inbound
 * @typedef {import("./waits.js").Wait} Wait
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
/** Packets of which no picture is made, while sound comes: this machine may be busy, and another connection adds to that. */
const DECODE_MS = 30_000;
/** So long after pictures could not be made somebody's camera is one of those that this page cannot show. */
const AT_ONCE_MS = 4000;
/** From one sample to the next, which are a second apart: what took longer was held back, and so is all that comes. */
const LATE_MS = 2500;

/**
 * Misses media that does not come although heartbeats do, its owner says that it is there, and this page has asked for
 * it: first a picture is asked for that can be decoded by itself, and then the connection is built anew. That last only
 * where the sender counts what it sends: one that saves its line, or shows a still screen, sends nothing and is well.
 * A machine that is too busy to make pictures of what comes is not given more to do: that is so where this page is late,
 * or pictures of several people fail at once.
 */
export class Missing {
  #mesh;
  #views;
  #renewals;
  #clock;
  /** @type {Map<string, Map<SlotName, Wait>>} */
  #waits = new Map();
  /** @type {Map<string, Wishes>} */
  #wishes = new Map();
  /** @type {Map<string, number>} When a sample of somebody was looked at last. */
  #lookedAt = new Map();
  /** @type {Map<string, number>} When packets of somebody's had made no picture for too long. */
  #undecodedAt = new Map();
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"known"|"send"|"on">} mesh
   * @param {Pick<import("./samples.js").Samples, "on">} samples
   * @param {Pick<import("./views.js").Views, "asked">} views
   * @param {Pick<import("./renewals.js").Renewals, "renew">} renewals
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, samples, views, renewals, clock) {
    this.#mesh = mesh;
    this.#views = views;
    this.#renewals = renewals;
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
    for (const map of [this.#waits, this.#wishes, this.#lookedAt, this.#undecodedAt]) {
      for (const seat of map.keys()) if (!here.has(seat)) map.delete(seat);
    }
  }

  /**
   * @param {string} seat
   * @param {import("./sample.js").Sample} sample
   */
  #look(seat, sample) {
    const now = this.#clock.now();
    const isLate = Math.abs(now - (this.#lookedAt.get(seat) ?? now)) > LATE_MS;
    this.#lookedAt.set(seat, now);
    const person = this.#mesh.people.find((each) => each.seat === seat);
    const heardAt = this.#mesh.known(seat)?.heardAt ?? null;
    const isHeard = heardAt !== null && now - heardAt < HEART_MS;
    if (isLate || person?.connection !== "connected" || !isHeard) {
      for (const wait of this.#waits.get(seat)?.values() ?? []) wait.since = now;
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
    const wait = nextWait(waits.get(slot), slot, inbound, this.#clock.now());
    waits.set(slot, wait);
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
    const isUndecoded = isLost && hasCome(wait, inbound);
    if (isUndecoded) this.#undecodedAt.set(seat, this.#clock.now());
    // A screen on which nothing moves is not sent again.
    if (slot === "screen" && !wait.isFirst && !isLost) return;
    const now = this.#clock.now();
    const wishes = this.#wishes.get(seat) ?? new Wishes();
    this.#wishes.set(seat, wishes);
    const isVain = isLost && wishes.areVain(slot, wait.since, WISHES_LEAST, now - EFFECT_MS);
    if (isVain && !(isUndecoded && this.#mayBeBusy(seat, wait))) {
      this.#renew(seat);
    } else if (wishes.mayAsk(slot, now) && this.#mesh.send(seat, { type: "keyframe", slot })) {
      wishes.asked(slot, now);
    }
  }

  /**
   * Whether pictures may fail for want of this machine's time.
   *
   * @param {string} seat
   * @param {Wait} wait
   */
  #mayBeBusy(seat, wait) {
    const now = this.#clock.now();
    for (const [other, at] of this.#undecodedAt) {
      if (other !== seat && Math.abs(now - at) < AT_ONCE_MS) return true;
    }
    const sound = this.#waits.get(seat)?.get("microphone");
    const isSounding = sound && this.#since(sound) < PATIENCE_MS;
    return isSounding && this.#since(wait) < DECODE_MS;
  }

  /** @param {string} seat */
  #renew(seat) {
    if (this.#renewals.renew(seat)) this.#waits.delete(seat);
  }
}
