/**
 * @typedef {import("./state.js").ConnectionState} ConnectionState
 *
 * @typedef {object} Pair What a recovery watches over.
 * @property {(state: ConnectionState, since: number|null) => void} show
 * @property {() => void} restart A new search for a path, asked for or done.
 * @property {() => void} rebuild A new connection, asked for or made.
 * @property {() => void} again Says once more what was said last: it may not have arrived.
 * @property {() => number} grace For how many milliseconds more this side waits before it wants another connection: the
 *   other side, which makes them, is to be first.
 */

/** A connection that is not there by then is built anew; each further one gets longer, whoever made it. */
const CONNECT_MS = 10_000;
const CONNECT_MOST_MS = 30_000;
const LONGER = 1.5;
/** How long a path may be away by itself, when the browser alone says so. */
const PATIENCE_MS = 2000;
/** How long an ICE restart may take before the connection is built anew. */
const RESTART_MS = 5000;
/** A connection that comes to nothing at once is not followed by another one at once. */
const FAILED_MS = 1000;
/** A restart that was followed by silence within this time has found nothing that holds. */
const PROOF_MS = 10_000;
/** A restart from before this time knew nothing of the network that signals came back by. */
const TRIED_MS = 1500;
/** A connection as young as this loses more by another one than by its signals that went nowhere. */
const YOUNG_MS = 3000;
const UNREACHABLE_MS = 30_000;
/** A timer that is later than this was held back: the page did not run. */
const HELD_BACK_MS = 1000;

/**
 * Decides what is tried for a pair whose path is lost: first an ICE restart, 5 s later another connection, then more of
 * them. Whatever comes over the path again ends it at once. Both sides do the same.
 */
export class Recovery {
  #pair;
  #clock;
  /** @type {RTCPeerConnectionState} */
  #state = "new";
  /** @type {ConnectionState} */
  #shown = "connecting";
  #since;
  #connectedAt = 0;
  /** When a restart was tried last, of which nothing was heard since; 0: something was. */
  #restartedAt = 0;
  /** When the connection that is waited for was made, or asked for; 0: none is. */
  #begunAt;
  /** The connections that were waited for since there was one. */
  #tries = 0;
  #cancelStep = () => {};
  #cancelGiveUp = () => {};

  /**
   * @param {Pair} pair
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(pair, clock) {
    this.#pair = pair;
    this.#clock = clock;
    this.#since = clock.now();
    this.#begunAt = this.#since;
    this.#rebuildLater();
    this.#giveUpLater();
  }

  /** @param {RTCPeerConnectionState} state As the browser says. */
  changed(state) {
    const before = this.#state;
    this.#state = state;
    if (state === "connected") this.#connected();
    else if (state === "failed") this.#failed();
    else if (state === "disconnected" && before === "connected") this.#watch();
  }

  /** @param {number} since When anything came over the path last, long before the browser thinks anything of it. */
  stalled(since) {
    if (this.#shown !== "connected") return;
    this.#since = Math.max(since, this.#connectedAt);
    this.#missed();
  }

  /** Something came over the connection in use. Before the browser calls that connected, it is no more than a try. */
  heard() {
    if (this.#state !== "connected" && this.#state !== "disconnected") return;
    this.#restartedAt = 0;
    if (this.#shown !== "connected") this.#connected();
    else if (this.#state === "disconnected") this.#watch();
  }

  /** Another connection is in use, which the other side may have made. */
  renewed() {
    this.#state = "new";
    this.#restartedAt = 0;
    this.#begunAt = this.#clock.now();
    if (this.#shown !== "connected") return this.#rebuildLater();
    this.#since = this.#begunAt;
    this.#step(PATIENCE_MS, () => {
      this.#loseSight();
      this.#rebuildLater();
    });
  }

  /** Descriptions of the connection in use fail: a restart cannot help. */
  broken() {
    this.#state = "failed";
    this.#loseSight();
    this.#step(PATIENCE_MS, () => this.#rebuild());
  }

  /** Signals can be sent again: whatever was said meanwhile did not arrive. What began just now need not begin anew. */
  signalsReturned() {
    const isConnected = this.#shown === "connected";
    if (isConnected && this.#state === "connected") return;
    if (this.#isYoung() || this.#triedWithin(TRIED_MS)) this.#pair.again();
    else if (isConnected) this.#missed();
    else this.#rebuild();
  }

  stop() {
    this.#cancelStep();
    this.#cancelGiveUp();
  }

  #connected() {
    this.stop();
    this.#connectedAt = this.#clock.now();
    this.#tries = 0;
    this.#begunAt = 0;
    this.#show("connected");
  }

  #failed() {
    if (this.#shown === "connected") this.#missed();
    else this.#step(FAILED_MS, () => this.#rebuild());
  }

  #watch() {
    if (this.#shown !== "connected") return;
    this.#since = this.#clock.now();
    this.#step(PATIENCE_MS, () => this.#missed());
  }

  /** A path is searched anew, but for one that a search has found and that then brought nothing. */
  #missed() {
    this.#loseSight();
    if (this.#triedWithin(PROOF_MS)) return this.#rebuild();
    this.#restartedAt = this.#clock.now();
    this.#step(RESTART_MS, () => this.#rebuild());
    this.#pair.restart();
  }

  /**
   * Whether a restart was tried so short a time ago, and nothing was heard since.
   *
   * @param {number} milliseconds
   */
  #triedWithin(milliseconds) {
    return this.#restartedAt > 0 && Math.abs(this.#clock.now() - this.#restartedAt) < milliseconds;
  }

  /** Whether the connection in use had no time yet; one on which both sides are at work has more of it. */
  #isYoung() {
    const isAtWork = this.#shown === "connecting" || this.#state === "connecting";
    const age = Math.abs(this.#clock.now() - this.#begunAt);
    return age < (isAtWork ? CONNECT_MS : YOUNG_MS);
  }

  #loseSight() {
    if (this.#shown !== "connected") return;
    if (this.#since < this.#connectedAt) this.#since = this.#clock.now();
    this.#show("lost");
    this.#giveUpLater();
  }

  #rebuild() {
    this.#restartedAt = 0;
    this.#begunAt = this.#clock.now();
    const before = this.#tries;
    this.#pair.rebuild();
    // Whoever asked for a connection has none yet.
    if (this.#tries === before) this.#rebuildLater();
  }

  #rebuildLater() {
    const wait = Math.min(CONNECT_MS * LONGER ** this.#tries, CONNECT_MOST_MS);
    this.#tries += 1;
    this.#step(wait + this.#pair.grace(), () => this.#rebuild());
  }

  #giveUpLater() {
    this.#cancelGiveUp();
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
    const due = this.#clock.now() + milliseconds;
    this.#cancelStep = this.#clock.after(milliseconds, () => {
      if (this.#clock.now() - due < HELD_BACK_MS) act();
      else this.#cancelStep = this.#clock.after(milliseconds, act);
    });
  }
}
