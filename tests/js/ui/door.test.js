import assert from "node:assert/strict";
import { test } from "node:test";
import { firstState } from "../../../static/js/call/state.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeElement, install } from "./fake_dom.js";

install();
const { Door } = await import("../../../static/js/call/ui/door.js");

function stand() {
  const page = /** @type {any} */ ({ name: "Mira", room: { name: "Kitchen" } });
  const root = new FakeElement();
  const call = Object.assign(new Emitter(), { state: firstState(page), join() {} });
  const door = new Door(
    /** @type {any} */ (root),
    /** @type {any} */ (call),
    page,
    new AbortController().signal,
  );
  const join = (name) => {
    root.part("your-name").value = name;
    root.part("form").dispatchEvent(new Event("submit"));
  };
  const blame = () => root.part("name-error-text").textContent;
  return { door, call, join, blame, root };
}

test("what the server says of the name stands at the name", () => {
  const { call, join, blame } = stand();
  join("x");
  call.emit("announce", "That name cannot be shown.");
  assert.equal(blame(), "That name cannot be shown.");
});

test("what is announced while somebody waits is not about the name", () => {
  const { door, call, join, blame } = stand();
  join("Mira");
  door.render({ ...call.state, phase: "waiting" });
  call.emit("announce", "Your microphone is gone.");
  assert.equal(blame(), "");
});

test("a locked room says so before, and still after somebody tried", () => {
  const { door, call, join, blame, root } = stand();
  const room = { ...call.state.room, locked: true };
  const at = (phase, more = {}) => ({ ...call.state, phase, room: { ...room, ...more } });
  const title = () => root.part("waiting").hidden || root.part("waiting-title").textContent;
  door.render(at("door"));
  assert.equal(title(), "The room is locked");
  join("Mira");
  door.render(at("joining"));
  assert.equal(title(), true);
  door.render(at("door"));
  assert.equal(title(), "The room is still locked");
  assert.equal(blame(), "");
  door.render(at("door", { locked: false }));
  assert.equal(title(), true);
  door.render(at("door"));
  assert.equal(title(), "The room is locked");
});

test("whoever has to wait for a host stands on a page of its own", () => {
  const { door, call, root } = stand();
  for (const [phase, isOutside] of /** @type {const} */ ([
    ["door", false],
    ["knocking", true],
    ["turned-away", true],
    ["joining", false],
  ])) {
    door.render({ ...call.state, phase });
    assert.equal(root.part("door").hidden, isOutside, phase);
    assert.equal(root.part("lobby").hidden, !isOutside, phase);
  }
});

test("an empty list is no empty room where a host lets people in", () => {
  const { door, call, root } = stand();
  const room = { ...call.state.room, lobby: true };
  door.render({ ...call.state, phase: "door", room });
  assert.equal(root.part("here").textContent, "A host lets people in here");
  door.render({ ...call.state, phase: "door" });
  assert.equal(root.part("here").textContent, "Nobody is there yet");
});
