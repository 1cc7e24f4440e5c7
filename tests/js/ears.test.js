import assert from "node:assert/strict";
import { test } from "node:test";
import { Ears } from "../../static/js/call/ears.js";
import { Mesh } from "../../static/js/call/mesh.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { Emitter } from "../../static/js/lib/emitter.js";
import { FakeRTCPeerConnection, install } from "./fake_rtc.js";
import { FakeClock, FakeStream, settle } from "./fakes.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);

class FakeAudio {
  /** @type {FakeAudio[]} */
  static all = [];
  /** @type {FakeStream|null} */
  srcObject = null;
  paused = true;

  constructor() {
    FakeAudio.all.push(this);
  }

  async play() {
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }

  /** Whether anything of it reaches somebody's ear. */
  get sounds() {
    const tracks = this.srcObject?.getAudioTracks() ?? [];
    return !this.paused && tracks.some((track) => track.enabled);
  }
}
globalThis.Audio = /** @type {any} */ (FakeAudio);

class FakeOwn extends Emitter {
  slots = { microphone: "off", camera: "off", screen: "off", screenAudio: "off" };
  media = { tracks: { microphone: null, camera: null } };
}

const ON = { microphone: "on", camera: "off", screen: "on", screenAudio: "on" };
const LOUD = 0.6;
const standing = (more = {}) => ({
  seat: "a",
  name: "Amara",
  role: /** @type {const} */ ("guest"),
  lookalike: false,
  forbidden: [],
  held: [],
  ...more,
});

/** Somebody who talks without end, whatever they are told, and the ears of a page that is connected to them. */
async function talker(slots = ON) {
  FakeAudio.all = [];
  FakeRTCPeerConnection.all = [];
  const clock = new FakeClock();
  const mesh = new Mesh(newOutgoing(), clock);
  const ears = new Ears(mesh, /** @type {any} */ (new FakeOwn()), clock);
  const { seat, name, role, lookalike, forbidden, held } = standing();
  const someone = { seat, name, role, lookalike, forbidden, held, instance: "a1", since: 1 };
  const more = { picture: "", guest: true, answersOnly: false, away: false, version: 1 };
  mesh.welcome(500, [], [/** @type {any} */ ({ ...someone, ...more, slots })]);
  await settle();
  FakeRTCPeerConnection.all[0].become("connected");
  const receiver = /** @type {any} */ (mesh.receiver("a", "microphone"));
  receiver.getSynchronizationSources = () => [{ timestamp: clock.now(), audioLevel: LOUD }];
  let level = -1;
  ears.on("level", (each) => {
    if (each.seat === "a") level = each.level;
  });
  mesh.on("change", () => ears.show());
  ears.show();
  await clock.pass(200);
  return {
    mesh,
    clock,
    speaks: () => mesh.people.some(({ speaking }) => speaking),
    level: () => level,
    sounds: () => FakeAudio.all.filter(({ sounds }) => sounds).length,
    close() {
      ears.close();
      mesh.close();
    },
  };
}

test("who talks is heard, and shown as speaking", async () => {
  const { speaks, level, sounds, close } = await talker();
  assert.deepEqual([speaks(), level() > 0.5, sounds()], [true, true, 2]);
  close();
});

for (const [words, act] of /** @type {const} */ ([
  ["whom a host muted", (mesh) => mesh.standing(standing({ held: ["microphone", "screen"] }))],
  ["who may not speak", (mesh) => mesh.standing(standing({ forbidden: ["microphone", "screen"] }))],
  [
    "who says that they are muted",
    (mesh) => mesh.state("a", 2, { ...ON, microphone: "muted", screenAudio: "off" }),
  ],
  [
    "who speaks as the sound of a screen that is not there",
    (mesh) => mesh.state("a", 2, { ...ON, microphone: "off", screen: "off" }),
  ],
  ["who was sent away", (mesh) => mesh.revoked("a")],
])) {
  test(`nothing is heard of somebody ${words}, however much they send`, async () => {
    const { mesh, clock, speaks, level, sounds, close } = await talker();
    act(mesh);
    assert.deepEqual([speaks(), sounds()], [false, 0]);
    const before = level();
    await clock.pass(100);
    // Nobody's level is measured who is not there.
    assert.equal(level(), mesh.bars("a") ? before : 0);
    await clock.pass(10_000);
    assert.deepEqual([speaks(), sounds()], [false, 0]);
    close();
  });
}

test("who may speak again is heard at once", async () => {
  const { mesh, clock, speaks, sounds, close } = await talker();
  mesh.standing(standing({ forbidden: ["microphone"] }));
  await clock.pass(2000);
  assert.equal(sounds(), 1);
  mesh.standing(standing());
  assert.equal(sounds(), 2);
  await clock.pass(200);
  assert.equal(speaks(), true);
  close();
});
