import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "../../static/js/call/recovery.js";
import { FakeClock } from "./fakes.js";

/** @param {number} [grace] */
function watched(grace = 0) {
  const clock = new FakeClock();
  const seen = [];
  const times = [];
  const recovery = new Recovery(
    {
      show: (state, since) => {
        seen.push(state);
        times.push(since);
      },
      restart: () => seen.push("restart"),
      rebuild: () => seen.push("rebuild"),
      again: () => seen.push("again"),
      grace: () => grace,
    },
    clock,
  );
  return { clock, seen, times, recovery };
}

test("a path that comes back by itself within 2 s is not touched", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.changed("disconnected");
  await clock.pass(1999);
  recovery.changed("connected");
  await clock.pass(60_000);
  assert.deepEqual(seen, ["connected"]);
});

test("a lost path is restarted after 2 s, rebuilt 5 s later, unreachable after 30", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.changed("disconnected");
  await clock.pass(2000);
  assert.deepEqual(seen, ["connected", "lost", "restart"]);
  await clock.pass(5000);
  assert.deepEqual(seen.slice(3), ["rebuild"]);
  await clock.pass(25_000);
  assert.deepEqual(seen.slice(4), ["rebuild", "unreachable", "rebuild"]);
  recovery.changed("connected");
  assert.equal(seen.at(-1), "connected");
  assert.equal(clock.next, null);
});

test("a path that the browser misses while heartbeats come is not touched", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.changed("disconnected");
  for (let beats = 0; beats < 20; beats += 1) {
    await clock.pass(500);
    recovery.heard();
  }
  assert.deepEqual(seen, ["connected"]);
  await clock.pass(2000);
  assert.deepEqual(seen, ["connected", "lost", "restart"]);
});

test("a failed path is restarted at once", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.changed("failed");
  assert.deepEqual(seen, ["connected", "lost", "restart"]);
  recovery.changed("failed");
  await clock.pass(1000);
  assert.deepEqual(seen.slice(3), ["rebuild"]);
});

test("a path on which nothing comes is restarted at once, rebuilt 5 s later", async () => {
  const { clock, seen, times, recovery } = watched();
  recovery.changed("connected");
  await clock.pass(10_000);
  const since = clock.now() - 2000;
  recovery.stalled(since);
  assert.deepEqual(seen, ["connected", "lost", "restart"]);
  assert.equal(times.at(-1), since);
  recovery.changed("disconnected");
  recovery.stalled(since);
  await clock.pass(4999);
  assert.equal(seen.length, 3);
  await clock.pass(1);
  assert.deepEqual(seen.slice(3), ["rebuild"]);
});

test("nothing comes before there is a connection: nothing is missed", async () => {
  const { seen, clock, recovery } = watched();
  recovery.stalled(clock.now());
  assert.deepEqual(seen, []);
});

test("whatever comes ends it at once", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.stalled(clock.now());
  recovery.heard();
  await clock.pass(120_000);
  assert.deepEqual(seen, ["connected", "lost", "restart", "connected"]);
  recovery.stalled(clock.now());
  assert.equal(seen.at(-1), "restart");
});

test("a path that a restart found and that brings nothing is not found again", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.stalled(clock.now());
  recovery.changed("disconnected");
  recovery.changed("connected");
  await clock.pass(2000);
  recovery.stalled(clock.now() - 2000);
  assert.deepEqual(seen.slice(3), ["connected", "lost", "rebuild"]);
  recovery.renewed();
  recovery.changed("connected");
  await clock.pass(60_000);
  recovery.stalled(clock.now() - 2000);
  assert.equal(seen.at(-1), "restart");
});

test("a connection that the other side made has 2 s before anything is missed", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.renewed();
  await clock.pass(1999);
  assert.deepEqual(seen, ["connected"]);
  await clock.pass(1);
  assert.deepEqual(seen, ["connected", "lost"]);
  await clock.pass(9999);
  assert.deepEqual(seen, ["connected", "lost"]);
  await clock.pass(1);
  assert.equal(seen.at(-1), "rebuild");
});

test("each further connection has longer than the one before, whoever made it", async () => {
  for (const grace of [0, 2500]) {
    const { clock, seen, recovery } = watched(grace);
    for (const wait of [10_000, 15_000, 22_500, 30_000, 30_000]) {
      await clock.pass(wait - 1);
      assert.ok(!seen.includes("rebuild"), `${wait} ms, ${grace} later`);
      recovery.renewed();
    }
    recovery.changed("connected");
    recovery.stalled(clock.now() - 2000);
    recovery.renewed();
    await clock.pass(9999 + grace);
    assert.ok(!seen.includes("rebuild"));
    await clock.pass(1);
    assert.equal(seen.at(-1), "rebuild");
  }
});

test("who only asks for connections waits for the one who makes them", async () => {
  const { clock, seen } = watched(2500);
  await clock.pass(12_499);
  assert.deepEqual(seen, []);
  await clock.pass(1);
  assert.deepEqual(seen, ["rebuild"]);
});

test("a restart that left just before signals came back is said again, an older one is replaced", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.stalled(clock.now());
  await clock.pass(1000);
  recovery.signalsReturned();
  assert.equal(seen.at(-1), "again");
  await clock.pass(1000);
  recovery.signalsReturned();
  assert.equal(seen.at(-1), "rebuild");
});

test("a first connection that does not come is rebuilt, ever later, and goes on being tried", async () => {
  const { clock, seen } = watched();
  await clock.pass(10_000);
  assert.deepEqual(seen, ["rebuild"]);
  await clock.pass(110_000);
  const tries = seen.filter((what) => what === "rebuild").length;
  assert.equal(tries, 5);
  assert.ok(seen.includes("unreachable"));
});

test("a pair that connects goes on when signals return, however often; a lost one is tried again", async () => {
  const { clock, seen, recovery } = watched();
  for (let times = 0; times < 9; times += 1) {
    recovery.signalsReturned();
    await clock.pass(1000);
  }
  assert.deepEqual(seen, Array(9).fill("again"));
  recovery.changed("connected");
  recovery.signalsReturned();
  assert.deepEqual(seen.slice(9), ["connected"]);
  recovery.changed("disconnected");
  recovery.signalsReturned();
  assert.deepEqual(seen.slice(10), ["lost", "restart"]);
});

test("signals that return again and again have one connection built", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.stalled(clock.now() - 2000);
  await clock.pass(2000);
  for (let times = 0; times < 4; times += 1) {
    recovery.signalsReturned();
    if (!times) recovery.renewed();
    await clock.pass(700);
  }
  assert.deepEqual(seen.slice(3), ["rebuild", "again", "again", "again"]);
  await clock.pass(1000);
  recovery.changed("connecting");
  recovery.signalsReturned();
  assert.equal(seen.at(-1), "again");
  await clock.pass(5000);
  recovery.signalsReturned();
  assert.equal(seen.at(-1), "again");
});

test("a connection of which nobody has heard is built anew when signals return", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.stalled(clock.now() - 2000);
  recovery.renewed();
  await clock.pass(3000);
  recovery.signalsReturned();
  assert.equal(seen.at(-1), "rebuild");
});

test("what replaces a good connection is not begun anew when signals return", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.renewed();
  await clock.pass(1000);
  recovery.signalsReturned();
  assert.deepEqual(seen, ["connected", "again"]);
});

test("a page that was held back gives a path its time once more, and not for ever", async () => {
  const { clock, seen, recovery } = watched();
  recovery.changed("connected");
  recovery.changed("disconnected");
  clock.sleep(8000);
  await clock.pass(1999);
  assert.deepEqual(seen, ["connected"]);
  await clock.pass(1);
  assert.deepEqual(seen, ["connected", "lost", "restart"]);
  clock.sleep(12_000);
  await clock.pass(0);
  clock.sleep(8000);
  await clock.pass(0);
  assert.equal(seen.at(-1), "rebuild");
});
