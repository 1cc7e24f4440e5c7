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
  return { door, call, join, blame };
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
