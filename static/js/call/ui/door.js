import { clone, on, part } from "../../lib/dom.js";
import { showFace } from "./face.js";
import { deviceChoices, HAS_SPEAKERS, KINDS } from "./menus.js";
import { dressDevices, isOnPlainHttp, wireDevices } from "./toolbar.js";
import { aheadWords, barWords, hereWords } from "./words.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 * @typedef {import("./menus.js").Kind} Kind
 */

const NAME_KEY = "parley-name";
const MOST_FACES = 4;
const BARS = 20;
/** Here they stand outside, on a page of its own. */
const OUTSIDE = ["knocking", "turned-away"];

/** The page before the call: own picture, devices, name, who is inside, and every reason to wait or to turn back. */
export class Door {
  #root;
  #call;
  #preview;
  #video;
  #name;
  #bars;
  #ownPicture;
  /** Whether Join was pressed and nothing has come of it yet. */
  #isAsking = false;
  /** Whether Join was pressed and the room was locked. */
  #isShut = false;
  /** What each part was last drawn from, so that a level ten times a second costs nothing elsewhere. */
  #drawn = { here: "", devices: "" };

  /**
   * @param {HTMLElement} root
   * @param {Call} call
   * @param {import("../state.js").PageData} page
   * @param {AbortSignal} signal
   */
  constructor(root, call, page, signal) {
    this.#root = root;
    this.#call = call;
    this.#preview = part(root, "preview");
    this.#video = part(this.#preview, "video", HTMLVideoElement);
    this.#name = part(root, "your-name", HTMLInputElement);
    this.#ownPicture = page.picture;
    this.#bars = Array.from({ length: BARS }, () => document.createElement("i"));
    part(root, "bars").replaceChildren(...this.#bars);
    if (!page.name && !this.#name.value) this.#name.value = remembered();
    wireDevices(part(root, "preview-side"), call, signal);
    on(part(root, "form"), "submit", (event) => this.#join(event), { signal });
    on(part(root, "stop-waiting"), "click", () => call.leave(), { signal });
    on(part(root, "move-here"), "click", () => call.moveHere(), { signal });
    on(part(root, "join-twice"), "click", () => call.joinTwice(), { signal });
    on(this.#name, "input", () => this.#named(), { signal });
    call.on("announce", (words) => this.#answered(words), { signal });
    for (const kind of KINDS) {
      const select = part(root, `door-${kind}`, HTMLSelectElement);
      on(select, "change", () => call.choose(kind, select.value), { signal });
    }
    this.#named();
    if (matchMedia("(pointer: fine)").matches && !this.#name.value) this.#name.focus();
  }

  /** @param {CallState} state */
  render(state) {
    const isElsewhere = state.phase === "elsewhere";
    const isRefused = state.phase === "refused";
    const isOutside = OUTSIDE.includes(state.phase);
    part(this.#root, "door").hidden = isElsewhere || isRefused || isOutside;
    part(this.#root, "lobby").hidden = !isOutside;
    part(this.#root, "refused").hidden = !isRefused;
    const question = part(this.#root, "elsewhere");
    if (question.hidden === isElsewhere) {
      question.hidden = !isElsewhere;
      part(question, "elsewhere-title").focus();
    }
    if (isElsewhere) return;
    // The name was taken: whatever is announced from here on is about something else.
    if (state.phase === "waiting" || isOutside) this.#isAsking = false;
    this.#shut(state);
    if (isRefused) return this.hide();
    this.#picture(state);
    this.#here(state);
    this.#devices(state);
    this.#button(state);
    part(this.#root, "room-name").textContent = state.room.name;
    part(this.#root, "hiding").hidden = !state.room.relayOnly;
  }

  /** @param {CallState} state */
  #shut({ phase, room }) {
    if (!room.locked) this.#isShut = false;
    else if (phase === "door" && this.#isAsking) {
      this.#isShut = true;
      this.#isAsking = false;
    }
  }

  /** @param {number} level 0 to 1 */
  level(level) {
    const lit = Math.round(level * this.#bars.length);
    const bars = part(this.#root, "bars");
    if (bars.ariaValueNow === String(lit)) return;
    bars.ariaValueNow = String(lit);
    for (const [index, bar] of this.#bars.entries()) {
      bar.toggleAttribute("data-lit", index < lit);
    }
  }

  /** Lets go of the preview while the call has the page. */
  hide() {
    this.#isAsking = false;
    this.#video.srcObject = null;
  }

  /** @param {CallState} state */
  #picture({ own }) {
    if (this.#video.srcObject !== own.camera) {
      this.#video.muted = true;
      this.#video.srcObject = own.camera;
    }
    const heard = own.slots.microphone === "on";
    this.#preview.dataset.camera = own.slots.camera;
    this.#preview.toggleAttribute("data-muted", !heard);
    dressDevices(part(this.#root, "preview-side"), this.#call.state);
    part(this.#root, "meter").hidden = own.slots.microphone === "off";
    part(this.#root, "meter-words").textContent = heard
      ? own.speaking
        ? "We hear you"
        : "Say something"
      : "You are muted";
    if (!heard) this.level(0);
  }

  /** @param {CallState} state */
  #here({ here, phase, room }) {
    const names = here.map(({ name }) => name);
    const drawn = JSON.stringify([phase === "connecting", here, room.lobby]);
    if (drawn === this.#drawn.here) return;
    this.#drawn.here = drawn;
    part(this.#root, "here").textContent =
      phase === "connecting" ? "Looking who is there…" : hereWords(names, room.lobby);
    const faces = here.slice(0, MOST_FACES).map(({ name, picture }) => {
      const face = clone("face");
      showFace(face, name, picture);
      return face;
    });
    part(this.#root, "here-faces").replaceChildren(...faces);
  }

  /** @param {CallState} state */
  #devices(state) {
    part(this.#root, "devices").hidden = isOnPlainHttp(state);
    const choices = KINDS.map((kind) => deviceChoices(state, kind));
    const drawn = JSON.stringify(choices);
    if (drawn === this.#drawn.devices) return;
    this.#drawn.devices = drawn;
    for (const [index, kind] of KINDS.entries()) {
      const select = part(this.#root, `door-${kind}`, HTMLSelectElement);
      const options = (choices[index] ?? []).map(
        ({ id, label, chosen }) => new Option(label, id, chosen, chosen),
      );
      select.disabled = options.length === 0;
      select.replaceChildren(...(options.length > 0 ? options : [new Option(`No ${kind}`, "")]));
    }
    const speakers = choices[KINDS.indexOf("speaker")] ?? [];
    part(this.#root, "speaker-field").hidden = !HAS_SPEAKERS || speakers.length === 0;
  }

  /** @param {CallState} state */
  #button({ phase, full, ahead, server, room }) {
    const join = part(this.#root, "join", HTMLButtonElement);
    const waiting = phase === "waiting";
    const busy = phase === "joining";
    const ready = phase === "door" && server === "open";
    join.hidden = waiting;
    join.disabled = !ready;
    join.ariaBusy = String(busy);
    join.textContent = busy ? "Joining…" : "Join";
    part(this.#root, "stop-waiting").hidden = !waiting;
    part(this.#root, "name-field").hidden = waiting;
    const atDoor = barWords({ full, locked: room.locked, tried: this.#isShut });
    const text = `Keep this page open: you come in when somebody leaves. ${aheadWords(ahead)}`;
    const bar = waiting ? { title: "The room is full", text } : phase === "door" ? atDoor : null;
    part(this.#root, "waiting").hidden = bar === null;
    part(this.#root, "waiting-title").textContent = bar?.title ?? "";
    part(this.#root, "waiting-text").textContent = bar?.text ?? "";
    part(this.#root, "join-hint").textContent = hint(phase, server);
  }

  #named() {
    const name = this.#name.value.trim();
    part(this.#preview, "name").textContent = name || "You";
    showFace(part(this.#preview, "initials"), name, this.#ownPicture);
    if (name) this.#blame("");
  }

  /** @param {string} words Empty: nothing is wrong with the name. */
  #blame(words) {
    this.#name.ariaInvalid = words ? "true" : null;
    part(this.#root, "name-error").hidden = words === "";
    part(this.#root, "name-error-text").textContent = words;
  }

  /** @param {Event} event */
  #join(event) {
    event.preventDefault();
    const name = this.#name.value.trim();
    if (!name) {
      this.#blame("Type a name: the others see it.");
      this.#name.focus();
      return;
    }
    this.#isAsking = true;
    this.#call.join(name);
    remember(name);
  }

  /** @param {string} words Why the server does not take this name. */
  #answered(words) {
    if (!this.#isAsking) return;
    this.#isAsking = false;
    this.#blame(words);
    this.#name.focus();
  }
}

/**
 * @param {CallState["phase"]} phase
 * @param {CallState["server"]} server
 */
function hint(phase, server) {
  if (server === "lost") return "We cannot reach the server. We keep trying.";
  if (phase === "connecting") return "Connecting to the server…";
  if (phase === "joining") return "Going in…";
  if (phase === "waiting") return "Nobody sees or hears you while you wait.";
  return "Nobody sees or hears you before you press Join.";
}

/** The name of last time; a browser that keeps nothing for pages has none. */
function remembered() {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Private windows may forbid it; the name is then typed again next time.
  }
}
