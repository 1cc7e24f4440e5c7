import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Missing } from "../../../static/js/call/upkeep/missing.js";
import { Renewals } from "../../../static/js/call/upkeep/renewals.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";

/** @type {FakeClock} */
let clock;
/** @type {FakeMesh} */
let mesh;
/** @type {Emitter<any>} */
let samples;
/** @type {Missing} */
let missing;
let views = {};
let isBeating = true;
/** Whether what comes of the one comes of the other, too. */
let isShared = false;
/** @type {Record<string, any>} */
let inbound = {};

class FakeMesh extends Emitter {
  people = [
    {
      seat: "a",
      connection: "connected",
      slots: { microphone: "on", camera: "on", screen: "off", screenAudio: "off" },
    },
  ];
  wishes = [];
  renewals = 0;

  known() {
    return { heardAt: isBeating ? clock.now() - 300 : clock.now() - 5000 };
  }

  send(_, message) {
    this.wishes.push({ slot: message.slot, at: clock.now() });
    return true;
  }

  renew() {
    this.renewals += 1;
  }
}

beforeEach(() => {
  clock = new FakeClock();
  mesh = new FakeMesh();
  samples = new Emitter();
  isBeating = true;
  isShared = false;
  views = {
    camera: { width: 320, height: 180, rate: 15 },
    screen: { width: 1280, height: 720, rate: 15 },
  };
  const nothing = { frames: 0, packets: 0, fresh: 0, sent: 0 };
  inbound = {
    microphone: { ...nothing },
    camera: { ...nothing },
    screen: { ...nothing },
    screenAudio: null,
  };
  const asked = () => views;
  const renewals = new Renewals(/** @type {any} */ (mesh), clock);
  const parts = /** @type {any} */ ([mesh, samples, { asked }, renewals, clock]);
  missing = new Missing(.../** @type {[any, any, any, any, any]} */ (parts));
});

/** Seconds in which so many packets and pictures of each slot leave the other side, or come here too. */
async function live(seconds, { comes = [], leaves = [], comesBroken = [] } = {}) {
  for (let second = 0; second < seconds; second += 1) {
    await clock.pass(1000);
    for (const slot of [...comes, ...leaves]) inbound[slot].sent += 15;
    for (const slot of [...comes, ...comesBroken]) {
      inbound[slot].packets += 15;
      inbound[slot].fresh += 15;
    }
    for (const slot of comes) inbound[slot].frames += 15;
    samples.emit("sample", { seat: "a", sample: { in: { ...inbound } } });
    if (isShared) samples.emit("sample", { seat: "b", sample: { in: { ...inbound } } });
  }
}

const seconds = (since) => mesh.wishes.map(({ at }) => Math.round((at - since) / 1000));

test("nothing is asked of whoever sends all that is expected", async () => {
  mesh.people[0].slots.screen = "on";
  await live(600, { comes: ["microphone", "camera", "screen"] });
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("a camera that ends is asked for after 3 s, ever less often, and sends nothing: nothing is built", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  const since = clock.now();
  await live(60, { comes: ["microphone"] });
  assert.deepEqual(seconds(since), [3, 8, 18]);
  await live(540, { comes: ["microphone"] });
  assert.ok(mesh.wishes.length <= 30, `${mesh.wishes.length} wishes`);
  assert.equal(mesh.renewals, 0);
});

test("what leaves and does not come is asked for twice, then built anew, and that ever less often", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  await live(15, { comes: ["microphone"], leaves: ["camera"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [2, 1]);
  await live(600, { comes: ["microphone"], leaves: ["camera"] });
  assert.equal(mesh.renewals, 4);
});

test("packets of which no picture is made are as good as none", async () => {
  mesh.people[0].slots.microphone = "muted";
  await live(5, { comes: ["camera"] });
  await live(15, { comesBroken: ["camera"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [2, 1]);
});

test("while sound comes of which no picture is made, it is asked for longer", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  await live(29, { comes: ["microphone"], comesBroken: ["camera"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [3, 0]);
  await live(2, { comes: ["microphone"], comesBroken: ["camera"] });
  assert.equal(mesh.renewals, 1);
});

test("a machine that can make pictures of nobody's packets gets no new connections", async () => {
  mesh.people.push({ ...mesh.people[0], seat: "b" });
  mesh.people[0].slots.microphone = "muted";
  isShared = true;
  await live(5, { comes: ["camera"] });
  await live(120, { comesBroken: ["camera"] });
  assert.ok(mesh.wishes.length > 4);
  assert.equal(mesh.renewals, 0);
  isShared = false;
  await live(10, { comesBroken: ["camera"] });
  assert.equal(mesh.renewals, 1);
});

test("what a page that is late has not seen is not missed", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  for (let times = 0; times < 20; times += 1) {
    await clock.pass(2000);
    await live(1, { leaves: ["microphone", "camera"] });
  }
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("a report that is late does not make what had come into something that is missing", async () => {
  await live(4, { comes: ["camera"] });
  inbound.camera.sent -= 40;
  await live(1, { comes: ["camera"] });
  await live(1);
  inbound.camera.sent += 40;
  await live(60);
  assert.equal(mesh.renewals, 0);
});

test("what is sent to find out what the line carries is no media that is missing", async () => {
  mesh.people[0].slots.screen = "on";
  await live(5, { comes: ["microphone", "camera", "screen"] });
  for (let second = 0; second < 600; second += 1) {
    inbound.screen.sent += 5;
    inbound.screen.packets += second % 2 ? 5 : 4;
    await live(1, { comes: ["microphone", "camera"] });
  }
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("a heart that was late does not make a still screen into one that never came", async () => {
  mesh.people[0].slots.screen = "on";
  await live(5, { comes: ["microphone", "camera", "screen"] });
  isBeating = false;
  await live(3, { comes: ["microphone", "camera"] });
  isBeating = true;
  await live(60, { comes: ["microphone", "camera"] });
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("a still screen is well; one of which nothing ever came is asked for", async () => {
  mesh.people[0].slots.screen = "on";
  await live(10, { comes: ["microphone", "camera"] });
  assert.deepEqual(
    mesh.wishes.map(({ slot }) => slot),
    ["screen", "screen"],
  );
  await live(1, { comes: ["microphone", "camera", "screen"] });
  await live(600, { comes: ["microphone", "camera"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [2, 0]);
});

test("sound that leaves and does not come is built anew; silence is well", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  await live(60, { comes: ["camera"] });
  assert.equal(mesh.renewals, 0);
  await live(10, { comes: ["camera"], leaves: ["microphone"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [0, 1]);
});

test("what is off, muted, or not asked for is not missed", async () => {
  const all = ["microphone", "camera"];
  await live(5, { comes: all });
  mesh.people[0].slots = { ...mesh.people[0].slots, microphone: "muted", camera: "off" };
  await live(60, { leaves: all });
  mesh.people[0].slots.camera = "on";
  for (const other of [{ ...views, camera: { width: 0, height: 0, rate: 0 } }, null]) {
    views = /** @type {any} */ (other);
    await live(60, { leaves: all });
  }
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("without a heartbeat it is the path that is missing", async () => {
  await live(5, { comes: ["microphone", "camera"] });
  isBeating = false;
  await live(60, { leaves: ["microphone", "camera"] });
  isBeating = true;
  mesh.people[0].connection = "lost";
  await live(60, { leaves: ["microphone", "camera"] });
  assert.deepEqual([mesh.wishes, mesh.renewals], [[], 0]);
});

test("pictures that are asked for seldom are missed later", async () => {
  views.camera.rate = 0.5;
  await live(2, { comes: ["camera"] });
  await live(2);
  assert.equal(mesh.wishes.length, 0);
  await live(1);
  assert.equal(mesh.wishes.length, 1);
});

test("who comes back begins anew, and nothing is done after the end", async () => {
  await live(5, { comes: ["camera"] });
  await live(15, { leaves: ["camera"] });
  assert.equal(mesh.renewals, 1);
  const { people } = mesh;
  mesh.people = [];
  mesh.emit("change", undefined);
  mesh.people = people;
  await live(5, { comes: ["camera"] });
  await live(15, { leaves: ["camera"] });
  assert.equal(mesh.renewals, 2);
  missing.close();
  const before = mesh.wishes.length;
  await live(600, { leaves: ["camera"] });
  assert.deepEqual([mesh.wishes.length, mesh.renewals], [before, 2]);
});
