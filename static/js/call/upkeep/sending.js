import { Emitter } from "../../lib/emitter.js";
import { Budget } from "./budget.js";
import { AUDIO, waysOf } from "./cost.js";
import { fit } from "./fit.js";
import { loadOf } from "./load.js";
import { Looks } from "./look.js";
import { Machine } from "./machine.js";
import { modest } from "./modest.js";
import { Senders } from "./senders.js";
import { Sources } from "./sources.js";
import { leastFor, split } from "./split.js";

/**
 * @typedef {import("./fit.js").Fitting} Fitting
 * @typedef {import("./fit.js").VideoSlot} VideoSlot
 * @typedef {import("./split.js").Given} Given
 *
 * @typedef {object} SendingEvents
 * @property {void} change `uplink` is another now.
 *
 * @typedef {object} Decided What was decided last for one person.
 * @property {Given} given
 * @property {Record<VideoSlot, Fitting|null>} fits
 * @property {Record<VideoSlot, boolean>} leftOut What they ask for, and the line has too little for.
 */

const EVERY_MS = 1000;
const VIDEOS = /** @type {const} */ (["camera", "screen"]);
const SOUNDS = /** @type {const} */ (["microphone", "screenAudio"]);
/** For each video of a pair that is not connected yet: until the viewer says what they show, it stays small. */
const FIRST_BITS = 150_000;
/** @type {Given} */
const NOTHING = { camera: 0, screen: 0 };

/**
 * Sends everybody what they show, and no more than line and machine carry: splits the budget each second and with each
 * wish, and tells the senders, by `setParameters` alone.
 *
 * @extends {Emitter<SendingEvents>}
 */
export class Sending extends Emitter {
  /** @type {import("../state.js").Uplink} */
  uplink = { to: 0, of: 0, limit: "" };
  #mesh;
  #samples;
  #views;
  #saving;
  #clock;
  #sources;
  #senders;
  #looks;
  #machine;
  #budget = new Budget();
  /** Of sound (cost.js). */
  #rung = 0;
  #demand = 0;
  /** @type {Map<string, Decided>} */
  #decided = new Map();
  #isGathering = false;
  #tickedAt;
  #end = new AbortController();
  #stop;

  /**
   * @param {object} parts
   * @param {Pick<import("../mesh.js").Mesh, "people"|"sender"|"inTurn"|"on">} parts.mesh
   * @param {Pick<import("../own.js").Own, "media"|"share"|"slots"|"on">} parts.own
   * @param {Pick<import("./samples.js").Samples, "latest"|"on">} parts.samples
   * @param {Pick<import("./views.js").Views, "wanted"|"on">} parts.views
   * @param {import("./saving.js").Saving} parts.saving
   * @param {() => boolean} parts.speaks Whether one speaks and is heard.
   * @param {import("../../lib/clock.js").Clock} parts.clock
   * @param {number} [parts.cores]
   */
  constructor({
    mesh,
    own,
    samples,
    views,
    saving,
    speaks,
    clock,
    cores = navigator.hardwareConcurrency,
  }) {
    super();
    this.#mesh = mesh;
    this.#samples = samples;
    this.#views = views;
    this.#saving = saving;
    this.#clock = clock;
    this.#sources = new Sources(own, speaks, clock);
    this.#senders = new Senders(mesh);
    this.#machine = new Machine(cores);
    const { signal } = this.#end;
    const given = (/** @type {string} */ seat) => this.#decided.get(seat)?.given ?? NOTHING;
    this.#looks = new Looks(samples, given, signal);
    const soon = () => this.#soon();
    views.on("wanted", soon, { signal });
    own.on("slots", soon, { signal });
    own.on("replace", soon, { signal });
    saving.on("change", soon, { signal });
    const renewed = (/** @type {{seat: string}} */ { seat }) => this.#renewed(seat);
    mesh.on("pair", renewed, { signal });
    mesh.on(
      "message",
      ({ from, message }) => {
        if (message.type === "keyframe") this.#senders.keyframe(from, message.slot, clock.now());
      },
      { signal },
    );
    this.#tickedAt = clock.now();
    this.#stop = clock.every(EVERY_MS, () => this.#tick());
    this.#settle();
  }

  close() {
    this.#end.abort();
    this.#stop();
  }

  /** All wishes of one task are settled together. */
  #soon() {
    if (this.#isGathering) return;
    this.#isGathering = true;
    queueMicrotask(() => {
      this.#isGathering = false;
      if (!this.#end.signal.aborted) this.#settle();
    });
  }

  /** @param {string} seat Whose pair has other senders, and maybe another path. */
  #renewed(seat) {
    this.#budget.forget(seat);
    this.#looks.forget(seat);
    this.#soon();
  }

  #tick() {
    const now = this.#clock.now();
    const seats = this.#connected();
    const { share, isLimited } = this.#looks.encoding(seats);
    this.#machine.step(share, isLimited, now - this.#tickedAt - EVERY_MS);
    this.#tickedAt = now;
    const { sounds } = this.#sources.now;
    const needs = {
      floor: leastFor(seats.length, sounds),
      floorOfPair: leastFor(1, sounds),
      demand: this.#demand,
    };
    this.#budget.step(this.#looks.of(seats), needs, now, this.#machine.isBusy);
    this.#saving.step(this.#budget.bits, this.uplink.of, this.#budget.isCut, now);
    this.#settle();
  }

  #settle() {
    const now = this.#clock.now();
    const sources = this.#sources.now;
    const viewers = this.#connected().map((seat) => this.#viewer(seat));
    const { audio, demand, given } = split(this.#budget.bits, viewers, sources, this.#rung);
    this.#rung = audio;
    this.#demand = demand;
    const people = this.#mesh.people.map(({ seat }) => seat);
    for (const seat of this.#decided.keys()) if (!people.includes(seat)) this.#forget(seat);
    for (const seat of people) {
      const before = this.#decided.get(seat);
      const first = before?.given ?? { camera: FIRST_BITS, screen: FIRST_BITS };
      this.#send(seat, given.get(seat) ?? first, sources, now, given.has(seat));
    }
    this.#say(loadOf(viewers, given, sources, this.#machine.part));
  }

  /**
   * @param {string} seat
   * @param {Given} given
   * @param {import("./split.js").Own} sources
   * @param {number} now
   * @param {boolean} isConnected What is still agreed on is left alone.
   */
  #send(seat, given, sources, now, isConnected) {
    const decided = this.#decided.get(seat) ?? newlyDecided();
    this.#decided.set(seat, decided);
    decided.given = given;
    const asked = this.#asked(seat);
    for (const slot of VIDEOS) {
      const source = sources[slot];
      decided.leftOut[slot] = Boolean(source && asked[slot].width && !given[slot]);
      if (!source) continue;
      const what = { slot, view: asked[slot], source, codec: this.#codec(seat), bits: given[slot] };
      const fitting = fit(what, decided.fits[slot], now);
      decided.fits[slot] = fitting;
      this.#senders.tune(seat, slot, fitting.encoding);
    }
    for (const slot of SOUNDS) {
      const { bitrate = 0 } = waysOf(slot)[this.#rung] ?? {};
      this.#senders.tune(seat, slot, { maxBitrate: bitrate });
    }
    if (isConnected) this.#senders.packetTime(seat, AUDIO[this.#rung]?.packetTime ?? 0);
  }

  /** @param {string} seat */
  #viewer(seat) {
    const { leftOut } = this.#decided.get(seat) ?? {};
    return {
      seat,
      asked: this.#asked(seat),
      most: this.#budget.most(seat),
      codec: this.#codec(seat),
      carried: { camera: !leftOut?.camera, screen: !leftOut?.screen },
      screen: this.#looks.ofScreen(seat),
    };
  }

  /** @param {string} seat */
  #asked(seat) {
    return modest(this.#views.wanted(seat), this.#machine.part, this.#saving.state !== "off");
  }

  /** @param {string} seat */
  #codec(seat) {
    return this.#samples.latest(seat)?.out.camera?.codec || "VP8";
  }

  #connected() {
    return this.#mesh.people
      .filter(({ connection }) => connection === "connected")
      .map(({ seat }) => seat);
  }

  /** @param {string} seat */
  #forget(seat) {
    this.#decided.delete(seat);
    this.#budget.forget(seat);
    this.#looks.forget(seat);
  }

  /** @param {import("../state.js").Uplink} uplink */
  #say(uplink) {
    const { to, of, limit } = this.uplink;
    if (to === uplink.to && of === uplink.of && limit === uplink.limit) return;
    this.uplink = uplink;
    this.emit("change", undefined);
  }
}

/** @returns {Decided} */
function newlyDecided() {
  return {
    given: NOTHING,
    fits: { camera: null, screen: null },
    leftOut: { camera: false, screen: false },
  };
}
