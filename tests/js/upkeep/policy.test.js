import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ask,
  cameraRate,
  MOST_VIDEOS,
  NOTHING,
  patience,
} from "../../../static/js/call/upkeep/policy.js";

const view = (width, height = 180, rate = 15) => ({ width, height, rate });
const tiles = (camera, screen = NOTHING) => ({ camera, screen });
const person = (seat, rank, more = {}) => ({ seat, rank, watched: true, ...more });

/** So many people who all have a tile, p0 having spoken last. */
function crowd(count, more = {}) {
  const people = Array.from({ length: count }, (_, rank) => person(`p${rank}`, rank, more[rank]));
  return { people, shown: new Map(people.map(({ seat }) => [seat, tiles(view(320))])) };
}

const seen = ({ asked }) =>
  [...asked].filter(([, { camera }]) => camera.width).map(([seat]) => seat);

test("a grid of few moves fully, one of many at half the rate, and a tiny tile too", () => {
  const rates = [2, 4, 5, 6, 7, 9].map((count) =>
    cameraRate({ large: false, tiles: count, height: 300 }),
  );
  assert.deepEqual(rates, [30, 30, 20, 20, 15, 15]);
  assert.equal(cameraRate({ large: true, tiles: 9, height: 600 }), 30);
  assert.equal(cameraRate({ large: false, tiles: 2, height: 90 }), 15);
});

test("what is shown is asked for, and nothing else", () => {
  const people = [person("a", 0), person("b", 1), person("hidden", 2), person("unwatched", 3)];
  people[3].watched = false;
  const shown = new Map([
    ["a", tiles(view(640, 360, 30))],
    ["b", tiles(view(320), view(1280, 720))],
    ["hidden", tiles(NOTHING)],
    ["unwatched", tiles(view(320), view(640))],
  ]);
  const { asked, spared } = ask(people, shown, "off");
  assert.deepEqual(Object.fromEntries(asked), {
    a: tiles(view(640, 360, 30)),
    b: tiles(view(320), view(1280, 720)),
    hidden: tiles(NOTHING),
    // A person's screen is no picture of them.
    unwatched: tiles(NOTHING, view(640)),
  });
  assert.deepEqual(
    [...spared],
    [
      ["a", false],
      ["b", false],
    ],
  );
});

test("of many cameras those of the last speakers are asked for", () => {
  const { people, shown } = crowd(15);
  const found = ask(people, shown, "off");
  assert.deepEqual(
    seen(found),
    people.slice(0, MOST_VIDEOS).map(({ seat }) => seat),
  );
  assert.equal(found.spared.get("p9"), true);
  assert.equal(found.spared.get("p0"), false);
});

test("who has the stage is asked for, however long they are silent", () => {
  const { people, shown } = crowd(15);
  shown.set("p14", tiles({ ...view(1280, 720, 30), large: true }));
  const found = seen(ask(people, shown, "off"));
  assert.equal(found.length, MOST_VIDEOS);
  assert.ok(found.includes("p14") && !found.includes("p8"));
});

test("those on this page of the grid come before speakers on another", () => {
  const { people, shown } = crowd(15);
  for (const { seat } of people.slice(0, 8)) shown.set(seat, tiles(NOTHING));
  assert.deepEqual(seen(ask(people, shown, "off")).length, 7);
});

test("a spared line carries one small camera, and screens in full size and slowly", () => {
  const { people, shown } = crowd(3);
  shown.set("p0", tiles(view(640, 640, 30)));
  shown.set("p2", tiles(view(100, 100, 30), view(1280, 720)));
  for (const saving of /** @type {const} */ (["chosen", "automatic"])) {
    const found = ask(people, shown, saving);
    assert.deepEqual(seen(found), ["p0"]);
    const { width, height, rate } = found.asked.get("p0")?.camera ?? NOTHING;
    assert.equal(width, height);
    assert.ok(width * height <= 320 * 180 + width);
    assert.equal(rate, 15);
    assert.deepEqual(found.asked.get("p2")?.screen, view(1280, 720, 5));
    assert.deepEqual([...found.spared.values()], [false, true, true]);
  }
});

test("what would be missed is said at once, what only costs too much a little later", () => {
  const said = tiles(view(640, 360, 30), NOTHING);
  const cases = [
    [said, null],
    [tiles(view(650, 350, 30)), null],
    [tiles(view(320, 180, 30)), 150],
    [tiles(view(700, 400, 30)), 150],
    [tiles(view(1280, 720, 30)), 0],
    [tiles(view(640, 360, 15)), 150],
    [tiles(NOTHING), 300],
    [tiles(view(640, 360, 30), view(800)), 0],
    [tiles(NOTHING, view(800)), 0],
  ];
  for (const [asked, wait] of cases)
    assert.equal(patience(said, asked), wait, JSON.stringify(asked));
  assert.equal(patience(null, tiles(NOTHING)), 0);
});
