import assert from "node:assert/strict";
import { test } from "node:test";
import { Ceiling } from "../../../static/js/call/upkeep/ceiling.js";
import { Machine } from "../../../static/js/call/upkeep/machine.js";
import { Signs } from "../../../static/js/call/upkeep/signs.js";

function heard(signs, reports, from = 0) {
  reports.forEach((report, second) => {
    signs.hear({ loss: null, rtt: null, ...report }, from + second * 1000);
  });
  return signs;
}
const times = (count, report) => Array.from({ length: count }, () => report);

test("a long path is no trouble, one that grows longer is", () => {
  const signs = heard(new Signs(), times(10, { rtt: 600 }));
  assert.equal(signs.grown(), 0);
  heard(signs, times(4, { rtt: 800 }), 10_000);
  assert.ok(signs.grown() < 1);
  heard(signs, times(4, { rtt: 1000 }), 14_000);
  assert.ok(signs.grown() >= 1);
});

test("what a path was like is remembered for up to a minute", () => {
  const signs = heard(new Signs(), times(5, { rtt: 40 }));
  heard(signs, times(25, { rtt: 240 }), 5000);
  assert.ok(signs.grown() >= 2);
  heard(signs, times(90, { rtt: 240 }), 30_000);
  assert.ok(signs.grown() < 0.1);
});

test("nothing is known before anybody has said something", () => {
  const signs = heard(new Signs(), times(5, {}));
  assert.deepEqual([signs.grown(), signs.arrives], [0, 1]);
  heard(signs, times(6, { loss: 0.2 }), 5000);
  assert.ok(signs.grown() > 3 && signs.arrives < 0.85);
});

test("a cut that helps is followed by another; the second in vain is the last", () => {
  const signs = heard(new Signs(), times(5, { rtt: 40 }));
  heard(signs, times(8, { rtt: 600 }), 5000);
  assert.ok(signs.cut());
  heard(signs, times(4, { rtt: 240 }), 13_000);
  assert.ok(signs.cut());
  heard(signs, times(2, { rtt: 240 }), 17_000);
  assert.ok(signs.cut());
  heard(signs, times(2, { rtt: 240 }), 19_000);
  assert.ok(!signs.cut());
  assert.equal(signs.grown(), 0);
});

test("a ceiling is cut below what arrived, to a third at once, and never below its floor", () => {
  const ceiling = new Ceiling(900_000);
  ceiling.cut(400_000, 50_000, 0);
  assert.equal(ceiling.bits, 340_000);
  assert.ok(!ceiling.mayCut(1999) && ceiling.mayCut(2000));
  ceiling.cut(50_000, 50_000, 3000);
  assert.equal(ceiling.bits, 340_000 / 3);
  ceiling.cut(10_000, 50_000, 6000);
  assert.equal(ceiling.bits, 50_000);
});

test("a ceiling rises slowly near where trouble began, and fast beyond", () => {
  const ceiling = new Ceiling(600_000);
  ceiling.cut(300_000, 10_000, 0);
  const at = [];
  for (let second = 1; second <= 40; second += 1) {
    ceiling.raise(second * 1000);
    at.push(ceiling.bits);
  }
  assert.equal(at[2], 255_000);
  assert.ok(at[8] < 300_000);
  assert.ok(at[39] > 2_000_000);
  assert.ok(at.every((bits, second) => !second || bits <= at[second - 1] * 1.25));
});

test("a ceiling that settles leaves what went through", () => {
  const ceiling = new Ceiling(1_000_000);
  ceiling.settle(600_000, 10_000, 0);
  assert.equal(ceiling.bits, 600_000);
});

test("a machine that is busy for three seconds is asked for less, and for more when it has long been idle", () => {
  const machine = new Machine(2);
  for (let second = 0; second < 2; second += 1) machine.step(1.2, false, 0);
  machine.step(0.1, false, 0);
  assert.equal(machine.part, 1);
  for (let second = 0; second < 60; second += 1) machine.step(1.2, false, 0);
  assert.equal(machine.part, 0.2);
  for (let second = 0; second < 9; second += 1) machine.step(0.1, false, 0);
  assert.equal(machine.part, 0.2);
  for (let second = 0; second < 200; second += 1) machine.step(0.1, false, 0);
  assert.equal(machine.part, 1);
});

test("a browser that says that it cannot keep up is believed", () => {
  const machine = new Machine(64);
  for (let second = 0; second < 3; second += 1) machine.step(0.01, true, 0);
  assert.equal(machine.part, 0.8);
});

test("what is late while timers are late, and shortly after, is this machine's", () => {
  const machine = new Machine(8);
  machine.step(0.1, false, 20);
  assert.ok(!machine.isBusy);
  machine.step(0.1, false, 400);
  for (let second = 0; second < 3; second += 1) {
    machine.step(0.1, false, 0);
    assert.ok(machine.isBusy);
  }
  machine.step(0.1, false, 0);
  assert.ok(!machine.isBusy);
  const signs = heard(new Signs(), times(5, { rtt: 40, loss: 0 }));
  heard(signs, times(3, { rtt: 500, loss: 0 }), 5000);
  assert.ok(signs.grown() > 1 && signs.grown(true) === 0);
  heard(signs, times(3, { rtt: 500, loss: 0.3 }), 8000);
  assert.ok(signs.grown(true) > 1);
});
