import { Emitter } from "../lib/emitter.js";
import { firstState } from "./state.js";

/**
 * @typedef {import("./state.js").CallState} CallState
 * @typedef {import("./state.js").ChatMessage} ChatMessage
 * @typedef {import("./state.js").PageData} PageData
 *
 * @typedef {object} CallEvents
 * @property {CallState} change `state` is another now; at most once per task, after offers have left.
 * @property {{seat: string, level: number}} level 0 to 1, ten times a second; `seat` is "own" for the own microphone.
 * @property {string} announce A sentence for the live region.
 * @property {ChatMessage} chat A message of somebody else arrived.
 */

/**
 * One person's call: the only owner of `state`. The page renders `state` on `change` and calls the methods.
 *
 * @extends {Emitter<CallEvents>}
 */
export class Call extends Emitter {
  /** @type {CallState} */
  state;

  /** @param {PageData} page */
  constructor(page) {
    super();
    this.state = firstState(page);
  }

  /**
   * Takes a seat, or the wait for one.
   *
   * @param {string} _name
   */
  join(_name) {}

  /** Gives up the seat and everything that goes with it; the phase becomes `left`. */
  leave() {}

  /** @param {boolean} _on */
  setMicrophone(_on) {}

  /** @param {boolean} _on */
  setCamera(_on) {}

  /** Asks the browser for a screen, and shows it. */
  share() {}

  stopShare() {}

  /**
   * @param {"microphone"|"camera"|"speaker"} _kind
   * @param {string} _deviceId
   */
  choose(_kind, _deviceId) {}

  /**
   * Asks for a device again that had a fault.
   *
   * @param {"microphone"|"camera"} _kind
   */
  retry(_kind) {}

  /** @param {string} _text */
  send(_text) {}

  /**
   * Messages count as read while the chat is open.
   *
   * @param {boolean} _isOpen
   */
  readChat(_isOpen) {}

  /** Starts sound that the browser held back; call it from a click. */
  hear() {}

  /** Undoes the constructor without a word to the others. */
  close() {}
}
