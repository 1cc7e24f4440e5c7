import { on, part } from "../../lib/dom.js";
import { Menu } from "./menus.js";
import { runningTime } from "./words.js";

/**
 * @typedef {import("../call.js").Call} Call
 * @typedef {import("../state.js").CallState} CallState
 */

const ONLY_HTTPS = "works on https pages only";
const NOT_ALLOWED = "the host does not allow it for now";

/**
 * Dresses one of the switches that the door and the bar share.
 *
 * @param {HTMLElement} button
 * @param {boolean} on
 * @param {{name: string, label?: string, bar?: string}} words For the state it is in; `bar`: why the page cannot have
 *   what the switch is for.
 */
export function dressSwitch(button, on, { name, label, bar }) {
  const words = bar ? `${name}: ${bar}` : name;
  if (button.getAttribute("aria-label") === words) return;
  button.toggleAttribute("data-off", !on);
  button.ariaDisabled = bar ? "true" : null;
  button.setAttribute("aria-label", words);
  if (label) part(button, "label").textContent = label;
}

/**
 * @param {HTMLElement} root
 * @param {CallState} state
 */
export function dressDevices(root, state) {
  const { slots } = state.own;
  const heard = slots.microphone === "on";
  dressSwitch(part(root, "microphone"), heard, {
    bar: barOf(state, "microphone"),
    name: heard ? "Mute microphone" : "Unmute microphone",
    label: heard ? "Mute" : "Unmute",
  });
  const seen = slots.camera === "on";
  dressSwitch(part(root, "camera"), seen, {
    bar: barOf(state, "camera"),
    name: seen ? "Turn camera off" : "Turn camera on",
  });
}

/**
 * Lets the two switches act.
 *
 * @param {HTMLElement} root
 * @param {Call} call
 * @param {AbortSignal} signal
 */
export function wireDevices(root, call, signal) {
  on(
    part(root, "microphone"),
    "click",
    () => call.setMicrophone(call.state.own.slots.microphone !== "on"),
    { signal },
  );
  on(part(root, "camera"), "click", () => call.setCamera(call.state.own.slots.camera !== "on"), {
    signal,
  });
}

/** The bar below the stage. */
export class Toolbar {
  #root;
  #bar;
  #call;
  #signal;

  /**
   * @param {HTMLElement} root The whole call.
   * @param {Call} call
   * @param {object} acts
   * @param {import("./menus.js").DeviceMenu} acts.devices
   * @param {() => void} acts.showPeople
   * @param {(anchor: HTMLElement) => void} acts.invite
   * @param {AbortSignal} signal
   */
  constructor(root, call, { devices, showPeople, invite }, signal) {
    this.#root = root;
    this.#bar = part(root, "toolbar");
    this.#call = call;
    this.#signal = signal;
    wireDevices(this.#bar, call, signal);
    devices.attach(part(root, "sound-devices", HTMLButtonElement), ["microphone", "speaker"]);
    devices.attach(part(root, "camera-devices", HTMLButtonElement), ["camera"]);
    this.#click("share", () => this.#share());
    this.#click("leave", () => call.leave());
    this.#more(devices, showPeople, invite);
    on(this.#bar, "keydown", (/** @type {KeyboardEvent} */ event) => this.#move(event), { signal });
  }

  /** @param {CallState} state */
  render(state) {
    dressDevices(this.#bar, state);
    const sharing = state.own.slots.screen === "on";
    const share = part(this.#bar, "share");
    dressSwitch(share, !sharing, {
      name: sharing ? "Stop sharing" : "Share screen",
      bar: barOf(state, "screen"),
      label: sharing ? "Stop" : "Share",
    });
    share.hidden = !canShare() && !isOnPlainHttp(state);
    part(part(this.#root, "more-share"), "label").textContent = sharing
      ? "Stop sharing"
      : "Share screen";
    const { unread } = state.chat;
    this.#count("unread", unread === 0 ? "" : unread > 99 ? "99+" : String(unread));
    part(this.#root, "unread-words").textContent =
      unread === 0 ? "" : `${unread} new ${unread === 1 ? "message" : "messages"}`;
    const everybody = state.people.length + 1;
    this.#count("count", String(everybody));
    part(this.#root, "count-words").textContent = `${everybody} here`;
    part(this.#root, "bar-name").textContent = state.room.name;
    this.tick(state);
  }

  /**
   * Moves the running time on.
   *
   * @param {CallState} state
   */
  tick({ joinedAt }) {
    const time = joinedAt === null ? 0 : Date.now() - joinedAt;
    part(this.#root, "running").textContent = runningTime(time);
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  #click(name, act) {
    on(part(this.#root, name), "click", act, { signal: this.#signal });
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #count(name, text) {
    const count = part(this.#bar, name);
    count.hidden = text === "";
    count.textContent = text;
  }

  #share() {
    if (this.#call.state.own.slots.screen === "on") this.#call.stopShare();
    else this.#call.share();
  }

  /**
   * What has no place in a narrow bar.
   *
   * @param {import("./menus.js").DeviceMenu} devices
   * @param {() => void} showPeople
   * @param {(anchor: HTMLElement) => void} invite
   */
  #more(devices, showPeople, invite) {
    const button = part(this.#root, "more", HTMLButtonElement);
    const menu = new Menu(part(this.#root, "more-menu"), this.#signal);
    menu.attach(button);
    /** @type {Record<string, () => void>} */
    const acts = {
      "more-share": () => this.#share(),
      "more-invite": () => invite(button),
      "more-people": showPeople,
      "more-devices": () => devices.open(button, ["microphone", "speaker", "camera"]),
    };
    for (const [name, act] of Object.entries(acts)) {
      this.#click(name, () => {
        menu.close();
        act();
      });
    }
    part(this.#root, "more-share").hidden = !canShare();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const tools = [...this.#bar.querySelectorAll("button")].filter((tool) =>
      tool.checkVisibility(),
    );
    const at = tools.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined || at === -1) return;
    event.preventDefault();
    tools.at(next % tools.length)?.focus();
  }
}

/**
 * Why this page cannot have it, or nothing.
 *
 * @param {CallState} state
 * @param {"microphone"|"camera"|"screen"} power
 */
function barOf(state, power) {
  if (isOnPlainHttp(state)) return ONLY_HTTPS;
  return state.own.forbidden.includes(power) ? NOT_ALLOWED : "";
}

/**
 * Whether the browser keeps all devices from this page.
 *
 * @param {CallState} state
 */
export function isOnPlainHttp({ faults }) {
  return faults.microphone === "insecure";
}

function canShare() {
  return "getDisplayMedia" in (navigator.mediaDevices ?? {});
}
