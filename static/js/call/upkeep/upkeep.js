import { Emitter } from "../../lib/emitter.js";
import { Diagnosis } from "./diagnosis.js";
import { History } from "./history.js";
import { Links } from "./links.js";
import { Missing } from "./missing.js";
import { Renewals } from "./renewals.js";
import { Routes } from "./routes.js";
import { Samples } from "./samples.js";
import { Saving } from "./saving.js";
import { Sending } from "./sending.js";
import { Stuck } from "./stuck.js";
import { Views } from "./views.js";
import { Vigil } from "./vigil.js";

/**
 * @typedef {object} UpkeepEvents
 * @property {void} change `state` is another now.
 * @property {string} announce A sentence for the live region.
 */

/**
 * Everything that keeps pairs alive and their cost low, built and joined here and nowhere else. It is fetched after
 * joining.
 *
 * @extends {Emitter<UpkeepEvents>}
 */
export class Upkeep extends Emitter {
  /** @type {Pick<import("../state.js").CallState, "uplink"|"saving">} */
  state = { uplink: { to: 0, of: 0, limit: "" }, saving: "off" };
  /** What the page shows of others, and they of us. */
  views;
  /** How each pair is. */
  samples;
  /** Why there is no path. */
  diagnosis;
  /** What became of each pair. */
  history;
  /** Who is connected to whom. */
  links;
  /** Whether this page spares its line. */
  saving;
  #sending;
  #routes;
  #vigil;
  #renewals;
  #missing;
  #stuck;

  /**
   * @param {object} parts
   * @param {import("../session.js").Session} parts.session
   * @param {import("../own.js").Own} parts.own
   * @param {import("../memory.js").Memory} parts.memory
   * @param {() => boolean} parts.speaks Whether this person speaks and is heard.
   * @param {import("../../lib/clock.js").Clock} parts.clock
   */
  constructor({ session, own, memory, speaks, clock }) {
    super();
    this.views = new Views(session.mesh, clock);
    this.samples = new Samples(session.mesh, clock);
    this.links = new Links(session.mesh, this.samples, clock);
    this.#routes = new Routes(session, this.links, clock);
    this.#vigil = new Vigil(session.mesh, this.samples, clock);
    this.#renewals = new Renewals(session.mesh, clock);
    this.#missing = new Missing(session.mesh, this.samples, this.views, this.#renewals, clock);
    this.#stuck = new Stuck(session.mesh, this.samples, this.#renewals, clock);
    this.diagnosis = new Diagnosis(session, clock);
    this.history = new History(session.mesh, clock);
    const { mesh } = session;
    const { saving: isChosen = false } = memory.read();
    this.saving = new Saving(isChosen, (on) => memory.write({ saving: on }));
    const { samples, views, saving } = this;
    this.#sending = new Sending({ mesh, own, samples, views, saving, speaks, clock });
    this.#sending.on("change", () => this.#show());
    saving.on("change", () => this.#show());
    saving.on("announce", (sentence) => this.emit("announce", sentence));
    this.#show();
  }

  close() {
    this.#sending.close();
    this.views.close();
    this.#routes.close();
    this.links.close();
    this.samples.close();
    this.#vigil.close();
    this.#renewals.close();
    this.#missing.close();
    this.#stuck.close();
    this.diagnosis.close();
    this.history.close();
  }

  #show() {
    this.state = { uplink: this.#sending.uplink, saving: this.saving.state };
    this.views.spare(this.saving.state);
    this.emit("change", undefined);
  }
}
