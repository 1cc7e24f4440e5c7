import { on, part } from "../../lib/dom.js";
import { faultWords } from "./door_words.js";
import { spokenTrouble } from "./trouble.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {{kind: "plain"|"muted"|"sound"|"chat"|"fault"|"knock", words: string, label?: string, act?: () => void}} Toast
 */

const TOAST_MS = 6000;
const LONGEST_QUOTE = 80;

/**
 * What the page says beside the pictures: the banner above the stage, one toast at a time over it, and the live region.
 * The toast is no live region: whoever listens is told once, by the one at the end of the page, which is there all along.
 * What lasts (held back sound, speaking while muted) stays for as long as it is true; the rest goes after six seconds,
 * but not from under the pointer or the focus.
 */
export class Notices {
  #root;
  #call;
  #toast;
  #readChat;
  /** @type {Toast|null} */
  #passing = null;
  /** @type {Toast|null} */
  #lasting = null;
  /** @type {Toast|null} */
  #shown = null;
  #faults = "";
  /** @type {Map<string, string>} Whose trouble has been said, and which. */
  #troubles = new Map();
  #timer = 0;
  #signal;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {object} acts
   * @param {() => void} acts.readChat
   * @param {AbortSignal} signal
   */
  constructor(root, call, { readChat }, signal) {
    this.#root = root;
    this.#call = call;
    this.#readChat = readChat;
    this.#signal = signal;
    this.#toast = part(root, "toast");
    call.on("announce", (words) => this.say(words), { signal });
    call.on("chat", (message) => this.#quote(message), { signal });
    on(part(root, "toast-act"), "click", () => this.#act(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** @param {CallState} state */
  render(state) {
    part(this.#root, "banner").hidden = state.server !== "lost";
    this.#blame(state);
    this.#explain(state);
    const toast = lasting(state, this.#call);
    if (toast && !same(toast, this.#lasting)) this.tell(toast.words);
    this.#lasting = toast;
    this.#draw();
  }

  /**
   * Says something in passing.
   *
   * @param {string} words
   */
  say(words) {
    this.tell(words);
    this.#pass({ kind: "plain", words });
  }

  /**
   * Says that somebody waits, with one thing to do about it.
   *
   * @param {string} words
   * @param {string} label
   * @param {() => void} act
   */
  offer(words, label, act) {
    this.tell(words);
    this.#pass({ kind: "knock", words, label, act });
  }

  /**
   * Says it to those who listen alone.
   *
   * @param {string} words
   */
  tell(words) {
    part(this.#root, "live").textContent = words;
  }

  /** @param {import("../state.js").ChatMessage} message */
  #quote({ name, text }) {
    if (this.#root.dataset.panel === "chat") return;
    const quote = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
    this.tell(`${name} wrote: ${quote}`);
    this.#pass({ kind: "chat", words: `${name}: ${quote}`, label: "Read", act: this.#readChat });
  }

  /**
   * A device that fails during the call is named once.
   *
   * @param {CallState} state
   */
  #blame({ phase, faults }) {
    const [first] = faultWords(faults);
    const id = first?.id ?? "";
    if (phase !== "joined" || id === this.#faults) return;
    this.#faults = id;
    if (!first) return;
    const words = `${first.title}. ${first.text}`;
    this.tell(words);
    const act = () => this.#call.retry(first.icon);
    this.#pass({ kind: "fault", words, ...(first.retry ? { label: "Try again", act } : {}) });
  }

  /**
   * Why somebody cannot be reached is said once, in one sentence for all whom the same keeps away.
   *
   * @param {CallState} state
   */
  #explain({ people }) {
    /** @type {Map<string, string[]>} */
    const news = new Map();
    for (const { seat, name, trouble } of people) {
      if (!trouble || this.#troubles.get(seat) === trouble.code) continue;
      this.#troubles.set(seat, trouble.code);
      news.set(trouble.code, [...(news.get(trouble.code) ?? []), name]);
    }
    const sad = new Set(people.filter(({ trouble }) => trouble).map(({ seat }) => seat));
    for (const seat of this.#troubles.keys()) if (!sad.has(seat)) this.#troubles.delete(seat);
    for (const [code, names] of news) this.tell(spokenTrouble(names, code));
  }

  /** @param {Toast} toast */
  #pass(toast) {
    this.#passing = toast;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), TOAST_MS);
    this.#draw();
  }

  #expire() {
    if (!this.#toast.matches(":hover, :focus-within") || this.#shown !== this.#passing) {
      this.#passing = null;
      this.#draw();
      return;
    }
    const leave = new AbortController();
    const signal = AbortSignal.any([leave.signal, this.#signal]);
    for (const type of ["pointerleave", "focusout"]) {
      on(
        this.#toast,
        type,
        () => {
          leave.abort();
          this.#timer = setTimeout(() => this.#expire(), TOAST_MS / 3);
        },
        { signal },
      );
    }
  }

  #draw() {
    const toast = this.#lasting ?? this.#passing;
    if (same(toast, this.#shown)) return;
    this.#shown = toast;
    this.#toast.hidden = toast === null;
    if (!toast) return;
    this.#toast.dataset.kind = toast.kind;
    part(this.#toast, "toast-words").textContent = toast.words;
    const button = part(this.#toast, "toast-act");
    button.hidden = toast.label === undefined;
    button.textContent = toast.label ?? "";
  }

  #act() {
    const toast = this.#shown;
    if (toast === this.#passing) this.#passing = null;
    this.#draw();
    toast?.act?.();
  }
}

/**
 * @param {CallState} state
 * @param {Call} call
 * @returns {Toast|null}
 */
function lasting({ soundBlocked, own }, call) {
  if (soundBlocked) {
    const words = "Your browser holds the sound back.";
    return { kind: "sound", words, label: "Click to hear", act: () => call.hear() };
  }
  if (own.mutedSpeaking) {
    const words = "You are speaking, but you are muted";
    return { kind: "muted", words, label: "Unmute", act: () => call.setMicrophone(true) };
  }
  return null;
}

/**
 * @param {Toast|null} one
 * @param {Toast|null} other
 */
function same(one, other) {
  return one === other || (one?.kind === other?.kind && one?.words === other?.words);
}
