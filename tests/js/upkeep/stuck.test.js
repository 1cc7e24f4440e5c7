import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Stuck } from "../../../static/js/call/upkeep/stuck.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";

/** @type {FakeClock} */
let clock;
/** @type {Record<string, any>} */
let out;
let isActive = true;
let renewals = 0;
/** @type {Record<string, any>} */
let mesh;

beforeEach(() => {
  clock = new FakeClock();
  out = { frames: 10, made: 10 };
  isActive = true;
  renewals = 0;
  mesh = Object.assign(new Emitter(), {
    sender: () => ({ getParameters: () => ({ encodings: [{ active: isActive }] }) }),
  });
  const renew = () => {
    renewals += 1;
    return true;
  };
  const samples = { latest: () => ({ out: { camera: out, screen: null } }) };
  new Stuck(/** @type {any} */ (mesh), /** @type {any} */ (samples), { renew }, clock);
});

/** Somebody asks, some seconds after the camera gave so many pictures. */
async function ask({ made = 50, encoded = 0, slot = "camera" } = {}) {
  await clock.pass(5000);
  out = { frames: out.frames + encoded, made: out.made + made };
  mesh.emit("message", { from: "a", message: { type: "keyframe", slot } });
}

test("an encoder of which nothing comes, asked three times, gets a new connection", async () => {
  await ask();
  await ask();
  assert.equal(renewals, 0);
  await ask();
  assert.equal(renewals, 1);
});

for (const [words, how, act] of /** @type {const} */ ([
  ["that answers with a picture", { encoded: 1 }, () => {}],
  ["whose camera gives nothing", { made: 0 }, () => {}],
  ["of a slot that has none", { slot: "screen" }, () => {}],
  [
    "that is off on purpose",
    {},
    () => {
      isActive = false;
    },
  ],
])) {
  test(`one ${words} is left alone`, async () => {
    act();
    for (let times = 0; times < 10; times += 1) await ask(how);
    assert.equal(renewals, 0);
  });
}

test("wishes far apart, or of another connection, are not one asking", async () => {
  for (let times = 0; times < 5; times += 1) {
    await clock.pass(60_000);
    await ask();
  }
  assert.equal(renewals, 0);
  for (let times = 0; times < 5; times += 1) {
    mesh.emit("pair", { seat: "a" });
    await ask();
  }
  assert.equal(renewals, 0);
});
