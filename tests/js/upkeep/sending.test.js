import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Saving } from "../../../static/js/call/upkeep/saving.js";
import { Sending } from "../../../static/js/call/upkeep/sending.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock, settle } from "../fakes.js";
import { FakeSender } from "./fake_sender.js";

const NOTHING = { width: 0, height: 0, rate: 0 };
const TILE = { width: 320, height: 180, rate: 15 };
const SLOTS = ["microphone", "camera", "screen", "screenAudio"];

let clock;
let mesh;
let own;
let views;
let samples;
let saving;
let sending;
let packetTimes;

/** A mesh of people whose senders remember what they were told. */
class FakeMesh extends Emitter {
  people = [];
  senders = new Map();

  add(seat, connection = "connected") {
    this.people.push({ seat, connection });
    this.renew(seat);
  }

  renew(seat) {
    this.senders.set(seat, Object.fromEntries(SLOTS.map((slot) => [slot, new FakeSender()])));
    this.emit("pair", { seat });
  }

  sender(seat, slot) {
    return this.senders.get(seat)?.[slot] ?? null;
  }

  inTurn(seat) {
    packetTimes.push(seat);
  }

  encoding(seat, slot = "camera") {
    return this.senders.get(seat)[slot].encoding;
  }
}

const track = (settings) => ({ getSettings: () => settings });

beforeEach(() => {
  clock = new FakeClock();
  mesh = new FakeMesh();
  packetTimes = [];
  own = Object.assign(new Emitter(), {
    media: { tracks: { camera: track({ width: 640, height: 360, frameRate: 30 }) } },
    share: { picture: null },
    slots: { microphone: "on", camera: "on", screen: "off", screenAudio: "off" },
  });
  const shown = new Map();
  views = Object.assign(new Emitter(), {
    wanted: (seat) => shown.get(seat) ?? { camera: TILE, screen: TILE },
    show(seat, camera, screen = NOTHING) {
      shown.set(seat, { camera, screen });
      this.emit("wanted", { seat });
    },
  });
  samples = Object.assign(new Emitter(), { latest: () => null });
  saving = new Saving(false, () => {});
});

async function begin(...seats) {
  for (const seat of seats) mesh.add(seat);
  sending = new Sending({
    mesh,
    own,
    samples,
    views,
    saving,
    speaks: () => false,
    clock,
    cores: 4,
  });
  await settle();
}

/** One report of a pair, which sends so much and loses so much of it. */
function report(seat, { bitrate = 600_000, loss = 0, rtt = 40, packets = clock.now() / 10 } = {}) {
  const video = {
    ssrc: 1,
    active: true,
    packets,
    lostShare: loss,
    rtt,
    encodeShare: 0.1,
    limited: "",
  };
  samples.emit("sample", {
    seat,
    sample: {
      at: clock.now(),
      path: { rtt, available: null },
      sent: { bytes: 0, packets, bitrate },
      out: { microphone: null, camera: video, screen: null, screenAudio: null },
    },
  });
}

test("whoever is there is sent what they show at once, each by their own encoder", async () => {
  await begin("a", "b");
  views.show("a", { width: 640, height: 360, rate: 30 });
  views.show("b", { width: 160, height: 90, rate: 15 });
  await clock.pass(1500);
  assert.equal(mesh.encoding("a").scaleResolutionDownBy, 1);
  assert.equal(mesh.encoding("b").scaleResolutionDownBy, 4);
  assert.deepEqual([mesh.encoding("a").maxFramerate, mesh.encoding("b").maxFramerate], [30, 15]);
  assert.equal(mesh.encoding("a", "microphone").maxBitrate, 32_000);
});

test("a shared screen's sound has more bits than a voice", async () => {
  await begin("a");
  const [voice, shared] = ["microphone", "screenAudio"].map((slot) => mesh.encoding("a", slot));
  assert.deepEqual([voice.maxBitrate, shared.maxBitrate], [32_000, 64_000]);
});

test("before somebody has said what they show, and before they are connected, it is a small picture", async () => {
  mesh.add("late", "connecting");
  await begin();
  assert.equal(mesh.encoding("late").scaleResolutionDownBy, 2);
  assert.ok(mesh.encoding("late").maxBitrate <= 150_000);
});

test("what is not shown stops in the same moment, and what is shown again goes on in the same", async () => {
  await begin("a");
  views.show("a", NOTHING);
  await settle();
  assert.equal(mesh.encoding("a").active, false);
  views.show("a", { width: 640, height: 360, rate: 30 });
  await settle();
  assert.equal(mesh.encoding("a").active, true);
  assert.equal(mesh.encoding("a").scaleResolutionDownBy, 1);
});

test("on a tight line what is shown again comes back, as it was not left out for want of bits", async () => {
  await begin("a", "b");
  const large = { width: 640, height: 360, rate: 30 };
  for (const seat of ["a", "b"]) views.show(seat, large);
  for (let second = 0; second < 20; second += 1) {
    await clock.pass(1000);
    const rtt = 40 + 25 * second;
    for (const seat of ["a", "b"]) report(seat, { bitrate: 60_000, rtt });
    if (mesh.encoding("b").active && mesh.encoding("b").maxBitrate < 45_000) break;
  }
  assert.equal(mesh.encoding("b").active, true);
  views.show("b", NOTHING);
  await settle();
  assert.equal(mesh.encoding("b").active, false);
  views.show("b", large);
  await settle();
  assert.equal(mesh.encoding("b").active, true);
});

test("another connection is told the same; one that refused is told again", async () => {
  await begin("a");
  views.show("a", { width: 160, height: 90, rate: 15 });
  await clock.pass(2000);
  const { scaleResolutionDownBy } = mesh.encoding("a");
  mesh.renew("a");
  mesh.sender("a", "camera").encodings = [];
  await settle();
  mesh.sender("a", "camera").encodings = [{ active: true }];
  await clock.pass(1000);
  assert.equal(mesh.encoding("a").scaleResolutionDownBy, scaleResolutionDownBy);
});

test("a share that begins is sized for those who show it", async () => {
  await begin("a", "b");
  views.show("a", TILE, { width: 960, height: 540, rate: 15 });
  views.show("b", TILE, NOTHING);
  own.share.picture = track({ width: 1920, height: 1080, frameRate: 15 });
  own.slots.screen = "on";
  own.emit("replace", "screen");
  await settle();
  assert.equal(mesh.encoding("a", "screen").scaleResolutionDownBy, 2);
  assert.equal(mesh.encoding("b", "screen").active, false);
});

test("what sources do not say of themselves is assumed", async () => {
  own.media.tracks.camera = track({});
  await begin("a");
  assert.equal(mesh.encoding("a").scaleResolutionDownBy, 2);
});

test("a keyframe is sent to whom it is missing", async () => {
  await begin("a", "b");
  mesh.emit("message", { from: "a", message: { type: "keyframe", slot: "camera" } });
  mesh.emit("message", { from: "gone", message: { type: "keyframe", slot: "camera" } });
  mesh.emit("message", { from: "b", message: { type: "views" } });
  await settle();
  assert.equal(mesh.sender("a", "camera").options.length, 1);
  assert.equal(mesh.sender("b", "camera").options.length, 0);
});

test("a line that narrows costs pictures first: they shrink, sound goes on, the load is said", async () => {
  mesh.add("late", "connecting");
  await begin("a", "b", "c");
  const loads = [];
  sending.on("change", () => loads.push({ ...sending.uplink }));
  for (const seat of ["a", "b", "c"]) views.show(seat, { width: 640, height: 360, rate: 30 });
  for (let second = 0; second < 5; second += 1) {
    await clock.pass(1000);
    for (const seat of ["a", "b", "c"]) report(seat, { bitrate: 400_000 });
  }
  assert.deepEqual(sending.uplink, { to: 3, of: 3, limit: "" });
  const before = mesh.encoding("a").maxBitrate;
  const told = (seat) => (mesh.encoding(seat).active ? mesh.encoding(seat).maxBitrate : 0);
  for (let second = 0; second < 12; second += 1) {
    await clock.pass(1000);
    // A queue that grows with all that is sent.
    const rtt = 140 + (told("a") + told("b") + told("c")) / 200;
    for (const seat of ["a", "b", "c"]) report(seat, { bitrate: 40_000, rtt });
  }
  const { maxBitrate } = mesh.encoding("a", "microphone");
  assert.ok(maxBitrate >= 12_000 && maxBitrate < 32_000);
  assert.ok(mesh.encoding("a").maxBitrate < before || !mesh.encoding("a").active);
  assert.ok(sending.uplink.to < 3 && sending.uplink.limit === "line");
  assert.ok(packetTimes.includes("a") && !packetTimes.includes("late"));
  assert.ok(loads.length >= 2);
});

test("a page that spares its line sends small pictures", async () => {
  await begin("a");
  views.show("a", { width: 640, height: 360, rate: 30 });
  await settle();
  saving.choose(true);
  await clock.pass(2500);
  assert.equal(mesh.encoding("a").scaleResolutionDownBy, 2);
  assert.equal(mesh.encoding("a").maxFramerate, 15);
});

test("who left is forgotten, and comes back as somebody new", async () => {
  await begin("a");
  views.show("a", NOTHING);
  await settle();
  mesh.people = [];
  await clock.pass(1000);
  mesh.add("a", "connecting");
  views.show("a", TILE);
  await settle();
  assert.equal(mesh.encoding("a").active, true);
});

test("after the call nothing is told to anybody", async () => {
  await begin("a");
  sending.close();
  views.show("a", NOTHING);
  mesh.emit("pair", { seat: "a" });
  await clock.pass(5000);
  assert.equal(mesh.encoding("a").active, true);
  assert.equal(clock.next, null);
});
