import assert from "node:assert/strict";
import { test } from "node:test";
import { loadOf } from "../../../static/js/call/upkeep/load.js";
import { Looks, lookOf } from "../../../static/js/call/upkeep/look.js";
import { modest } from "../../../static/js/call/upkeep/modest.js";
import { Emitter } from "../../../static/js/lib/emitter.js";

const NOTHING = { width: 0, height: 0, rate: 0 };
const NONE = { camera: 0, screen: 0 };

function out(packets, more = {}) {
  return {
    ssrc: 1,
    active: true,
    bytes: 0,
    packets,
    bitrate: 0,
    target: null,
    frames: 0,
    rate: 0,
    width: 0,
    height: 0,
    codec: "VP8",
    encodeSeconds: 0,
    encodeShare: 0,
    limited: "",
    keyframes: null,
    lostShare: null,
    rtt: null,
    jitter: null,
    made: null,
    ...more,
  };
}

function sample(at, slots = {}, more = {}) {
  return {
    at,
    path: { local: "host", remote: "host", protocol: "udp", rtt: 50, available: 400_000 },
    signs: 0,
    quiet: null,
    received: { bytes: 0, packets: 0, bitrate: 0 },
    sent: { bytes: 0, packets: at / 10, bitrate: 100_000 },
    in: {},
    out: { microphone: null, camera: null, screen: null, screenAudio: null, ...slots },
    ...more,
  };
}

test("what is used counts with all that is around a packet", () => {
  const look = lookOf("a", sample(2000), sample(1000), NONE);
  assert.equal(look.used, 100_000 + 100 * 28 * 8);
  assert.deepEqual([look.rtt, look.available, look.loss], [50, 400_000, null]);
});

test("loss is weighed by packets, and old news are none", () => {
  const before = sample(1000, { camera: out(100), microphone: out(50), screen: out(70) });
  const slots = {
    camera: out(190, { lostShare: 0.1, rtt: 80 }),
    microphone: out(60, { lostShare: 0.5 }),
    screen: out(70, { lostShare: 1 }),
  };
  const look = lookOf("a", sample(2000, slots), before, NONE);
  assert.ok(Math.abs(look.loss - (90 * 0.1 + 10 * 0.5) / 100) < 1e-9);
  assert.equal(look.rtt, 80);
});

test("a round trip that nothing was sent for is the path's", () => {
  const camera = out(100, { rtt: 900 });
  assert.equal(lookOf("a", sample(2000, { camera }), sample(1000, { camera }), NONE).rtt, 50);
});

test("sound was handed what it used: silence leaves nothing unused", () => {
  const before = sample(1000, { microphone: out(100) });
  const look = lookOf("a", sample(2000, { microphone: out(150, { bitrate: 40_000 }) }), before, {
    camera: 300_000,
    screen: 0,
  });
  assert.equal(look.handed, 300_000 + 40_000 + 50 * 28 * 8);
});

test("a shared page that stands still was handed what it used, a film and a camera all of it", () => {
  const before = sample(1000, { camera: out(1), screen: out(1) });
  const handed = (bitrate) => {
    const slots = { camera: out(1, { bitrate: 9000 }), screen: out(1, { bitrate }) };
    return lookOf("a", sample(2000, slots), before, { camera: 50_000, screen: 600_000 }).handed;
  };
  assert.deepEqual([40_000, 590_000].map(handed), [90_000, 650_000]);
});

test("what a shared screen used is known for as long as it is sent", () => {
  const samples = new Emitter();
  let given = { camera: 0, screen: 600_000 };
  const looks = new Looks(samples, () => given, new AbortController().signal);
  const hear = (at, bitrate) => {
    samples.emit("sample", { seat: "a", sample: sample(at, { screen: out(1, { bitrate }) }) });
    return looks.ofScreen("a");
  };
  assert.equal(hear(1000, 0), null);
  assert.equal(hear(2000, 500_000), 500_000);
  assert.equal(hear(3000, 100_000), 300_000);
  assert.equal(hear(9000, 40_000), 40_000);
  given = NONE;
  assert.equal(hear(10_000, 0), null);
  assert.equal(looks.ofScreen("b"), null);
});

test("looks are kept by seat until its connection is another", () => {
  const samples = new Emitter();
  const looks = new Looks(samples, () => NONE, new AbortController().signal);
  const camera = out(1, { encodeShare: 0.3, limited: "cpu" });
  samples.emit("sample", { seat: "a", sample: sample(1000, { camera }) });
  samples.emit("sample", {
    seat: "b",
    sample: sample(1000, { camera: out(1, { encodeShare: 0.2 }) }),
  });
  assert.deepEqual(
    looks.of(["a", "b", "c"]).map(({ seat }) => seat),
    ["a", "b"],
  );
  assert.deepEqual(looks.encoding(["a", "b"]), { share: 0.5, isLimited: true });
  assert.deepEqual(looks.encoding(["b"]), { share: 0.2, isLimited: false });
  looks.forget("a");
  assert.equal(looks.of(["a"]).length, 0);
});

test("the load counts people: who asks, and who gets all of it", () => {
  const own = { camera: {}, screen: {}, sounds: [], speaks: false };
  const face = { width: 100, height: 100, rate: 15 };
  const viewers = [
    { seat: "all", asked: { camera: face, screen: face } },
    { seat: "half", asked: { camera: face, screen: face } },
    { seat: "none", asked: { camera: NOTHING, screen: NOTHING } },
  ];
  const given = new Map([
    ["all", { camera: 1, screen: 1 }],
    ["half", { camera: 0, screen: 1 }],
    ["none", { camera: 0, screen: 0 }],
  ]);
  assert.deepEqual(loadOf(viewers, given, own, 1), { to: 1, of: 2, limit: "line" });
  assert.deepEqual(loadOf(viewers.slice(0, 1), given, own, 0.5), {
    to: 1,
    of: 1,
    limit: "machine",
  });
  assert.deepEqual(loadOf(viewers, given, { ...own, camera: null, screen: null }, 1), {
    to: 0,
    of: 0,
    limit: "",
  });
});

test("a page sends no more than it will, in the same shape", () => {
  const asked = {
    camera: { width: 640, height: 360, rate: 30 },
    screen: { width: 1280, height: 720, rate: 15 },
  };
  assert.deepEqual(modest(asked, 1, false), asked);
  const half = modest(asked, 0.25, false);
  assert.deepEqual([half.camera.width, half.camera.height, half.screen.width], [320, 180, 640]);
  const saving = modest(asked, 1, true);
  assert.deepEqual(saving.camera, { width: 320, height: 180, rate: 15 });
  assert.deepEqual(saving.screen, { width: 1280, height: 720, rate: 5 });
  assert.deepEqual(modest({ camera: NOTHING, screen: NOTHING }, 0.5, true), {
    camera: NOTHING,
    screen: NOTHING,
  });
});
