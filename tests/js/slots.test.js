import assert from "node:assert/strict";
import { test } from "node:test";
import { allowed, makeSlots, newOutgoing, showTracks } from "../../static/js/call/slots.js";
import { FakeStream, FakeTrack } from "./fakes.js";

test("streams hold what the slots say, and nothing else", () => {
  const streams = {
    voice: new FakeStream(),
    camera: new FakeStream(),
    screen: new FakeStream(),
    screenVoice: new FakeStream(),
  };
  const tracks = { microphone: "audio", camera: "video", screen: "video", screenAudio: "audio" };
  for (const slot of Object.keys(tracks)) tracks[slot] = new FakeTrack(tracks[slot], slot);
  const show = (slots) => {
    const person = /** @type {any} */ ({ ...streams, slots });
    showTracks(person, (slot) => tracks[slot]);
    return Object.values(streams).map((stream) => stream.getTracks().map(({ label }) => label)[0]);
  };
  const off = { microphone: "off", camera: "off", screen: "off", screenAudio: "off" };
  assert.deepEqual(show({ ...off, microphone: "muted", screen: "on" }), [
    "microphone",
    undefined,
    "screen",
    undefined,
  ]);
  tracks.screen = new FakeTrack("video", "rebuilt");
  assert.deepEqual(show({ ...off, camera: "on", screen: "on", screenAudio: "on" }), [
    undefined,
    "camera",
    "rebuilt",
    "screenAudio",
  ]);
  assert.deepEqual(show(off), [undefined, undefined, undefined, undefined]);
});

test("a browser that lets nobody order its codecs makes the four slots all the same", () => {
  Object.assign(globalThis, {
    MediaStream: FakeStream,
    RTCRtpReceiver: { getCapabilities: () => ({ codecs: [] }) },
  });
  const made = [];
  const pc = /** @type {any} */ ({
    addTransceiver: (kind) => {
      made.push(kind);
      return { kind };
    },
  });
  assert.equal(makeSlots(pc, newOutgoing()).length, 4);
  assert.deepEqual(made, ["audio", "video", "video", "audio"]);
});

test("a muted voice is silent, whatever comes, and is there with its first word", () => {
  const track = new FakeTrack("audio");
  const voice = new FakeStream();
  const nothing = () => new FakeStream();
  for (const [microphone, enabled] of /** @type {const} */ ([
    ["on", true],
    ["muted", false],
    ["on", true],
  ])) {
    const slots = { microphone, camera: "off", screen: "off", screenAudio: "off" };
    const others = { camera: nothing(), screen: nothing(), screenVoice: nothing() };
    showTracks(/** @type {any} */ ({ voice, ...others, slots }), () => /** @type {any} */ (track));
    assert.deepEqual([voice.getTracks(), track.enabled], [[track], enabled]);
  }
});

test("nothing counts of what is forbidden or held, by whichever of both", () => {
  const said = /** @type {const} */ ({
    microphone: "on",
    camera: "on",
    screen: "on",
    screenAudio: "on",
  });
  const left = {
    microphone: { ...said, microphone: "muted" },
    camera: { ...said, camera: "off" },
    screen: { ...said, screen: "off", screenAudio: "off" },
    chat: said,
  };
  assert.deepEqual(allowed(said, { forbidden: [], held: [] }), said);
  for (const [power, slots] of Object.entries(left)) {
    const list = /** @type {any} */ ([power]);
    assert.deepEqual(allowed(said, { forbidden: list, held: [] }), slots, power);
    assert.deepEqual(allowed(said, { forbidden: [], held: list }), slots, power);
  }
  const all = { forbidden: ["microphone", "screen"], held: ["camera"] };
  assert.deepEqual(allowed(said, /** @type {any} */ (all)), {
    microphone: "muted",
    camera: "off",
    screen: "off",
    screenAudio: "off",
  });
  const off = /** @type {const} */ ({
    microphone: "off",
    camera: "off",
    screen: "off",
    screenAudio: "off",
  });
  assert.deepEqual(allowed(off, /** @type {any} */ (all)), off);
});

test("the sound of a screen that is not shown is another microphone, and no sound", () => {
  const said = /** @type {const} */ ({
    microphone: "muted",
    camera: "off",
    screen: "off",
    screenAudio: "on",
  });
  assert.equal(allowed(said, { forbidden: [], held: [] }).screenAudio, "off");
});
