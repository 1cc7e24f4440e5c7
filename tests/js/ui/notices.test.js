import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Notices } from "../../../static/js/call/ui/notices.js";
import { Emitter } from "../../../static/js/lib/emitter.js";

/** An element whose parts are there when they are asked for. */
class FakeElement extends EventTarget {
  hidden = false;
  dataset = {};
  #parts = new Map();
  /** @type {string[]} */
  written = [];

  set textContent(words) {
    this.written.push(words);
  }

  get textContent() {
    return this.written.at(-1) ?? "";
  }

  querySelector(selector) {
    const name = selector.match(/^\[data-part="(.+)"\]$/)[1];
    if (!this.#parts.has(name)) this.#parts.set(name, new FakeElement());
    return this.#parts.get(name);
  }
}

const QUIET = {
  people: [],
  server: "open",
  phase: "joined",
  faults: { microphone: null, camera: null, screen: null },
  soundBlocked: false,
  own: { mutedSpeaking: false },
};

function open(t) {
  globalThis.HTMLElement = /** @type {any} */ (FakeElement);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const root = /** @type {any} */ (new FakeElement());
  const call = /** @type {any} */ (new Emitter());
  const end = new AbortController();
  t.after(() => end.abort());
  const notices = new Notices(root, call, { readChat() {} }, end.signal);
  const part = (name) => root.querySelector(`[data-part="${name}"]`);
  const toast = () => part("toast").querySelector('[data-part="toast-words"]').textContent;
  return { notices, call, toast, told: part("live").written };
}

test("what is shown in passing is told once", (t) => {
  const { call, toast, told } = open(t);
  call.emit("announce", "Amara joined.");
  assert.equal(toast(), "Amara joined.");
  call.emit("chat", { name: "Amara", text: "Hello" });
  assert.equal(toast(), "Amara: Hello");
  assert.deepEqual(told, ["Amara joined.", "Amara wrote: Hello"]);
});

test("what lasts is told when it begins, and not again while it does", (t) => {
  const { notices, toast, told } = open(t);
  const speaking = { ...QUIET, own: { mutedSpeaking: true } };
  for (const state of [QUIET, speaking, speaking, QUIET, speaking]) notices.render(state);
  assert.equal(toast(), "You are speaking, but you are muted");
  assert.deepEqual(told, Array(2).fill("You are speaking, but you are muted"));
});

test("the toast is no second live region", () => {
  const file = "../../../templates/rooms/call/_stage.html";
  const template = readFileSync(new URL(file, import.meta.url), "utf8");
  const [tag = ""] = template.match(/<div class="toast"[^>]*>/) ?? [];
  assert.match(tag, /data-part="toast"/);
  assert.doesNotMatch(tag, /role=|aria-live/);
});

test("why somebody cannot be reached is told once, in one sentence for all of the same cause", (t) => {
  const { notices, told } = open(t);
  const person = (seat, name, code) => ({ seat, name, trouble: code ? { code } : null });
  const show = (...people) => notices.render(/** @type {any} */ ({ ...QUIET, people }));
  show(person("a", "Amara"), person("b", "Bela"));
  assert.deepEqual(told, []);
  for (let time = 0; time < 2; time += 1) {
    show(person("a", "Amara", "no-turn"), person("b", "Bela", "no-turn"), person("c", "Cy"));
  }
  assert.equal(told.length, 1);
  assert.match(told[0] ?? "", /^You cannot reach Amara and Bela, nor they you\./);
  show(person("a", "Amara", "no-turn"), person("b", "Bela", "udp-blocked-there"));
  assert.match(told[1] ?? "", /network of Bela blocks UDP/);
  show(person("a", "Amara"));
  show(person("a", "Amara", "no-turn"));
  assert.deepEqual(told.length, 3);
});
