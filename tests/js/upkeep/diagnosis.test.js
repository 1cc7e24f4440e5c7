import assert from "node:assert/strict";
import { test } from "node:test";
import { Diagnosis } from "../../../static/js/call/upkeep/diagnosis.js";
import { History } from "../../../static/js/call/upkeep/history.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";

const SYMMETRIC = {
  servers: ["stun:stun.example.org"],
  gathering: "complete",
  found: [
    { type: "host", protocol: "udp" },
    { type: "srflx", protocol: "udp" },
  ],
  faults: [],
};
const SILENT = { ...SYMMETRIC, gathering: "gathering", found: [] };

/** A call with Amara, whose pair is searching; `way` takes what is said to her. */
function call(search = SYMMETRIC, way = (_signal) => {}) {
  const clock = new FakeClock();
  const amara = {
    ...{ seat: "a", instance: "i", since: 1, name: "Amara", away: false },
    ...{ connection: "connecting", lostSince: null, trouble: null },
  };
  const mesh = Object.assign(new Emitter(), {
    people: [amara],
    searches: search,
    search: () => mesh.searches,
    mark(_seat, facts) {
      Object.assign(amara, facts);
      mesh.emit("change", undefined);
    },
  });
  const said = [];
  const session = /** @type {any} */ ({
    ...{ mesh, room: { relayOnly: false }, server: "open" },
    carry(signal) {
      said.push({ at: clock.now(), ...signal });
      way(signal);
    },
  });
  const start = clock.now();
  const diagnosis = new Diagnosis(session, clock);
  return {
    ...{ clock, mesh, amara, said, session, diagnosis },
    seconds: () => (clock.now() - start) / 1000,
    hear: (findings) =>
      mesh.emit("diagnosis", { seat: "a", findings: { type: "diagnosis", epoch: 1, ...findings } }),
  };
}

test("a pair without a path says what it found and, with the answer, names the cause", async () => {
  const { clock, amara, said, hear } = call();
  await clock.pass(6500);
  assert.deepEqual([said.length, amara.trouble], [0, null]);
  await clock.pass(1000);
  assert.deepEqual(
    said.map(({ at, ...signal }) => signal),
    [{ type: "diagnosis", to: "a", epoch: 0, turn: "none", udp: "ok" }],
  );
  assert.equal(amara.trouble, null);
  hear({ turn: "none", udp: "ok" });
  assert.deepEqual(amara.trouble, { code: "no-turn" });
});

test("the cause is the other network's when that one says so, and turns with what it says", async () => {
  const { clock, amara, hear } = call();
  hear({ turn: "none", udp: "blocked" });
  assert.equal(amara.trouble, null);
  await clock.pass(7500);
  assert.deepEqual(amara.trouble, { code: "udp-blocked-there" });
  hear({ turn: "none", udp: "ok" });
  assert.deepEqual(amara.trouble, { code: "no-turn" });
});

test("whoever turns with each word is followed three times, and then once a minute", async () => {
  const { clock, mesh, amara, hear } = call();
  const seen = [];
  mesh.on("change", () => seen.push(amara.trouble?.code));
  const turn = async (seconds) => {
    seen.length = 0;
    for (let second = 0; second < seconds; second += 1) {
      hear({ turn: "none", udp: second % 2 ? "ok" : "blocked" });
      await clock.pass(1000);
    }
    return seen.length;
  };
  await turn(8);
  await turn(60);
  const often = await turn(600);
  assert.ok(often >= 9 && often <= 11, `${often}`);
  // What holds on in the end is shown.
  hear({ turn: "refused", udp: "ok" });
  await clock.pass(61_000);
  assert.deepEqual(amara.trouble, { code: "turn-refused" });
  // Nor does a path that comes and goes let it be said more often.
  const path = async (connection) => {
    Object.assign(amara, { connection, since: amara.since + 1 });
    await clock.pass(1000);
  };
  seen.length = 0;
  for (let time = 0; time < 10; time += 1) {
    await path("connected");
    await path("connecting");
    hear({ turn: "refused", udp: "ok" });
    await clock.pass(8000);
  }
  const said = seen.filter((code) => code).length;
  assert.ok(said <= 3, `${said}`);
});

test("silence of a server counts after it had time, in each search anew", async () => {
  const { clock, said, mesh } = call(SILENT);
  await clock.pass(3500);
  mesh.emit("pair", { seat: "a" });
  await clock.pass(4000);
  assert.deepEqual([said.length, said[0]?.udp], [1, "unknown"]);
  await clock.pass(2000);
  assert.deepEqual([said.length, said[1]?.udp], [2, "blocked"]);
  // Another connection looks for itself; what was found before holds meanwhile.
  mesh.emit("pair", { seat: "a" });
  await clock.pass(2000);
  assert.equal(said.length, 2);
});

test("both see it within 15 seconds, though the other side never says a word", async () => {
  const { clock, amara, seconds } = call(SILENT);
  await clock.pass(11_500);
  assert.equal(amara.trouble, null);
  await clock.pass(2000);
  assert.deepEqual(amara.trouble, { code: "udp-blocked-here" });
  assert.ok(seconds() < 15);
});

test("what may be somebody who is gone is no cause", async () => {
  for (const change of [
    ({ amara }) => Object.assign(amara, { away: true }),
    ({ session }) => Object.assign(session, { server: "lost" }),
  ]) {
    const all = call();
    change(all);
    await all.clock.pass(60_000);
    assert.equal(all.amara.trouble, null);
  }
});

test("a path that was there and is lost needs the other side's word", async () => {
  const { clock, amara, hear } = call();
  amara.connection = "connected";
  await clock.pass(5000);
  Object.assign(amara, { connection: "lost", lostSince: clock.now() });
  await clock.pass(40_000);
  assert.equal(amara.trouble, null);
  hear({ turn: "none", udp: "ok" });
  assert.deepEqual(amara.trouble, { code: "no-turn" });
});

test("with a path the cause is gone, and what was heard of the old search with it", async () => {
  const { clock, amara, mesh, hear, diagnosis } = call();
  hear({ turn: "none", udp: "ok" });
  await clock.pass(8000);
  assert.deepEqual(diagnosis.of("a"), {
    own: { turn: "none", udp: "ok" },
    theirs: { turn: "none", udp: "ok" },
  });
  amara.connection = "connected";
  await clock.pass(1000);
  assert.equal(amara.trouble, null);
  assert.equal(diagnosis.of("a"), null);
  await clock.pass(20_000);
  Object.assign(amara, { connection: "lost", lostSince: clock.now() });
  mesh.emit("change", undefined);
  await clock.pass(20_000);
  assert.equal(amara.trouble, null);
});

test("what may have got lost is said again, and not more often than the server likes", async () => {
  const { clock, said, mesh } = call();
  await clock.pass(60_000);
  assert.ok(said.length >= 5 && said.length <= 7, String(said.length));
  const before = said.length;
  for (let change = 0; change < 20; change += 1) {
    const found = change % 2 ? SYMMETRIC.found : [{ type: "relay", protocol: "udp" }];
    mesh.searches = { ...SYMMETRIC, servers: ["turn:x"], found };
    await clock.pass(1000);
  }
  assert.ok(said.length - before <= 11);
});

test("a page that was held back has not searched meanwhile", async () => {
  const { clock, amara, hear } = call(SILENT);
  hear({ turn: "none", udp: "blocked" });
  clock.sleep(20_000);
  await clock.pass(2000);
  assert.equal(amara.trouble, null);
});

test("a closed one says and marks nothing", async () => {
  const { clock, amara, said, diagnosis, hear } = call();
  diagnosis.close();
  hear({ turn: "none", udp: "ok" });
  await clock.pass(30_000);
  assert.deepEqual([said.length, amara.trouble], [0, null]);
});

test("the history holds what changed, of this page of this person", async () => {
  const { clock, amara, mesh } = call();
  const history = new History(/** @type {any} */ (mesh), clock);
  await clock.pass(1000);
  Object.assign(amara, { connection: "connected" });
  mesh.emit("change", undefined);
  mesh.emit("change", undefined);
  assert.deepEqual(
    history.of("a").map(({ state }) => state),
    ["connecting", "connected"],
  );
  for (let round = 0; round < 40; round += 1) {
    amara.connection = round % 2 ? "connected" : "lost";
    mesh.emit("change", undefined);
  }
  assert.equal(history.of("a").length, 12);
  assert.equal(history.of("a").at(-1)?.state, "connected");
  amara.instance = "another";
  mesh.emit("change", undefined);
  assert.equal(history.of("a").length, 1);
  mesh.people = [];
  mesh.emit("change", undefined);
  assert.deepEqual(history.of("a"), []);
});
