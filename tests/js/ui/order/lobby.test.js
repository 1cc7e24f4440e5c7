import assert from "node:assert/strict";
import { test } from "node:test";
import { firstState } from "../../../../static/js/call/state.js";
import { Emitter } from "../../../../static/js/lib/emitter.js";
import { FakeElement, install } from "../fake_dom.js";

install();
const { Lobby } = await import("../../../../static/js/call/ui/order/lobby.js");

const AGAIN_MS = 60_000;

function stand(t) {
  let now = 1000;
  t.mock.timers.enable({ apis: ["setInterval"] });
  t.mock.method(performance, "now", () => now);
  const rings = [];
  class FakeAudio {
    constructor() {
      rings.push("ring");
      throw new DOMException("No sound here", "NotSupportedError");
    }
  }
  Object.assign(globalThis, { AudioContext: FakeAudio });
  const page = /** @type {any} */ ({ name: "Kenji", room: { name: "Kitchen" } });
  const joined = [];
  const call = Object.assign(new Emitter(), {
    state: firstState(page),
    join: (name) => joined.push(name),
  });
  const root = new FakeElement();
  const end = new AbortController();
  t.after(() => end.abort());
  const lobby = new Lobby(/** @type {any} */ (root), /** @type {any} */ (call), end.signal);
  const outside = root.part("lobby");
  const be = (phase) => lobby.render({ ...call.state, phase });
  const pass = (milliseconds) => {
    now += milliseconds;
    t.mock.timers.tick(milliseconds);
  };
  return { outside, be, pass, joined, call, rings };
}

test("who waits sees how they will look; who was refused sees when to knock again", (t) => {
  const { outside, be } = stand(t);
  be("knocking");
  assert.equal(outside.part("lobby-waits").hidden, false);
  assert.equal(outside.part("lobby-refused").hidden, true);
  be("turned-away");
  assert.equal(outside.part("lobby-waits").hidden, true);
  assert.equal(outside.part("lobby-refused").hidden, false);
});

test("nobody can knock again within a minute", (t) => {
  const { outside, be, pass, joined } = stand(t);
  be("turned-away");
  const again = outside.part("knock-again");
  assert.equal(again.disabled, true);
  assert.equal(outside.part("again-words").textContent, "You can knock again in 60 seconds.");
  pass(AGAIN_MS - 1000);
  assert.equal(outside.part("again-words").textContent, "You can knock again in 1 second.");
  assert.equal(again.disabled, true);
  pass(1000);
  assert.equal(again.disabled, false);
  assert.equal(outside.part("again-words").textContent, "");
  again.dispatchEvent(new Event("click"));
  assert.deepEqual(joined, ["Kenji"]);
});

test("a second refusal starts the minute anew", (t) => {
  const { outside, be, pass } = stand(t);
  be("turned-away");
  pass(AGAIN_MS);
  be("knocking");
  be("turned-away");
  assert.equal(outside.part("knock-again").disabled, true);
});
