import assert from "node:assert/strict";
import { test } from "node:test";
import { Budget } from "../../../static/js/call/upkeep/budget.js";
import { AUDIO } from "../../../static/js/call/upkeep/cost.js";
import { Line } from "./network.js";

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
const mean = (seconds, of) => sum(seconds.map(of)) / seconds.length;
/** What the narrowest rung of sound needs with so many viewers. */
const sound = (viewers) => viewers * AUDIO.at(-1).wire;

/** However it went: sound was always carried, and within a few seconds nothing was lost or late any more. */
function assertCalm(line, from) {
  for (const { used, sound: wire, lost, delay } of line.seconds.slice(from)) {
    assert.ok(used >= line.pairs.length * wire * 0.99);
    assert.ok(lost < 0.02 + line.loss, `${lost} lost`);
    assert.ok(delay < 120, `${delay} ms late`);
  }
}

for (const [viewers, uplink] of [
  [1, 300_000],
  [2, 300_000],
  [2, 1_000_000],
  [5, 1_000_000],
  [7, 1_000_000],
]) {
  test(`finds a line of ${uplink / 1000} kbit/s with ${viewers} viewers and stays there`, () => {
    const line = new Line({ viewers, uplink }).run(90);
    const steady = line.seconds.slice(30);
    assertCalm(line, 12);
    assert.ok(mean(steady, ({ used }) => used) > 0.85 * uplink);
    for (const { budget } of steady) assert.ok(budget > 0.8 * uplink && budget < 1.6 * uplink);
    const turns = steady.filter(
      ({ budget }, place) => budget < (steady[place - 1]?.budget ?? 0) * 0.9,
    );
    assert.ok(turns.length <= 6, `${turns.length} cuts in a minute`);
    assert.ok(steady.every(({ carried }) => carried === viewers));
  });
}

test("of a wide line no more is used than is wanted, and all is", () => {
  const line = new Line({ viewers: 7, uplink: 10e6 }).run(40);
  assertCalm(line, 0);
  const { given, budget } = line.seconds.at(-1);
  assert.equal(new Set(given).size, 1);
  assert.ok(given[0] > 900_000 && budget < 13e6);
});

test("what is lost at random is not taken for congestion", () => {
  const line = new Line({ viewers: 3, uplink: 10e6, loss: 0.01 }).run(40);
  assert.ok(line.seconds.at(-1).given.every((camera) => camera > 650_000));
  const lossier = new Line({ viewers: 3, uplink: 10e6, loss: 0.08 }).run(60);
  assert.ok(lossier.seconds.at(-1).used > 1_000_000);
});

test("one viewer's narrow line costs nobody else a bit", () => {
  const line = new Line({ viewers: 3, uplink: 10e6, far: { 1: 200_000 } }).run(60);
  const [one, narrow, other] = line.seconds.at(-1).given;
  assert.ok(one > 650_000 && other > 650_000 && narrow < 300_000);
});

test("whose line was too narrow for any picture gets one again when it is wider", () => {
  const line = new Line({ viewers: 3, uplink: 10e6, hints: false }).run(10);
  line.pairs[1].far.bits = 70_000;
  line.run(40);
  assert.ok(line.seconds.slice(10).some(({ given }) => given[1] === 0));
  line.pairs[1].far.bits = 10e6;
  line.run(60);
  const [one, again] = line.seconds.at(-1).given;
  assert.ok(again > 0.9 * one, `${line.seconds.map(({ given }) => given[1])}`);
});

test("a line that narrows is met within seconds, one that widens within half a minute", () => {
  const line = new Line({ viewers: 2, uplink: 10e6 }).run(20);
  const wide = line.seconds.at(-1).used;
  line.uplink.bits = 300_000;
  line.run(40);
  assertCalm(line, 24);
  assert.ok(line.seconds[24].budget < 400_000);
  assert.ok(line.seconds.slice(20, 60).every(({ used }) => used >= sound(2)));
  line.uplink.bits = 10e6;
  line.run(30);
  assert.ok(line.seconds.at(-1).used > 0.95 * wide);
});

test("a browser that says nothing of its own estimate is served as well", () => {
  const line = new Line({ viewers: 2, uplink: 300_000, hints: false }).run(60);
  assertCalm(line, 12);
  assert.ok(mean(line.seconds.slice(20), ({ used }) => used) > 0.8 * 300_000);
});

for (const [viewers, speaks] of [
  [6, false],
  [6, true],
  [2, true],
]) {
  test(`a page that is shared and stands still leaves the camera alone, ${viewers} viewers`, () => {
    const before = new Line({ viewers, uplink: 50e6, speaks }).run(60);
    const [alone] = before.seconds.at(-1).given;
    before.share = 40_000;
    before.run(30);
    assertCalm(before, 0);
    assert.ok(before.seconds.at(-1).given[0] > 0.9 * alone, `${before.seconds.at(-1).given}`);
    const from = new Line({ viewers, uplink: 50e6, speaks });
    from.share = 40_000;
    from.run(60);
    assert.ok(from.seconds.at(-1).given[0] > 0.9 * alone, `${from.seconds.at(-1).given}`);
  });
}

test("a shared film takes what it needs within seconds, and a page that stands gives it back", () => {
  const line = new Line({ viewers: 3, uplink: 5e6, speaks: false });
  line.share = 40_000;
  line.run(60);
  const { given, screens } = line.seconds.at(-1);
  assert.ok(screens[0] > 500_000, "a page turns at once");
  line.share = 2_500_000;
  line.run(20);
  const film = line.seconds.at(-1);
  assert.ok(film.screens[0] > 2 * film.given[0] && film.given[0] < given[0] / 2);
  assert.ok(film.used < 1.05 * 5e6);
  line.share = 40_000;
  line.run(20);
  assert.ok(line.seconds.at(-1).given[0] > 0.9 * given[0], `${line.seconds.at(-1).given}`);
});

test("a page that turns now and then costs sound nothing on a narrow line", () => {
  const line = new Line({ viewers: 3, uplink: 1_500_000, speaks: false });
  for (let page = 0; page < 8; page += 1) {
    line.share = 1_000_000;
    line.run(1);
    line.share = 30_000;
    line.run(9);
  }
  for (const { lost, delay } of line.seconds.slice(20)) {
    assert.ok(lost < 0.02, `${lost} lost`);
    assert.ok(delay < 300, `${delay} ms late`);
  }
});

/** Looks at pairs by hand: everything used that was handed, and nothing wrong. */
const look = (seat, at, more = {}) => ({
  seat,
  at,
  used: 500_000,
  handed: 500_000,
  loss: 0,
  rtt: 40,
  available: null,
  ...more,
});
const NEEDS = { floor: 40_000, floorOfPair: 20_000, demand: 1e9 };

function run(budget, seconds, looks, from = 0) {
  for (let second = from; second < from + seconds; second += 1) {
    budget.step(looks(1000 + second * 1000), NEEDS, 1000 + second * 1000);
  }
}

test("trouble of most pairs cuts the budget, of one that pair alone", () => {
  const one = new Budget();
  run(one, 10, (at) => [look("a", at), look("b", at), look("c", at)]);
  const before = one.bits;
  run(one, 3, (at) => [look("a", at, { loss: 0.3 }), look("b", at), look("c", at)], 10);
  assert.ok(one.bits >= before);
  assert.ok(one.most("a") < 450_000);
  assert.equal(one.most("b"), Number.POSITIVE_INFINITY);
  run(one, 3, (at) => ["a", "b", "c"].map((seat) => look(seat, at, { rtt: 400 })), 13);
  assert.ok(one.bits < before && one.isCut);
});

test("the same look twice is heard once, and one odd report changes nothing", () => {
  const budget = new Budget();
  run(budget, 5, (at) => [look("a", at)]);
  const before = budget.bits;
  run(budget, 1, () => [look("a", 9999, { rtt: 150 })], 5);
  run(budget, 5, () => [look("a", 9999, { rtt: 150 })], 6);
  assert.ok(budget.bits >= before);
});

test("trouble that cuts do not lessen is lived with", () => {
  const budget = new Budget();
  run(budget, 10, (at) => [look("a", at), look("b", at)]);
  run(budget, 40, (at) => [look("a", at, { rtt: 300 }), look("b", at, { rtt: 300 })], 10);
  const least = budget.bits;
  run(budget, 20, (at) => [look("a", at, { rtt: 300 }), look("b", at, { rtt: 300 })], 50);
  assert.ok(budget.bits > least);
});

test("a busy machine is late, which says nothing of the line", () => {
  const budget = new Budget();
  const late = (at) =>
    ["a", "b"].map((seat) => look(seat, at, { rtt: 40 + (at > 5000 ? 500 : 0) }));
  for (let second = 0; second < 20; second += 1) {
    const at = 1000 + second * 1000;
    const { bits } = budget;
    budget.step(late(at), NEEDS, at, true);
    assert.ok(budget.bits >= bits);
  }
});

test("however bad it is, sound has its floor", () => {
  const budget = new Budget();
  run(budget, 3, (at) => [look("a", at)]);
  const worse = (at) => Math.min(1, 0.1 * 1.3 ** (at / 1000 - 3));
  run(budget, 60, (at) => [look("a", at, { used: 1000, loss: worse(at) })], 3);
  assert.ok(budget.bits >= NEEDS.floor);
});

test("what is not used is not raised", () => {
  const budget = new Budget();
  const { bits } = budget;
  run(budget, 30, (at) => [look("a", at, { used: 100_000 })]);
  assert.equal(budget.bits, bits);
  run(budget, 5, (at) => [look("a", at)], 30);
  assert.ok(budget.bits > bits);
});

test("another connection is another path", () => {
  const budget = new Budget();
  run(budget, 3, (at) => ["a", "b", "c"].map((seat) => look(seat, at)));
  run(budget, 3, (at) => [look("a", at, { loss: 0.4 }), look("b", at), look("c", at)], 3);
  assert.ok(budget.most("a") < 1e6);
  budget.forget("a");
  assert.equal(budget.most("a"), Number.POSITIVE_INFINITY);
});
