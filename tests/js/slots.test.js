import assert from "node:assert/strict";
import { test } from "node:test";
import { makeSlots, newOutgoing, showTracks } from "../../static/js/call/slots.js";
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
    const person = /** @type {any} */ ({ ...streams, slots, forbidden: [], held: [] });
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
