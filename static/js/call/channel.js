import { Emitter } from "../lib/emitter.js";
import { FRAME_BYTES, parsePeer } from "./messages.js";

/**
 * @typedef {import("./messages.js").PeerMessage} PeerMessage
 *
 * @typedef {object} ChannelEvents
 * @property {void} open
 * @property {PeerMessage} message
 */

/** More than this in the browser's buffer, and frames wait here. */
const BUFFER_BYTES = 262_144;
/** More than this waiting here, and `send` refuses. */
const WAITING_BYTES = 1_048_576;

const encoder = new TextEncoder();

/**
 * The data channel of one connection as typed messages: one JSON object in one text frame. What is not a message of the
 * protocol is dropped and counted.
 *
 * @extends {Emitter<ChannelEvents>}
 */
export class Channel extends Emitter {
  /** How many frames were dropped. */
  invalid = 0;
  #wire;
  /** @type {string[]} */
  #waiting = [];
  #waitingBytes = 0;
  #end = new AbortController();

  /** @param {RTCDataChannel} wire */
  constructor(wire) {
    super();
    this.#wire = wire;
    wire.bufferedAmountLowThreshold = BUFFER_BYTES / 4;
    const { signal } = this.#end;
    wire.addEventListener("open", () => this.emit("open", undefined), { signal });
    wire.addEventListener("bufferedamountlow", () => this.#drain(), { signal });
    wire.addEventListener("message", ({ data }) => this.#take(data), { signal });
  }

  get isOpen() {
    return this.#wire.readyState === "open";
  }

  /**
   * @param {PeerMessage} message
   * @returns {boolean} False when it was not taken: the channel is not open, it is too long or too much waits.
   */
  send(message) {
    const frame = JSON.stringify(message);
    const bytes = encoder.encode(frame).length;
    if (!this.isOpen || bytes > FRAME_BYTES || this.#waitingBytes + bytes > WAITING_BYTES) {
      return false;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += bytes;
    this.#drain();
    return true;
  }

  /** Stops listening; the connection closes the wire. */
  close() {
    this.#end.abort();
  }

  #drain() {
    while (this.isOpen && this.#wire.bufferedAmount < BUFFER_BYTES) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#waitingBytes -= encoder.encode(frame).length;
      this.#wire.send(frame);
    }
  }

  /** @param {unknown} data */
  #take(data) {
    const message = typeof data === "string" ? parsePeer(data) : null;
    if (message) this.emit("message", message);
    else this.invalid += 1;
  }
}
