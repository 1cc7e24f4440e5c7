import assert from "node:assert/strict";
import { test } from "node:test";
import { Own } from "../../static/js/call/own.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { FakeStream, FakeTrack, settle } from "./fakes.js";

globalThis.MediaStream = /** @type {any} */ (FakeStream);

const ALL = ["microphone", "camera", "screen", "chat"];
const ON = { microphone: "on", camera: "on", screen: "on", screenAudio: "on" };
const OFF = { microphone: "muted", camera: "off", screen: "off", screenAudio: "off" };

/** A browser's devices, which it hands out when it is told to. */
class FakeDevices extends EventTarget {
  /** @type {FakeTrack[]} */
  given = [];
  /** @type {Promise<unknown>} */
  consent = Promise.resolve();

  async getUserMedia({ audio, video }) {
    await this.consent;
    return this.#give([audio && "audio", video && "video"]);
  }

  async getDisplayMedia() {
    await this.consent;
    return this.#give(["video", "audio"]);
  }

  async enumerateDevices() {
    return [];
  }

  #give(kinds) {
    const tracks = kinds.filter(Boolean).map((kind) => new FakeTrack(kind));
    this.given.push(...tracks);
    return new FakeStream(tracks);
  }
}

/** Own devices, and everything that was ever said to be on, or was sent. */
async function open({ asked = () => Promise.resolve(), ...remembered } = {}) {
  const devices = new FakeDevices();
  devices.consent = asked();
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices: devices },
    configurable: true,
  });
  const outgoing = newOutgoing();
  const own = new Own(outgoing, remembered);
  const seen = new Set();
  const look = () => {
    for (const [slot, words] of Object.entries(own.slots)) if (words === "on") seen.add(slot);
    for (const [slot, track] of Object.entries(outgoing.tracks)) {
      if (track?.enabled && track.readyState === "live") seen.add(slot);
    }
  };
  for (const name of /** @type {const} */ (["slots", "replace", "change"])) own.on(name, look);
  return { own, devices, outgoing, seen };
}

async function allOn() {
  const opened = await open();
  await opened.own.media.settled;
  await opened.own.share.start();
  assert.deepEqual(opened.own.slots, ON);
  return opened;
}

test("what is barred is off at once, with its light", async () => {
  const { own, devices, outgoing } = await allOn();
  const { version } = own;
  own.bar(ALL);
  assert.deepEqual(own.slots, OFF);
  assert.ok(own.version > version);
  await settle();
  const [microphone, camera, screen, sound] = devices.given;
  assert.deepEqual(outgoing.tracks, {
    microphone,
    camera: null,
    screen: null,
    screenAudio: null,
  });
  assert.equal(microphone.enabled, false);
  for (const track of [camera, screen, sound]) assert.equal(track.readyState, "ended");
  assert.deepEqual([own.camera, own.screen], [null, null]);
  own.close();
});

test("each is barred alone", async () => {
  for (const slot of ["microphone", "camera", "screen"]) {
    const { own } = await allOn();
    own.bar([slot]);
    await settle();
    const sound = slot === "screen" ? { screenAudio: "off" } : {};
    assert.deepEqual(own.slots, { ...ON, [slot]: OFF[slot], ...sound });
    own.close();
  }
});

test("nothing that is barred comes on, in whatever way it is asked for", async () => {
  const { own, devices, seen } = await allOn();
  own.bar(ALL);
  await settle();
  seen.clear();
  await own.media.setMicrophone(true);
  await own.media.setCamera(true);
  await own.media.retry("camera");
  await own.media.choose("camera", "another");
  await own.media.choose("microphone", "another");
  await own.share.start();
  await settle();
  assert.deepEqual([[...seen], own.slots], [[], OFF]);
  for (const track of devices.given) assert.ok(track.readyState === "ended" || !track.enabled);
  own.close();
});

test("what the browser is asked for when it is barred does not come on either", async () => {
  let consent = () => {};
  const asked = () =>
    new Promise((resolve) => {
      consent = () => resolve(undefined);
    });
  const { own, seen } = await open({ asked });
  own.share.start();
  await settle();
  own.bar(ALL);
  consent();
  await own.media.settled;
  await settle();
  assert.deepEqual([[...seen], own.slots], [[], OFF]);
  own.close();
});

test("what a host turned off does not come on with an answer that the browser gives later", async () => {
  let consent = () => {};
  const asked = () =>
    new Promise((resolve) => {
      consent = () => resolve(undefined);
    });
  const { own, seen } = await open({ asked });
  own.turnOff("microphone");
  own.turnOff("camera");
  consent();
  await own.media.settled;
  await settle();
  assert.deepEqual([[...seen], own.slots.microphone, own.slots.camera], [[], "muted", "off"]);
  own.close();
});

test("nothing comes on by itself when it is allowed again", async () => {
  const { own } = await allOn();
  own.bar(ALL);
  await settle();
  own.bar([]);
  await settle();
  assert.deepEqual(own.slots, OFF);
  await own.media.setMicrophone(true);
  await own.media.setCamera(true);
  await own.share.start();
  assert.deepEqual(own.slots, ON);
  own.close();
});
