import assert from "node:assert/strict";
import { test } from "node:test";
import { Samples } from "../../../static/js/call/upkeep/samples.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";
import { reportOf } from "./reports.js";

/** Pairs whose browser answers when the test says so, or at once. */
class FakePairs extends Emitter {
  asked = [];
  answer = async () => reportOf([{ id: "P", type: "peer-connection", timestamp: 1 }]);

  constructor(...seats) {
    super();
    this.people = seats.map((seat) => ({ seat }));
  }

  stats(seat) {
    this.asked.push(seat);
    return this.answer(seat);
  }
}

function watched(...seats) {
  const clock = new FakeClock();
  const pairs = new FakePairs(...seats);
  const samples = new Samples(/** @type {any} */ (pairs), clock);
  const seen = [];
  samples.on("sample", ({ seat }) => seen.push(seat));
  return { clock, pairs, samples, seen };
}

const count = (seats, seat) => seats.filter((each) => each === seat).length;

test("every pair is looked at once a second, one after the other", async () => {
  const { clock, pairs, samples, seen } = watched("a", "b", "c", "d");
  await clock.pass(250);
  assert.equal(pairs.asked.length, 1);
  await clock.pass(9750);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((seat) => count(seen, seat)),
    [10, 10, 10, 10],
  );
  assert.equal(samples.latest("a").at, 1);
  assert.equal(samples.latest("nobody"), null);
  samples.close();
  assert.equal(clock.next, null);
});

test("a page whose timers are held back looks at all of them when one comes", async () => {
  const { clock, seen } = watched("a", "b", "c", "d");
  for (let second = 0; second < 5; second += 1) {
    clock.sleep(1000);
    await clock.pass(0);
  }
  for (const seat of ["a", "b", "c", "d"]) assert.ok(count(seen, seat) >= 4, seat);
});

test("who comes is looked at, who left is forgotten, and nobody twice at once", async () => {
  const { clock, pairs, samples, seen } = watched();
  await clock.pass(5000);
  assert.deepEqual(seen, []);
  pairs.people = [{ seat: "a" }];
  await clock.pass(1000);
  pairs.people = [{ seat: "b" }, { seat: "a" }];
  await clock.pass(499);
  assert.equal(count(seen, "a"), 1);
  await clock.pass(1501);
  assert.ok(samples.latest("b"));
  pairs.people = [{ seat: "b" }];
  await clock.pass(1000);
  assert.equal(samples.latest("a"), null);
});

test("another connection begins with nothing known", async () => {
  const { clock, pairs, samples, seen } = watched("a");
  await clock.pass(1000);
  assert.ok(samples.latest("a"));
  let answer = () => {};
  pairs.answer = () =>
    new Promise((resolve) => {
      answer = () => resolve(reportOf([]));
    });
  await clock.pass(1000);
  pairs.emit("pair", { seat: "a" });
  assert.equal(samples.latest("a"), null);
  answer();
  await clock.pass(0);
  assert.deepEqual([samples.latest("a"), seen.length], [null, 1]);
});

test("a browser that does not answer, or refuses, is asked again", async () => {
  const { clock, pairs, samples, seen } = watched("a");
  pairs.answer = () => new Promise(() => {});
  await clock.pass(5500);
  assert.equal(pairs.asked.length, 1);
  pairs.answer = async () => {
    throw new DOMException("closed", "InvalidStateError");
  };
  await clock.pass(1000);
  assert.deepEqual([pairs.asked.length, samples.latest("a"), seen.length], [2, null, 0]);
  pairs.answer = async () => reportOf([]);
  await clock.pass(1000);
  assert.equal(seen.length, 1);
});

test("who cannot wait looks between, and changes nothing for the others", async () => {
  const { clock, pairs, samples, seen } = watched("a");
  await clock.pass(1000);
  const latest = samples.latest("a");
  assert.equal((await samples.look("a")).at, 1);
  assert.deepEqual([samples.latest("a"), seen.length], [latest, 1]);
  pairs.answer = async () => null;
  assert.equal(await samples.look("a"), null);
});
