import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "../../static/js/call/recovery.js";
import { FakeClock } from "./fakes.js";

function watched() {
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
  assert.equal(seen.at(-1), "unreachable");
  recovery.changed("connected");
  assert.equal(seen.at(-1), "connected");
  assert.equal(clock.next, null);
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
  await clock.pass(5000);
  assert.equal(seen.at(-1), "rebuild");
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
  assert.ok(tries >= 7 && tries <= 11, `${tries} tries`);
  assert.ok(seen.includes("unreachable"));
});

test("what was tried while signals went nowhere is tried again", async () => {
  const { seen, recovery } = watched();
  recovery.signalsReturned();
  assert.deepEqual(seen, ["rebuild"]);
  recovery.changed("connected");
  recovery.signalsReturned();
  assert.deepEqual(seen, ["rebuild", "connected"]);
  recovery.changed("disconnected");
  recovery.signalsReturned();
  assert.deepEqual(seen.slice(2), ["lost", "restart"]);
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
