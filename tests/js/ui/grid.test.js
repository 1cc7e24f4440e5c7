import assert from "node:assert/strict";
import { test } from "node:test";

import { GAP, grid, plan } from "../../../static/js/call/ui/grid.js";

const DESK = { width: 1280 - 16, height: 800 - 80 - 8 };
const PHONE = { width: 390 - 16, height: 844 - 72 - 8 };

/**
 * @param {number} count
 * @param {{width: number, height: number}} ground
 */
function cover(count, { width, height }) {
  const { columns, rows } = grid(count, width, height);
  const tile =
    ((width - (columns - 1) * GAP) / columns) * ((height - (rows - 1) * GAP) / rows) * count;
  return tile / ((width + 2 * GAP) * (height + GAP));
}

test("a desk shows one to nine people as drawn", () => {
  const drawn = ["1x1", "2x1", "2x2", "2x2", "3x2", "3x2", "4x2", "4x2", "3x3"];
  for (const [index, expected] of drawn.entries()) {
    const { columns, rows } = grid(index + 1, DESK.width, DESK.height);
    assert.equal(`${columns}x${rows}`, expected, `${index + 1} people`);
  }
});

test("a phone shows one to nine people as drawn", () => {
  const drawn = ["1x1", "1x2", "1x3", "2x2", "2x3", "2x3", "2x4", "2x4", "2x5"];
  for (const [index, expected] of drawn.entries()) {
    const { columns, rows } = grid(index + 1, PHONE.width, PHONE.height);
    assert.equal(`${columns}x${rows}`, expected, `${index + 1} people`);
  }
});

test("tiles cover at least 70% of a desk's stage and 55% of a phone's", () => {
  for (let count = 1; count <= 9; count += 1) {
    assert.ok(cover(count, DESK) >= 0.7, `${count} people on a desk: ${cover(count, DESK)}`);
    assert.ok(cover(count, PHONE) >= 0.55, `${count} people on a phone: ${cover(count, PHONE)}`);
  }
});

test("every grid has room for everybody, whatever the stage", () => {
  for (let count = 1; count <= 16; count += 1) {
    for (const [width, height] of /** @type {[number, number][]} */ ([
      [0, 0],
      [320, 100],
      [100, 900],
      [844, 300],
      [3840, 2000],
    ])) {
      const { columns, rows } = grid(count, width, height);
      assert.ok(columns * rows >= count && columns * (rows - 1) < count);
    }
  }
});

const BASE = {
  people: ["amara", "own"],
  screens: /** @type {string[]} */ ([]),
  pinned: null,
  lead: null,
  ranks: new Map(),
  alone: false,
  phone: false,
  page: 0,
  ...DESK,
};

test("a shared screen takes the stage and people stand beside it", () => {
  const result = plan({ ...BASE, screens: ["amara/screen"] });
  assert.equal(result.mode, "large");
  assert.equal(result.large, "amara/screen");
  assert.deepEqual(result.shown, ["amara", "own"]);
  assert.deepEqual([result.columns, result.rows, result.below], [1, 2, false]);
});

test("the newest of two screens is large, the other one stands in the strip", () => {
  const result = plan({ ...BASE, screens: ["amara/screen", "own/screen"] });
  assert.equal(result.large, "own/screen");
  assert.deepEqual(result.shown, ["amara/screen", "amara", "own"]);
});

test("a long strip keeps the own tile and counts the rest", () => {
  const people = ["a", "b", "c", "d", "e", "f", "own"];
  const result = plan({ ...BASE, people, screens: ["a/screen"] });
  assert.deepEqual(result.shown, ["a", "b", "c", "d", "own"]);
  assert.equal(result.rest, 2);
});

test("a long strip shows who spoke last, each in the order of arrival", () => {
  const people = ["a", "b", "c", "d", "e", "f", "own"];
  const ranks = new Map([..."fbcdea"].map((key, rank) => [key, rank]));
  const result = plan({ ...BASE, people, ranks, screens: ["a/screen", "b/screen"] });
  assert.equal(result.large, "b/screen");
  // A second screen is among them whoever speaks.
  assert.deepEqual(result.shown, ["a/screen", "b", "c", "f", "own"]);
  assert.equal(result.rest, 3);
  const again = plan({ ...BASE, people, ranks: new Map(ranks).set("a", -1), pinned: "f" });
  assert.deepEqual(again.shown, ["a", "b", "c", "d", "own"]);
});

test("on a portrait stage people stand below the screen in two columns", () => {
  const people = ["a", "b", "own"];
  const result = plan({ ...BASE, ...PHONE, phone: true, people, screens: ["a/screen"] });
  assert.deepEqual([result.below, result.columns, result.rows], [true, 2, 2]);
});

test("a pinned person is large until they leave", () => {
  assert.equal(plan({ ...BASE, pinned: "amara" }).large, "amara");
  assert.equal(plan({ ...BASE, people: ["own"], pinned: "amara" }).mode, "grid");
});

test("above a phone's sheet the leading person has the stage alone", () => {
  const result = plan({ ...BASE, ...PHONE, phone: true, alone: true, lead: "amara" });
  assert.deepEqual([result.mode, result.shown, result.columns], ["grid", ["amara"], 1]);
});

test("a phone turns pages after nine people, and a page that emptied is left", () => {
  const people = [..."abcdefghij", "own"];
  const first = plan({ ...BASE, ...PHONE, phone: true, people });
  assert.deepEqual([first.shown.length, first.page, first.pages], [9, 0, 2]);
  const second = plan({ ...BASE, ...PHONE, phone: true, people, page: 1 });
  assert.deepEqual(second.shown, ["j", "own"]);
  const back = plan({ ...BASE, ...PHONE, phone: true, people: ["a", "own"], page: 1 });
  assert.deepEqual([back.page, back.pages], [0, 1]);
});
