import assert from "node:assert/strict";
import { test } from "node:test";
import { AUDIO, goodBits, PULSE, soundBits } from "../../../static/js/call/upkeep/cost.js";
import { leastFor, split } from "../../../static/js/call/upkeep/split.js";
import { random } from "../fakes.js";

const NOTHING = { width: 0, height: 0, rate: 0 };
const CAMERA = { width: 640, height: 360, rate: 30 };
const DESK = { width: 1920, height: 1080, rate: 15 };
const TILE = { width: 310, height: 325, rate: 15 };

const viewer = (seat, more = {}) => ({
  seat,
  asked: { camera: TILE, screen: NOTHING },
  most: Number.POSITIVE_INFINITY,
  codec: "VP8",
  carried: { camera: true, screen: true },
  ...more,
});
const viewers = (count, more = {}) =>
  Array.from({ length: count }, (_, place) => viewer(`s${place}`, more));
const own = (more = {}) => ({
  camera: CAMERA,
  screen: null,
  sounds: ["microphone"],
  speaks: false,
  ...more,
});
const cameras = ({ given }) => [...given.values()].map(({ camera }) => camera);
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);

test("with plenty, everybody gets what looks good and no more", () => {
  const { audio, given, demand } = split(1e8, viewers(7), own());
  assert.equal(audio, 0);
  const good = goodBits(310 * 325, 15, "VP8");
  for (const { camera, screen } of given.values()) assert.deepEqual([camera, screen], [good, 0]);
  assert.ok(demand > 7 * (good + AUDIO[0].wire) && demand < 1.1 * 7 * (good + AUDIO[0].wire));
});

test("sound comes first and is never starved, its bits and then its packets shrink to fit", () => {
  let before = -1;
  for (const budget of [3e6, 700_000, 500_000, 400_000, 300_000, 100_000, 1000]) {
    const { audio, given } = split(budget, viewers(5), own());
    assert.ok(audio >= before);
    before = audio;
    const pictures = sum(cameras({ given }));
    assert.ok(AUDIO[audio].bitrate >= 12_000);
    const sound = 5 * AUDIO[audio].wire;
    assert.ok(pictures + sound <= Math.max(budget, leastFor(5, ["microphone"])), `${budget}`);
  }
  assert.equal(before, AUDIO.length - 1);
});

test("whatever is asked, no more than the budget is handed out", () => {
  const dice = random(11);
  for (let round = 0; round < 500; round += 1) {
    const all = viewers(1 + Math.floor(dice() * 15)).map((each) => ({
      ...each,
      asked: {
        camera: { width: Math.floor(dice() * 900), height: 300, rate: 30 },
        screen: dice() < 0.5 ? NOTHING : { width: 1000, height: 600, rate: 15 },
      },
      most: dice() < 0.3 ? dice() * 500_000 : Number.POSITIVE_INFINITY,
      carried: { camera: dice() < 0.5, screen: dice() < 0.5 },
    }));
    const budget = dice() * 5e6;
    const sources = own({ screen: dice() < 0.5 ? DESK : null, speaks: dice() < 0.5 });
    const { audio, given } = split(budget, all, sources);
    const pictures = sum([...given.values()].flatMap(({ camera, screen }) => [camera, screen]));
    const sound = all.length * AUDIO[audio].wire;
    assert.ok(pictures + sound <= Math.max(budget, sound) + 1);
    for (const { seat, most } of all) {
      const { camera, screen } = given.get(seat);
      assert.ok(camera >= 0 && screen >= 0 && camera + screen <= most);
    }
  }
});

test("no sound is reserved for a microphone that is off", () => {
  const [on, off] = [["microphone"], []].map((sounds) =>
    split(600_000, viewers(5), own({ sounds })),
  );
  assert.ok(sum(cameras(off)) > sum(cameras(on)));
  assert.equal(off.audio, 0);
});

test("the camera of who speaks and a share come before other cameras", () => {
  const asked = { camera: TILE, screen: { width: 1200, height: 600, rate: 15 } };
  const sharing = own({ screen: DESK });
  const { given } = split(1_500_000, viewers(2, { asked }), sharing);
  for (const { camera, screen } of given.values()) assert.ok(screen > 4 * camera && camera > 0);
  const speaking = split(1_500_000, viewers(2, { asked }), own({ screen: DESK, speaks: true }));
  const [first] = speaking.given.values();
  assert.ok(first.camera > [...given.values()][0].camera);
});

test("a shared page that stands still is kept little, and may use what it did", () => {
  const asked = { camera: TILE, screen: { width: 1200, height: 600, rate: 15 } };
  const sharing = own({ screen: DESK });
  const of = (screen) => split(2_000_000, viewers(2, { asked, screen }), sharing);
  const [unknown] = of(null).given.values();
  const [still] = of(40_000).given.values();
  assert.equal(still.screen, unknown.screen);
  assert.equal(still.camera, goodBits(310 * 325, 15, "VP8"));
  assert.deepEqual([...of(2e6).given.values()][0], unknown);
  assert.ok(of(40_000).demand < of(null).demand / 2);
});

test("on a line that carries no more than the least of a share, nothing is handed out twice", () => {
  const asked = { camera: TILE, screen: { width: 1200, height: 600, rate: 15 } };
  const all = viewers(6, { asked, screen: 40_000 });
  const { given, audio } = split(1_500_000, all, own({ screen: DESK }));
  const pictures = sum([...given.values()].flatMap(({ camera, screen }) => [camera, screen]));
  assert.ok(pictures + 6 * AUDIO[audio].wire <= 1_500_000);
});

test("before anybody is left out, everybody's picture is as small as it can be", () => {
  const all = cameras(split(350_000, viewers(7), own()));
  assert.ok(
    all.every((bits) => bits >= 24_000 && bits < 36_000),
    `${all}`,
  );
});

test("who shows it largest keeps it longest", () => {
  const all = [
    viewer("small", { asked: { camera: { width: 160, height: 90, rate: 15 }, screen: NOTHING } }),
    viewer("large", { asked: { camera: { width: 640, height: 360, rate: 30 }, screen: NOTHING } }),
  ];
  const { given } = split(90_000, all, own());
  assert.ok(given.get("large").camera > 0);
  assert.equal(given.get("small").camera, 0);
});

test("a narrow pair takes nothing from the others", () => {
  const all = [viewer("narrow", { most: 150_000 }), viewer("wide")];
  const { given, demand } = split(1e7, all, own());
  assert.ok(given.get("narrow").camera + AUDIO[0].wire <= 150_000);
  assert.equal(given.get("wide").camera, goodBits(310 * 325, 15, "VP8"));
  assert.ok(demand < 600_000);
});

test("who was left out is not taken in and left out again", () => {
  const changes = [];
  let carried = true;
  for (let second = 0; second < 40; second += 1) {
    const budget = 115_000 * (second % 2 ? 1.06 : 0.94);
    const { given } = split(
      budget,
      [viewer("s", { carried: { camera: carried, screen: false } })],
      own(),
      3,
    );
    const now = given.get("s").camera > 0;
    if (now !== carried) changes.push(second);
    carried = now;
  }
  assert.ok(changes.length <= 1, `${changes}`);
});

test("a shared screen's sound is reckoned at what it costs, on every rung", () => {
  const sounds = /** @type {const} */ (["microphone", "screenAudio"]);
  for (const budget of [3e6, 700_000, 500_000, 400_000, 300_000]) {
    const { audio, given } = split(budget, viewers(4), own({ sounds }));
    const sound = 4 * (soundBits(audio, sounds) + PULSE);
    assert.ok(
      sum(cameras({ given })) + sound <= Math.max(budget, leastFor(4, sounds)),
      `${budget}`,
    );
  }
});

test("heartbeats are sent whether or not there is sound, and pictures have what is left", () => {
  assert.equal(leastFor(5, []), 5 * PULSE);
  const { given } = split(5 * PULSE + 36_000, viewers(5), own({ sounds: [] }));
  assert.ok(sum(cameras({ given })) <= 36_000);
});

test("nobody there needs nothing", () => {
  assert.deepEqual(split(1e6, [], own()), { audio: 0, demand: 0, given: new Map() });
});
