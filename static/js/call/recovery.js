/**
 * @typedef {import("./state.js").ConnectionState} ConnectionState
 *
 * @typedef {object} Pair What a recovery watches over.
 * @property {(state: ConnectionState, since: number|null) => void} show
 * @property {() => void} restart A new search for a path, asked for or done.
 * @property {() => void} rebuild A new connection, asked for or made.
 */

/** A first connection that is not there by then is built anew. */
const CONNECT_MS = 10_000;
/** How long a path may be away by itself. */
const PATIENCE_MS = 2000;
/** How long an ICE restart may take before the connection is built anew; each further try gets longer. */
const RESTART_MS = 5000;
const REBUILD_MOST_MS = 15_000;
const UNREACHABLE_MS = 30_000;
/** A timer that is later than this was held back: the page did not run. */
const HELD_BACK_MS = 1000;
/** The answerer asks this much after the offerer would have acted by itself. */
const ANSWERER_MS = 1000;

/** Decides when one pair's path is lost and what is tried: first an ICE restart, then new connections. */
export class Recovery {
  #pair;
  #clock;
  #offers;
  /** @type {RTCPeerConnectionState} */
  #state = "new";
  /** @type {ConnectionState} */
  #shown = "connecting";
  #since;
  #connectedAt = 0;
  #wait = RESTART_MS;
  #cancelStep = () => {};
  #cancelGiveUp = () => {};

  /**
   * @param {Pair} pair
   * @param {import("../lib/clock.js").Clock} clock
   * @param {() => boolean} offers
   */
  constructor(pair, clock, offers) {
    this.#pair = pair;
    this.#clock = clock;
    this.#offers = offers;
    this.#since = clock.now();
    this.#step(CONNECT_MS, () => this.#rebuild());
    this.#giveUpLater();
  }

  /** @param {RTCPeerConnectionState} state */
  changed(state) {
    const before = this.#state;
    this.#state = state;
    if (state === "connected") this.#connected();
    else if (state === "failed") this.#step(0, () => this.#missed());
    else if (state === "disconnected" && before === "connected") this.#watch();
  }

  /** Another connection is in use, which the other side may have made. */
  renewed() {
    this.#state = "new";
    if (this.#shown === "connected") this.#watch();
    else this.#step(this.#wait, () => this.#rebuild());
  }

  /** Descriptions of the connection in use fail: a restart cannot help. */
  broken() {
    this.#state = "failed";
    this.#loseSight();
    this.#step(PATIENCE_MS, () => this.#rebuild());
  }

  /** Signals can be sent again: whatever was tried meanwhile did not arrive. */
  signalsReturned() {
    if (this.#state !== "connected") this.#missed();
  }

  stop() {
    this.#cancelStep();
    this.#cancelGiveUp();
  }

  #connected() {
    this.stop();
    this.#connectedAt = this.#clock.now();
    this.#wait = RESTART_MS;
    this.#show("connected");
  }

  #watch() {
    this.#since = this.#clock.now();
    this.#step(PATIENCE_MS, () => this.#missed());
  }

  /** A path that was there is searched anew; one that never was, or did not come back, by another connection. */
  #missed() {
    if (this.#shown !== "connected") return this.#rebuild();
    this.#loseSight();
    this.#step(RESTART_MS, () => this.#rebuild());
    this.#pair.restart();
  }

  #loseSight() {
    if (this.#shown !== "connected") return;
    if (this.#since < this.#connectedAt) this.#since = this.#clock.now();
    this.#show("lost");
    this.#giveUpLater();
  }

  #rebuild() {
    this.#wait = Math.min(this.#wait * 1.5, REBUILD_MOST_MS);
    this.#step(this.#wait, () => this.#rebuild());
    this.#pair.rebuild();
  }

  #giveUpLater() {
    this.#cancelGiveUp = this.#clock.after(UNREACHABLE_MS, () => this.#show("unreachable"));
  }

  /** @param {ConnectionState} state */
  #show(state) {
    if (state === this.#shown) return;
    this.#shown = state;
    this.#pair.show(state, state === "connected" ? null : this.#since);
  }

  /**
   * A page that was held back has heard nothing of what came meanwhile: then the time counts once more.
   *
   * @param {number} milliseconds
   * @param {() => void} act
   */
  #step(milliseconds, act) {
    this.#cancelStep();
    const wait = milliseconds + (this.#offers() ? 0 : ANSWERER_MS);
    const due = this.#clock.now() + wait;
    this.#cancelStep = this.#clock.after(wait, () => {
      if (this.#clock.now() - due < HELD_BACK_MS) act();
      else this.#cancelStep = this.#clock.after(wait, act);
    });
  }
}
