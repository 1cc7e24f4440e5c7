import { Emitter } from "../lib/emitter.js";
import { CandidateBatch, EarlyCandidates } from "./candidates.js";
import { fragments, origin, withOpusWishes } from "./sdp.js";
import { makeSlots, takeSlots } from "./slots.js";
import { SLOTS } from "./state.js";

/**
 * @typedef {import("./messages.js").Candidate} Candidate
 * @typedef {import("./messages.js").Candidates} Candidates
 * @typedef {import("./messages.js").Description} Description
 * @typedef {import("./state.js").SlotName} SlotName
 *
 * @typedef {object} ConnectionEvents
 * @property {Description|Candidates} signal For the other side.
 * @property {RTCPeerConnectionState} state
 * @property {void} slots The four slots are there: `track()` answers.
 * @property {Error} failure A description could not be applied; only another connection helps.
 *
 * @typedef {object} Search What the search for a path has met so far, without any address.
 * @property {string[]} servers The STUN and TURN servers it asks.
 * @property {RTCIceGatheringState} gathering
 * @property {{type: string, protocol: string}[]} found Own candidates; of a relay the protocol to the TURN server.
 * @property {{url: string, code: number}[]} faults What servers answered, or 701 for one that was not reached.
 */

/** An offer is said again when nobody answers it. */
const REPEAT_MS = 3000;
/** So much of a search is remembered: the rest says nothing new. */
const SEARCH_MOST = 64;

/**
 * One RTCPeerConnection of a pair, named by its epoch: perfect negotiation (W3C WebRTC, section 10.7) over signals that
 * may be lost or repeated. The pattern's three flags are not needed: everything that changes a description waits in a
 * queue for what came before, so that the signalling state alone says whether two offers have met, and candidates of an
 * ignored offer fit no description.
 *
 * @extends {Emitter<ConnectionEvents>}
 */
export class Connection extends Emitter {
  /** 0 until `start`. */
  epoch = 0;
  /** @type {RTCDataChannel} */
  talk;
  /** @type {RTCDataChannel} Carries heartbeats, which are never sent again. */
  pulse;
  #pc;
  #offers;
  #outgoing;
  #clock;
  #end = new AbortController();
  /** @type {RTCRtpTransceiver[]} */
  #slots = [];
  #number = 0;
  /** The number of the newest description that was heard. */
  #heard = -1;
  /** @type {Promise<unknown>} */
  #work = Promise.resolve();
  /** @type {RTCSessionDescriptionInit|undefined} */
  #madeAhead;
  /** The origin line of the offer that was taken last: its identity when it is said again. */
  #remoteOffer = "";
  #remoteAnswer = "";
  #givenAnswer = "";
  /** Whether a description is at work of which nothing is signalled. */
  #isApart = false;
  /** @type {RTCIceServer[]|null} */
  #nextServers = null;
  #batch;
  #early = new EarlyCandidates();
  #cancelRepeat = () => {};
  /** @type {Search["found"]} */
  #found = [];
  /** @type {Search["faults"]} */
  #faults = [];

  /**
   * @param {object} options
   * @param {boolean} options.offers Whether this side makes the slots and the first offer; it is the impolite one.
   * @param {RTCConfiguration} options.configuration
   * @param {import("./slots.js").Outgoing} options.outgoing
   * @param {import("../lib/clock.js").Clock} options.clock
   */
  constructor({ offers, configuration, outgoing, clock }) {
    super();
    this.#offers = offers;
    this.#outgoing = outgoing;
    this.#clock = clock;
    this.#batch = new CandidateBatch((candidates) => {
      this.#say({ type: "candidates", epoch: this.epoch, number: this.#number++, candidates });
    }, clock);
    this.#pc = new RTCPeerConnection({ ...configuration, bundlePolicy: "max-bundle" });
    const { signal } = this.#end;
    const on = (/** @type {string} */ name, /** @type {(event: any) => void} */ act) =>
      this.#pc.addEventListener(name, act, { signal });
    on("negotiationneeded", () => this.#negotiate());
    on("icecandidate", ({ candidate }) => this.#find(candidate));
    on("icecandidateerror", ({ url, errorCode }) => {
      if (this.#faults.length < SEARCH_MOST) this.#faults.push({ url, code: errorCode });
    });
    on("connectionstatechange", () => this.emit("state", this.#pc.connectionState));
    on("signalingstatechange", () => this.#pc.signalingState === "stable" && this.#cancelRepeat());
    if (offers) this.#useSlots(makeSlots(this.#pc, outgoing));
    this.talk = this.#pc.createDataChannel("talk", { negotiated: true, id: 0 });
    const lossy = { ordered: false, maxRetransmits: 0 };
    this.pulse = this.#pc.createDataChannel("pulse", { negotiated: true, id: 1, ...lossy });
  }

  /** @returns {string} The other side's description that was taken last; empty: none yet. */
  get remote() {
    return this.#pc.remoteDescription?.sdp ?? "";
  }

  /** @returns {RTCPeerConnectionState} */
  get state() {
    return this.#pc.connectionState;
  }

  /**
   * Does ahead what an offer needs, before it is known whom it is for. Nothing is signalled.
   *
   * @param {boolean} gathers Whether the ICE servers are known already, so that candidates can be found too.
   */
  prepare(gathers) {
    this.#next(async () => {
      const offer = await this.#pc.createOffer();
      if (gathers) await this.#pc.setLocalDescription(offer);
      else this.#madeAhead = offer;
    });
  }

  /**
   * Names the connection and lets its signals out. Resolves when the own first description is on its way.
   *
   * @param {number} epoch
   * @param {RTCIceServer[]} iceServers
   */
  async start(epoch, iceServers) {
    this.epoch = epoch;
    const { signal: ended } = this.#end;
    const described = new Promise((resolve) => {
      const listen = (/** @type {Description|Candidates} */ { type }) =>
        type !== "candidates" && resolve(undefined);
      this.on("signal", listen, { signal: ended });
      ended.addEventListener("abort", resolve);
    });
    if (this.#offers) {
      this.#next(async () => {
        if (this.#pc.localDescription) return this.#describe();
        if (iceServers.length) this.serve(iceServers);
        await this.#offer();
      });
    }
    await described;
  }

  /**
   * A signal of the other side for this epoch, by whichever way, once or twice. Descriptions that do not grow in number
   * are dropped. Candidates never: they wait for the description of their generation, and one that is known changes
   * nothing.
   *
   * @param {Description|Candidates} signal
   */
  receive(signal) {
    if (signal.type !== "candidates") {
      if (signal.number <= this.#heard) return;
      this.#heard = signal.number;
    }
    this.#next(() => {
      if (signal.type === "candidates") {
        return this.#addCandidates(this.#early.take(signal.candidates));
      }
      return signal.type === "offer" ? this.#takeOffer(signal.sdp) : this.#takeAnswer(signal.sdp);
    });
  }

  /**
   * For the next search; what is known of a path stays. Until then they are kept aside: a browser that has other servers
   * than it searched with searches anew with its next description, whatever that is for (RFC 8829, section 4.1.18).
   *
   * @param {RTCIceServer[]} iceServers
   */
  serve(iceServers) {
    this.#nextServers = iceServers;
    if (!this.#pc.localDescription) this.#useServers();
  }

  #useServers() {
    const iceServers = this.#nextServers;
    this.#nextServers = null;
    if (!iceServers || this.#closed) return;
    // Firefox before 119 cannot: there only a connection that is built anew has them.
    this.#pc.setConfiguration?.({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** The other side may have missed candidates, which are said again; offers and answers are without being asked. */
  repeat() {
    this.#batch.again();
  }

  /** Whether an offer of this side waits for its answer. */
  get isUnanswered() {
    return !this.#isApart && this.#pc.signalingState === "have-local-offer";
  }

  /** Says again at once what may not have arrived: an offer that nobody answered, and all candidates. */
  again() {
    if (this.isUnanswered) this.#next(() => this.#describeAgain());
    this.repeat();
  }

  /** Offers new ICE credentials; the path in use goes on until another is found. */
  restart() {
    if (this.#closed) return;
    this.#useServers();
    this.#pc.restartIce();
  }

  /**
   * What the other side sends in this slot, whether or not it carries anything now.
   *
   * @param {SlotName} slot
   * @returns {RTCRtpReceiver|null}
   */
  receiver(slot) {
    return this.#slots[SLOTS.indexOf(slot)]?.receiver ?? null;
  }

  /**
   * Sends what `outgoing` holds for this slot now.
   *
   * @param {SlotName} slot
   */
  async replace(slot) {
    const sender = this.#slots[SLOTS.indexOf(slot)]?.sender;
    try {
      await sender?.replaceTrack(this.#outgoing.tracks[slot]);
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * @param {SlotName} slot
   * @returns {RTCRtpSender|null}
   */
  sender(slot) {
    return this.#slots[SLOTS.indexOf(slot)]?.sender ?? null;
  }

  /** @returns {Search} */
  get search() {
    const { iceServers = [] } = this.#pc.getConfiguration();
    return {
      servers: iceServers.flatMap(({ urls }) => urls),
      gathering: this.#pc.iceGatheringState,
      found: [...this.#found],
      faults: [...this.#faults],
    };
  }

  /**
   * Lets `act` describe something anew when its turn comes. It throws nothing and leaves the signalling state as it was.
   *
   * @param {(pc: RTCPeerConnection) => Promise<void>} act
   */
  inTurn(act) {
    this.#next(async () => {
      this.#isApart = true;
      try {
        await act(this.#pc);
      } finally {
        this.#isApart = false;
      }
    });
  }

  /** @returns {Promise<RTCStatsReport>} */
  stats() {
    return this.#pc.getStats();
  }

  close() {
    if (this.#closed) return;
    this.#end.abort();
    this.#batch.close();
    this.#cancelRepeat();
    this.#pc.close();
  }

  get #closed() {
    return this.#end.signal.aborted;
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#closed) return;
    this.emit("failure", error instanceof Error ? error : new Error(String(error)));
  }

  /** @param {RTCRtpTransceiver[]} slots */
  #useSlots(slots) {
    this.#slots = slots;
    for (const slot of SLOTS) if (this.#outgoing.tracks[slot]) this.replace(slot);
    this.emit("slots", undefined);
  }

  /**
   * Offers when its turn comes. A spare has no epoch yet and the answerer no slots to offer; in any state but `stable`
   * the browser asks again by itself afterwards.
   */
  #negotiate() {
    this.#next(async () => {
      const isReady = this.epoch && this.#slots.length && this.#pc.signalingState === "stable";
      if (isReady) await this.#offer();
    });
  }

  async #offer() {
    const ahead = this.#madeAhead;
    this.#madeAhead = undefined;
    await this.#pc.setLocalDescription(ahead);
    if (!this.#closed) this.#describe();
  }

  /**
   * Descriptions of both sides take turns: one that is applied while another still is would be judged by a state that
   * is about to change, and `setLocalDescription()` would choose the wrong type.
   *
   * @param {() => Promise<void>|void} act
   */
  #next(act) {
    this.#work = this.#work
      .then(() => (this.#closed ? undefined : act()))
      .catch((error) => this.#fail(error));
  }

  /** @param {string} sdp */
  async #takeOffer(sdp) {
    if (origin(sdp) === this.#remoteOffer && this.#givenAnswer) {
      // It did not arrive; then what followed it may be lost as well.
      this.#say(this.#description("answer", this.#givenAnswer));
      this.#batch.again();
      return;
    }
    if (this.#offers && this.#pc.signalingState !== "stable") return;
    this.#remoteOffer = origin(sdp);
    this.#givenAnswer = "";
    if (String([...fragments(sdp)]) !== String([...fragments(this.remote)])) this.#useServers();
    await this.#pc.setRemoteDescription({ type: "offer", sdp });
    if (!this.#slots.length) this.#useSlots(takeSlots(this.#pc, this.#outgoing));
    await this.#pc.setLocalDescription();
    if (this.#closed) return;
    this.#describe();
    await this.#addCandidates(this.#early.describedBy(sdp));
  }

  /** @param {string} sdp */
  async #takeAnswer(sdp) {
    // The same answer again: it was to an offer that had been said again.
    if (this.#pc.signalingState !== "have-local-offer" || sdp === this.#remoteAnswer) return;
    this.#remoteAnswer = sdp;
    await this.#pc.setRemoteDescription({ type: "answer", sdp });
    await this.#addCandidates(this.#early.describedBy(sdp));
  }

  /**
   * A candidate that this browser cannot use is no fault: another one may do.
   *
   * @param {Candidate[]} candidates
   */
  async #addCandidates(candidates) {
    await Promise.allSettled(
      candidates.map(({ candidate, sdpMid, usernameFragment }) =>
        this.#pc.addIceCandidate({
          candidate,
          sdpMid: sdpMid || "0",
          ...(usernameFragment && { usernameFragment }),
        }),
      ),
    );
  }

  #describe() {
    const { type, sdp } = /** @type {RTCSessionDescription} */ (this.#pc.localDescription);
    const text = withOpusWishes(sdp);
    if (type === "answer") this.#givenAnswer = text;
    this.#say(this.#description(/** @type {"offer"|"answer"} */ (type), text));
    if (type === "offer") this.#repeatLater();
    this.#batch.described(sdp);
  }

  #repeatLater() {
    this.#cancelRepeat();
    this.#cancelRepeat = this.#clock.after(REPEAT_MS, () => this.#describeAgain());
  }

  #describeAgain() {
    if (this.isUnanswered) this.#describe();
  }

  /** @param {(RTCIceCandidate & {relayProtocol?: string|null})|null} found Null: that was the last one. */
  #find(found) {
    if (found?.candidate && this.#found.length < SEARCH_MOST) {
      const { type, protocol, relayProtocol } = found;
      this.#found.push({ type: type ?? "", protocol: relayProtocol ?? protocol ?? "" });
    }
    const fragment = found?.usernameFragment ?? [...fragments(this.#pc.localDescription?.sdp)][0];
    this.#batch.add({
      candidate: found?.candidate ?? "",
      sdpMid: found?.sdpMid ?? "0",
      usernameFragment: fragment ?? "",
    });
  }

  /**
   * @param {"offer"|"answer"} type
   * @param {string} sdp
   * @returns {Description}
   */
  #description(type, sdp) {
    return { type, epoch: this.epoch, number: this.#number++, sdp };
  }

  /** @param {Description|Candidates} signal */
  #say(signal) {
    if (!this.#closed) this.emit("signal", signal);
  }
}
