import { Emitter } from "../../lib/emitter.js";
import { Budget } from "./budget.js";
import { AUDIO } from "./cost.js";
import { fit } from "./fit.js";
import { loadOf } from "./load.js";
import { Looks } from "./look.js";
import { Machine } from "./machine.js";
import { modest } from "./modest.js";
import { leastForSound, split } from "./split.js";
import { Tuner } from "./tuner.js";

/**
 * @typedef {import("../state.js").SlotName} SlotName
 * @typedef {import("./fit.js").Fitting} Fitting
 * @typedef {import("./fit.js").Source} Source
 * @typedef {import("./fit.js").VideoSlot} VideoSlot
 * @typedef {import("./split.js").Given} Given
 * @typedef {import("./split.js").Own} Sources
 *
 * @typedef {object} SendingEvents
 * @property {void} change `uplink` is another now.
 *
 * @typedef {object} Decided What was decided last for one person.
 * @property {Given} given
 * @property {Record<VideoSlot, Fitting|null>} fits
 */

const EVERY_MS = 1000;
/** Who spoke this recently is who speaks. */
const SPOKE_MS = 4000;
/** What sources give that do not say. */
const CAMERA = { width: 640, height: 360, rate: 30 };
const SCREEN = { width: 1920, height: 1080, rate: 15 };
const VIDEOS = /** @type {const} */ (["camera", "screen"]);
const SOUNDS = /** @type {const} */ (["microphone", "screenAudio"]);
/** For each video of a pair that is not connected yet: until the viewer says what they show, it stays small. */
const FIRST_BITS = 150_000;

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
  #own;
  #samples;
  #views;
  #saving;
  #speaks;
  #clock;
  #looks;
  #machine;
  #budget = new Budget();
  /** Of sound (cost.js). */
  #rung = 0;
  #demand = 0;
  #spokeAt = Number.NEGATIVE_INFINITY;
  /** @type {Map<string, Decided>} */
  #decided = new Map();
  /** @type {WeakMap<RTCRtpSender, Tuner>} */
  #tuners = new WeakMap();
  #isGathering = false;
  #end = new AbortController();
  #stop;

  /**
   * @param {object} parts
   * @param {Pick<import("../mesh.js").Mesh, "people"|"sender"|"on">} parts.mesh
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
    this.#own = own;
    this.#samples = samples;
    this.#views = views;
    this.#saving = saving;
    this.#speaks = speaks;
    this.#clock = clock;
    this.#machine = new Machine(cores);
    const { signal } = this.#end;
    const given = (/** @type {string} */ seat) => total(this.#decided.get(seat)?.given);
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
        if (message.type !== "keyframe") return;
        this.#tuner(from, message.slot)?.keyframe(clock.now());
      },
      { signal },
    );
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
    if (this.#speaks()) this.#spokeAt = now;
    const seats = this.#connected();
    const { share, isLimited } = this.#looks.encoding(seats);
    this.#machine.step(share, isLimited);
    const sounds = this.#sources().sounds;
    const needs = {
      floor: leastForSound(seats.length * sounds),
      floorOfPair: leastForSound(sounds),
      demand: this.#demand,
    };
    this.#budget.step(this.#looks.of(seats), needs, now);
    this.#saving.step(this.#budget.bits, this.uplink.of, this.#budget.isCut, now);
    this.#settle();
  }

  #settle() {
    const now = this.#clock.now();
    const sources = this.#sources();
    const viewers = this.#connected().map((seat) => this.#viewer(seat));
    const { audio, demand, given } = split(this.#budget.bits, viewers, sources, this.#rung);
    this.#rung = audio;
    this.#demand = demand;
    const people = this.#mesh.people.map(({ seat }) => seat);
    for (const seat of this.#decided.keys()) if (!people.includes(seat)) this.#forget(seat);
    for (const seat of people) {
      const before = this.#decided.get(seat);
      const first = before?.given ?? { camera: FIRST_BITS, screen: FIRST_BITS };
      this.#send(seat, given.get(seat) ?? first, sources, now);
    }
    this.#say(loadOf(viewers, given, sources, this.#machine.part));
  }

  /**
   * @param {string} seat
   * @param {Given} given
   * @param {Sources} sources
   * @param {number} now
   */
  #send(seat, given, sources, now) {
    const decided = this.#decided.get(seat) ?? { given, fits: { camera: null, screen: null } };
    this.#decided.set(seat, decided);
    decided.given = given;
    const asked = this.#asked(seat);
    for (const slot of VIDEOS) {
      const source = sources[slot];
      if (!source) continue;
      const what = { slot, view: asked[slot], source, codec: this.#codec(seat), bits: given[slot] };
      const fitting = fit(what, decided.fits[slot], now);
      decided.fits[slot] = fitting;
      this.#tuner(seat, slot)?.tune(fitting.encoding);
    }
    const { bitrate = 0 } = AUDIO[this.#rung] ?? {};
    for (const slot of SOUNDS) this.#tuner(seat, slot)?.tune({ maxBitrate: bitrate });
  }

  /** @param {string} seat */
  #viewer(seat) {
    const { camera = 0, screen = 0 } = this.#decided.get(seat)?.given ?? {};
    return {
      seat,
      asked: this.#asked(seat),
      most: this.#budget.most(seat),
      codec: this.#codec(seat),
      carried: { camera: camera > 0, screen: screen > 0 },
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

  /** @returns {Sources} */
  #sources() {
    const { media, share, slots } = this.#own;
    const { microphone, screenAudio } = slots;
    return {
      camera: media.tracks.camera && sourceOf(media.tracks.camera, CAMERA),
      screen: share.picture && sourceOf(share.picture, SCREEN),
      sounds: Number(microphone === "on") + Number(screenAudio === "on"),
      speaks: this.#clock.now() - this.#spokeAt < SPOKE_MS,
    };
  }

  /**
   * @param {string} seat
   * @param {SlotName} slot
   * @returns {Tuner|null}
   */
  #tuner(seat, slot) {
    const sender = this.#mesh.sender(seat, slot);
    if (!sender) return null;
    const known = this.#tuners.get(sender) ?? new Tuner(sender);
    this.#tuners.set(sender, known);
    return known;
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

/**
 * @param {MediaStreamTrack} track
 * @param {Source} otherwise
 * @returns {Source}
 */
function sourceOf(track, otherwise) {
  const { width, height, frameRate } = track.getSettings();
  return {
    width: width || otherwise.width,
    height: height || otherwise.height,
    rate: frameRate || otherwise.rate,
  };
}

/** @param {Given} [given] */
function total({ camera, screen } = { camera: 0, screen: 0 }) {
  return camera + screen;
}
