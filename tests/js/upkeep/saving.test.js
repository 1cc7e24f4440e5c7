import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Saving } from "../../../static/js/call/upkeep/saving.js";

/** @type {Saving} */
let saving;
let said = [];
let remembered = [];
let second = 0;

function make(isChosen = false) {
  saving = new Saving(isChosen, (on) => remembered.push(on));
  saving.on("announce", (words) => said.push(words));
}

beforeEach(() => {
  [said, remembered, second] = [[], [], 0];
  make();
});

/** So many seconds with this budget for four viewers. */
function pass(seconds, budget, isKnown = true) {
  for (const end = second + seconds; second < end; second += 1) {
    saving.step(budget, 4, isKnown, 1000 + second * 1000);
  }
}

test("a line that was narrow for ten seconds is spared, and said to be", () => {
  pass(10, 200_000);
  assert.equal(saving.state, "off");
  pass(1, 200_000);
  assert.equal(saving.state, "automatic");
  assert.equal(said.length, 1);
  assert.deepEqual(remembered, []);
});

test("a moment of it is nothing, nor a line that nobody has tried", () => {
  pass(9, 200_000);
  pass(1, 2e6);
  pass(9, 200_000);
  pass(60, 100_000, false);
  assert.deepEqual([saving.state, said], ["off", []]);
});

test("it ends when there was enough for half a minute", () => {
  pass(11, 200_000);
  pass(30, 800_000);
  assert.equal(saving.state, "automatic");
  pass(1, 800_000);
  assert.deepEqual([saving.state, said.length], ["off", 2]);
});

test("who chose it keeps it, also over a reload", () => {
  saving.choose(true);
  pass(60, 1e7);
  assert.equal(saving.state, "chosen");
  saving.choose(false);
  assert.deepEqual([saving.state, remembered, said], ["off", [true, false], []]);
  make(true);
  assert.equal(saving.state, "chosen");
});

test("who ends it has peace until the line has been better", () => {
  pass(11, 200_000);
  saving.choose(false);
  pass(60, 200_000);
  assert.equal(saving.state, "off");
  pass(1, 1e6);
  pass(11, 200_000);
  assert.equal(saving.state, "automatic");
});
