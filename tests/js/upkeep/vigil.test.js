import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Vigil } from "../../../static/js/call/upkeep/vigil.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock, settle } from "../fakes.js";

/** @type {FakeClock} */
let clock;
/** @type {Record<string, any>} */
let pair;
/** @type {FakeMesh} */
let mesh;
/** @type {FakeSamples} */
let samples;
/** @type {Vigil} */
let vigil;

class FakeMesh extends Emitter {
  people = [{ seat: "a", connection: "connected" }];
  /** @type {number[]} */
  stalls = [];
  heardTimes = 0;

  known() {
    return { heardAt: pair.beatAt };
  }

  stalled(_, since) {
    this.stalls.push(since);
    this.people[0].connection = "lost";
  }

  heard() {
    this.heardTimes += 1;
  }
}

class FakeSamples extends Emitter {
  answers = true;
  asked = 0;

  sample() {
    const { signs, checks, used, packetAt } = pair;
    const quiet = packetAt === null ? null : clock.now() - packetAt;
    return { signs, quiet, checks: { pair: used, count: checks } };
  }

  async look() {
    this.asked += 1;
    return this.answers ? this.sample() : new Promise(() => {});
  }

  tell() {
    this.emit("sample", { seat: "a", sample: this.sample() });
  }
}

beforeEach(() => {
  clock = new FakeClock();
  pair = { beatAt: clock.now(), packetAt: null, signs: 0, checks: 0, used: "C" };
  mesh = new FakeMesh();
  samples = new FakeSamples();
  vigil = new Vigil(/** @type {any} */ (mesh), /** @type {any} */ (samples), clock);
});

/** Time in which this or that comes again and again, and samples are taken once a second. */
async function live(milliseconds, { beats = 0, packets = 0, checks = 0 } = {}) {
  for (let passed = 100; passed <= milliseconds; passed += 100) {
    await clock.pass(100);
    if (beats && passed % beats === 0) pair.beatAt = clock.now();
    if (packets && passed % packets === 0) {
      pair.signs += 1;
      pair.packetAt = clock.now();
    }
    if (checks && passed % checks === 0) pair.checks += 1;
    if (passed % 1000 === 0) samples.tell();
  }
}

test("a path on which everything ends is lost 2 s later", async () => {
  await live(10_000, { beats: 500, packets: 100 });
  const ended = clock.now();
  await live(1900);
  assert.deepEqual(mesh.stalls, []);
  await live(400);
  assert.equal(mesh.stalls.length, 1);
  assert.ok(Math.abs(mesh.stalls[0] - ended) <= 100, `${mesh.stalls[0] - ended} ms off`);
  await live(60_000);
  assert.equal(mesh.stalls.length, 1);
});

test("a heart alone, packets alone, or checks of the path in use alone are life enough", async () => {
  await live(60_000, { beats: 1000 });
  await live(60_000, { packets: 400 });
  await live(60_000, { checks: 1000 });
  assert.deepEqual(mesh.stalls, []);
});

test("of packets the browser's own time counts, within what was seen", async () => {
  await live(5000, { beats: 500, packets: 100 });
  await live(1500, { packets: 100 });
  const ended = clock.now();
  await live(1800);
  assert.deepEqual(mesh.stalls, []);
  await live(500);
  assert.ok(Math.abs(mesh.stalls[0] - ended) <= 100, `${mesh.stalls[0] - ended} ms off`);
});

test("another path that is in use now brings nothing by that", async () => {
  await live(5000, { beats: 500, checks: 500 });
  await live(1000);
  Object.assign(pair, { used: "D", checks: 100 });
  await live(1400);
  assert.equal(mesh.stalls.length, 1);
});

test("time in which this page did not run misses nobody", async () => {
  await live(5000, { beats: 500, packets: 100 });
  clock.sleep(60_000);
  await live(1900);
  assert.deepEqual(mesh.stalls, []);
  await live(600);
  assert.equal(mesh.stalls.length, 1);
});

test("nor where it is the answer that is first to be heard afterwards", async () => {
  await live(5000, { beats: 500 });
  /** @type {(sample: any) => void} */
  let answer = () => {};
  samples.look = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  await live(1300);
  clock.sleep(2000);
  answer(samples.sample());
  await settle();
  assert.deepEqual(mesh.stalls, []);
});

test("a heart that was never heard, and a pair that is not connected, are not missed", async () => {
  pair.beatAt = null;
  await live(10_000);
  pair.beatAt = clock.now();
  mesh.people[0].connection = "connecting";
  await live(10_000);
  assert.deepEqual([mesh.stalls, samples.asked], [[], 0]);
  mesh.people[0].connection = "connected";
  await live(1900);
  assert.deepEqual(mesh.stalls, []);
  await live(600);
  assert.equal(mesh.stalls.length, 1);
});

test("heartbeats that waited behind the question count", async () => {
  await live(5000, { beats: 500 });
  samples.look = async () => {
    pair.beatAt = clock.now();
    return samples.sample();
  };
  await live(10_000);
  assert.deepEqual(mesh.stalls, []);
});

test("whatever comes of a lost pair is told", async () => {
  await live(5000, { beats: 500, packets: 100 });
  await live(3000);
  const before = mesh.heardTimes;
  await live(2000);
  assert.equal(mesh.heardTimes, before);
  await live(1000, { packets: 100 });
  assert.equal(mesh.heardTimes, before + 1);
});

test("a browser that does not answer is asked once more, and proves nothing", async () => {
  await live(5000, { beats: 500 });
  samples.answers = false;
  samples.tell = () => {};
  const before = samples.asked;
  await live(5000);
  assert.deepEqual([mesh.stalls, samples.asked], [[], before + 1]);
  samples.answers = true;
  await live(2000);
  assert.equal(mesh.stalls.length, 1);
});

test("another connection begins anew; who left is not looked at", async () => {
  await live(5000, { beats: 500 });
  await live(1500);
  mesh.emit("pair", { seat: "a" });
  await live(1900);
  assert.deepEqual(mesh.stalls, []);
  mesh.people = [];
  await live(10_000);
  assert.deepEqual(mesh.stalls, []);
  vigil.close();
  assert.equal(clock.next, null);
});
