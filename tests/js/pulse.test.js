import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Pulse } from "../../static/js/call/pulse.js";
import { FakeDataChannel } from "./fake_rtc.js";
import { FakeClock } from "./fakes.js";

/** @type {FakeClock} */
let clock;
/** @type {Pulse} */
let pulse;
let changes = 0;

beforeEach(() => {
  clock = new FakeClock();
  pulse = new Pulse(clock);
  changes = 0;
  pulse.on("change", () => {
    changes += 1;
  });
});

const newWire = () => new FakeDataChannel("pulse", {});

function watch(seat) {
  const wire = newWire();
  pulse.watch(seat, /** @type {any} */ (wire));
  return wire;
}

const unheard = () => [...pulse.unheard].sort();

test("says a beat every 500 ms to everybody with an open channel, with one timer", async () => {
  const [a, b, c] = ["a", "b", "c"].map(watch);
  a.open();
  b.open();
  await clock.pass(2000);
  assert.deepEqual([a.sent, b.sent, c.sent], [[".", ".", ".", "."], [".", ".", ".", "."], []]);
  for (const seat of ["a", "b", "c"]) pulse.forget(seat);
  assert.equal(clock.next, null);
  watch("d").open();
  assert.equal(clock.next, 500);
});

test("no beats pile up in a channel that takes none", async () => {
  const wire = watch("a");
  wire.open();
  wire.bufferedAmount = 8;
  await clock.pass(2000);
  assert.deepEqual(wire.sent, []);
});

test("who is silent for 3 s is unheard, from whose channel was open once", async () => {
  const [a] = ["a", "never"].map(watch);
  a.open();
  await clock.pass(2500);
  assert.deepEqual([unheard(), changes], [[], 0]);
  await clock.pass(500);
  assert.deepEqual([unheard(), changes], [["a"], 1]);
  assert.equal(clock.now() - pulse.heardAt("a"), 3000);
  assert.equal(pulse.heardAt("never"), null);
  await clock.pass(60_000);
  assert.equal(changes, 1);
  a.say(".");
  assert.deepEqual([unheard(), changes], [[], 2]);
});

test("whatever comes is a heartbeat, once a second from a hidden page is enough", async () => {
  const wire = watch("a");
  wire.open();
  for (let second = 0; second < 20; second += 1) {
    await clock.pass(1000);
    wire.say(new ArrayBuffer(1));
  }
  assert.equal(changes, 0);
});

test("another channel of the same seat goes on where the one before ended", async () => {
  const first = watch("a");
  first.open();
  await clock.pass(2000);
  const second = watch("a");
  first.say(".");
  await clock.pass(1000);
  assert.deepEqual(unheard(), ["a"]);
  second.open();
  assert.deepEqual(unheard(), []);
  pulse.forget("a");
  const other = watch("a");
  await clock.pass(10_000);
  assert.deepEqual(unheard(), []);
  assert.equal(other.sent.length, 0);
});

test("a page that did not run thinks nobody silent, and counts anew", async () => {
  const wire = watch("a");
  wire.open();
  await clock.pass(1000);
  clock.sleep(300_000);
  await clock.pass(2500);
  assert.deepEqual(unheard(), []);
  await clock.pass(1000);
  assert.deepEqual(unheard(), ["a"]);
});

test("a clock that was set back lets nobody be heard for longer", async () => {
  watch("a").open();
  await clock.pass(1000);
  clock.setBack(3_600_000);
  await clock.pass(4000);
  assert.deepEqual(unheard(), ["a"]);
});

test("who leaves is not unheard any more", async () => {
  watch("a").open();
  await clock.pass(3000);
  pulse.forget("a");
  assert.deepEqual([unheard(), changes], [[], 2]);
  pulse.forget("nobody");
});
