import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parsePeer } from "../../../static/js/call/messages.js";
import { Links } from "../../../static/js/call/upkeep/links.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";

class FakeMesh extends Emitter {
  people = [
    { seat: "a", connection: "connected" },
    { seat: "b", connection: "connecting" },
  ];
  /** @type {{to: string, links: any[]}[]} */
  said = [];

  send(seat, message) {
    assert.deepEqual(parsePeer(JSON.stringify(message)), message);
    this.said.push({ to: seat, links: message.links });
    return true;
  }

  sendAll(message) {
    this.send("all", message);
  }
}

class FakeSamples extends Emitter {
  /** @type {Record<string, any>} */
  known = {};

  latest(seat) {
    return this.known[seat] ?? null;
  }

  look(seat, sample) {
    this.known[seat] = sample;
    this.emit("sample", { seat, sample });
  }
}

/** @type {FakeClock} */
let clock;
/** @type {FakeMesh} */
let mesh;
/** @type {FakeSamples} */
let samples;
/** @type {Links} */
let links;
let changes = 0;

beforeEach(() => {
  clock = new FakeClock();
  mesh = new FakeMesh();
  samples = new FakeSamples();
  links = new Links(/** @type {any} */ (mesh), /** @type {any} */ (samples), clock);
  changes = 0;
  links.on("change", () => {
    changes += 1;
  });
});

const sample = (rtt, { local = "srflx", lostShare = 0 } = {}) => ({
  path: { local, remote: "host", protocol: "udp", rtt, available: null },
  in: { microphone: { bitrate: 100, lostShare }, camera: { bitrate: 300, lostShare: 0 } },
});
const hear = (from, ...said) =>
  mesh.emit("message", { from, message: { type: "links", links: said } });
const link = (seat, state = "connected") => ({
  seat,
  state,
  path: "",
  protocol: "",
  rtt: 0,
  loss: 0,
});

test("says how the own pairs are, whether or not they were looked at", async () => {
  await clock.pass(0);
  assert.deepEqual(mesh.said, [{ to: "all", links: [link("a"), link("b", "connecting")] }]);
  samples.look("a", sample(24.4, { lostShare: 0.2 }));
  await clock.pass(2000);
  assert.deepEqual(mesh.said[1].links[0], {
    seat: "a",
    state: "connected",
    path: "srflx",
    protocol: "udp",
    rtt: 24,
    loss: 50,
  });
});

test("of a path that is lost nothing else is said", async () => {
  samples.look("a", sample(24));
  await clock.pass(2000);
  mesh.people[0].connection = "lost";
  mesh.emit("change", undefined);
  await clock.pass(2000);
  assert.deepEqual(mesh.said.at(-1)?.links[0], link("a", "lost"));
});

test("is said when it changes, and never more often than every 2 s", async () => {
  await clock.pass(10_000);
  assert.equal(mesh.said.length, 1);
  for (let turn = 0; turn < 100; turn += 1) {
    samples.look("a", sample(turn % 2 ? 20 : 400));
    await clock.pass(100);
  }
  assert.ok(mesh.said.length >= 4 && mesh.said.length <= 7, String(mesh.said.length));
});

test("a little more or less is no news", async () => {
  samples.look("a", sample(100));
  await clock.pass(2000);
  const before = mesh.said.length;
  for (const rtt of [105, 95, 118, 83]) {
    samples.look("a", sample(rtt));
    await clock.pass(2000);
  }
  assert.equal(mesh.said.length, before);
  samples.look("a", sample(121));
  await clock.pass(2000);
  assert.equal(mesh.said.length, before + 1);
});

test("who comes within reach is told at once", async () => {
  await clock.pass(0);
  mesh.emit("open", { seat: "b" });
  assert.equal(mesh.said.at(-1)?.to, "b");
});

test("knows who is connected to whom, as far as they have said", () => {
  assert.equal(links.of("a"), null);
  assert.equal(links.connects("a", "b"), null);
  hear("a", link("b"), link("c", "lost"));
  assert.deepEqual(links.of("a"), [link("b"), link("c", "lost")]);
  assert.deepEqual(
    ["b", "c", "d"].map((seat) => links.connects("a", seat)),
    [true, false, null],
  );
  assert.equal(changes, 1);
});

test("what somebody said goes with them", () => {
  hear("a", link("b"));
  mesh.people = mesh.people.slice(1);
  mesh.emit("change", undefined);
  assert.equal(links.of("a"), null);
  assert.equal(changes, 2);
});

test("who floods is not heard", async () => {
  for (let turn = 0; turn < 100; turn += 1) hear("a", link("b"));
  assert.equal(changes, 5);
  await clock.pass(1000);
  const before = changes;
  hear("a", link("b"));
  assert.equal(changes, before + 1);
});

test("nothing is said after the end", async () => {
  links.close();
  mesh.people[0].connection = "lost";
  mesh.emit("change", undefined);
  await clock.pass(10_000);
  assert.deepEqual(mesh.said, []);
});
