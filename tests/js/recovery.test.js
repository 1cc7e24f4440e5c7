import assert from "node:assert/strict";
import { test } from "node:test";
import { Recovery } from "../../static/js/call/recovery.js";
import { FakeClock } from "./fakes.js";

function watched(offers) {
  const clock = new FakeClock();
  const seen = [];
  const recovery = new Recovery(
    {
      show: (state) => seen.push(state),
      restart: () => seen.push("restart"),
      rebuild: () => seen.push("rebuild"),
    },
    clock,
    () => offers,
  );
  return { clock, seen, recovery };
}

test("a path that comes back by itself within 2 s is not touched", async () => {
  const { clock, seen, recovery } = watched(true);
  recovery.changed("connected");
  recovery.changed("disconnected");
  await clock.pass(1999);
  recovery.changed("connected");
  await clock.pass(60_000);
  assert.deepEqual(seen, ["connected"]);
});

test("a lost path is restarted after 2 s, rebuilt 5 s later, unreachable after 30", async () => {
  const { clock, seen, recovery } = watched(true);
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

test("a failed path is restarted at once; the answerer waits a second longer", async () => {
  const offerer = watched(true);
  offerer.recovery.changed("connected");
  offerer.recovery.changed("failed");
  await offerer.clock.pass(0);
  assert.deepEqual(offerer.seen, ["connected", "lost", "restart"]);
  const answerer = watched(false);
  answerer.recovery.changed("connected");
  answerer.recovery.changed("failed");
  await answerer.clock.pass(999);
  assert.deepEqual(answerer.seen, ["connected"]);
  await answerer.clock.pass(1);
  assert.deepEqual(answerer.seen, ["connected", "lost", "restart"]);
});

test("a first connection that does not come is rebuilt, ever later, and goes on being tried", async () => {
  const { clock, seen } = watched(true);
  await clock.pass(10_000);
  assert.deepEqual(seen, ["rebuild"]);
  await clock.pass(110_000);
  const tries = seen.filter((what) => what === "rebuild").length;
  assert.ok(tries >= 7 && tries <= 11, `${tries} tries`);
  assert.ok(seen.includes("unreachable"));
});

test("what was tried while signals went nowhere is tried again", async () => {
  const { seen, recovery } = watched(true);
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
  const { clock, seen, recovery } = watched(true);
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
