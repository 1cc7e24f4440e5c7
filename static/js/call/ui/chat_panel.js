import { clone, on, part } from "../../lib/dom.js";
import { keyOf } from "../chat_log.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("../state.js").ChatMessage} ChatMessage
 */

/** Messages of one person within this time stand under one name. */
const TOGETHER_MS = 180_000;

/** The code of every key that an input method has taken (UI Events, 7.3.1). */
const COMPOSING = 229;

const OPEN = "Write to everyone";
const BARRED = "You may not write just now";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** What was written, and the box to write in. */
export class ChatPanel {
  #root;
  #call;
  #log;
  #box;
  /** @type {Map<string, HTMLElement>} By the messages' keys. */
  #shown = new Map();
  /** @type {string} */
  #drawn = "";

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {AbortSignal} signal
   */
  constructor(root, call, signal) {
    this.#root = part(root, "chat-panel");
    this.#call = call;
    this.#log = part(this.#root, "log");
    this.#box = part(this.#root, "message", HTMLTextAreaElement);
    on(part(this.#root, "chat-form"), "submit", (event) => this.#send(event), { signal });
    on(this.#box, "keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event), { signal });
  }

  /** Puts the cursor into the box and shows the newest message. */
  opened() {
    this.#box.focus();
    part(this.#root, "scroll").scrollTop = 0;
  }

  /** @param {CallState} state */
  render({ chat, room, own, order }) {
    this.#bar(own.forbidden.includes("chat"));
    part(this.#root, "note").textContent = room.keepsChat
      ? "This room keeps what is written."
      : "Nothing written here is kept after the call.";
    const messages = chat.messages.filter(({ seat }) => !order.hushed.includes(seat));
    part(this.#root, "empty").hidden = messages.length > 0;
    const drawn = messages.map((message) => `${keyOf(message)} ${message.state}`).join("\n");
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#list(messages, room.keepsChat ? "Not kept" : "Not sent");
  }

  /** @param {boolean} isBarred Whether hosts do not let this person write. What they had begun stays. */
  #bar(isBarred) {
    if (this.#box.readOnly === isBarred) return;
    this.#box.readOnly = isBarred;
    this.#box.placeholder = isBarred ? BARRED : OPEN;
    part(this.#root, "send", HTMLButtonElement).disabled = isBarred;
    part(this.#root, "chat-barred").hidden = !isBarred;
  }

  /**
   * @param {ChatMessage[]} messages
   * @param {string} lost What is said of those that were refused.
   */
  #list(messages, lost) {
    const kept = new Set(messages.map(keyOf));
    for (const [key, element] of this.#shown) {
      if (kept.has(key)) continue;
      element.remove();
      this.#shown.delete(key);
    }
    /** @type {ChatMessage|null} */
    let before = null;
    let place = this.#log.firstElementChild;
    for (const message of messages) {
      const element = this.#shown.get(keyOf(message)) ?? this.#write(message);
      if (element === place) place = place.nextElementSibling;
      else this.#log.insertBefore(element, place);
      element.toggleAttribute("data-follows", before !== null && follows(message, before));
      part(element, "state").hidden = message.state === "sent";
      if (message.state === "refused") part(element, "state").textContent = lost;
      before = message;
    }
  }

  /** @param {ChatMessage} message */
  #write(message) {
    const element = clone("message");
    date(part(element, "time", HTMLTimeElement), message.at);
    part(element, "who").textContent = message.own ? "You" : message.name;
    part(element, "text").textContent = message.text;
    element.toggleAttribute("data-own", message.own);
    this.#shown.set(keyOf(message), element);
    return element;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // Enter that ends a composition chooses a word, it does not send. Safari has ended it by then, but for the code.
    const isComposing = event.isComposing || event.keyCode === COMPOSING;
    if (event.key === "Enter" && !event.shiftKey && !isComposing) this.#send(event);
  }

  /** @param {Event} event */
  #send(event) {
    event.preventDefault();
    // The server takes no U+0000, which nobody sees.
    const text = this.#box.value.replaceAll("\0", "").trim();
    if (text === "" || this.#box.readOnly) return;
    this.#call.send(text);
    this.#box.value = "";
    this.#box.focus();
    part(this.#root, "scroll").scrollTop = 0;
  }
}

/**
 * A time that is none is left out: everything else must be shown all the same.
 *
 * @param {HTMLTimeElement} element
 * @param {number} at
 */
function date(element, at) {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return;
  element.dateTime = moment.toISOString();
  element.textContent = clock.format(moment);
}

/**
 * @param {ChatMessage} message
 * @param {ChatMessage} before
 */
function follows(message, before) {
  return (
    message.own === before.own &&
    message.seat === before.seat &&
    message.name === before.name &&
    message.at - before.at < TOGETHER_MS
  );
}
