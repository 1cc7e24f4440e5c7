import assert from "node:assert/strict";
import { test } from "node:test";
import { Speakers } from "../../../static/js/call/upkeep/speakers.js";
import { random } from "../fakes.js";

const SEATS = ["a", "b", "c", "d"];

/** Looks twice a second at a call in which `who` says who speaks. */
function listen(speakers, who, seconds, { from = 1000, seats = SEATS } = {}) {
  let order = [];
  for (let now = from; now <= from + seconds * 1000; now += 500) {
    order = speakers.rank(
      seats.map((seat) => ({ seat, speaking: who(now).includes(seat) })),
      now,
    );
  }
  return order;
}

test("before anybody speaks, who is longest there comes first", () => {
  assert.deepEqual(
    listen(new Speakers(), () => [], 1),
    SEATS,
  );
});

test("a speaker comes first and stays before all who spoke earlier", () => {
  const speakers = new Speakers();
  listen(speakers, () => ["c"], 2);
  assert.deepEqual(
    listen(speakers, () => ["d"], 2, { from: 4000 }),
    ["d", "c", "a", "b"],
  );
  assert.deepEqual(
    listen(speakers, () => [], 60, { from: 7000 }),
    ["d", "c", "a", "b"],
  );
});

test("a cough overtakes nobody", () => {
  const cough = (now) => (now === 2000 ? ["d"] : []);
  assert.deepEqual(listen(new Speakers(), cough, 5), SEATS);
});

test("two who speak at once do not change places", () => {
  const speakers = new Speakers();
  const orders = new Set();
  for (let now = 3000; now < 20_000; now += 500) {
    const people = SEATS.map((seat) => ({ seat, speaking: ["b", "c"].includes(seat) }));
    orders.add(speakers.rank(people, now).join(""));
  }
  assert.deepEqual([...orders], ["abcd", "bcad"]);
});

test("who talks on and on is not overtaken by so many short questions", () => {
  const speakers = new Speakers();
  const lecture = (now) => ["a", SEATS[1 + (Math.floor(now / 3000) % 3)]];
  assert.equal(listen(speakers, lecture, 60)[0], "a");
});

test("who left is forgotten, and a newcomer stands behind", () => {
  const speakers = new Speakers();
  listen(speakers, () => ["d"], 2);
  assert.deepEqual(
    listen(speakers, () => [], 0, { from: 4000, seats: ["a", "b", "c"] }),
    ["a", "b", "c"],
  );
  assert.deepEqual(
    listen(speakers, () => [], 0, { from: 5000, seats: ["a", "b", "c", "d"] }),
    ["a", "b", "c", "d"],
  );
});

test("in a long talk of twelve, the first nine change with a new voice alone", () => {
  const seats = Array.from({ length: 12 }, (_, number) => `s${number}`);
  const chance = random(7);
  const speakers = new Speakers();
  const top = () => speakers.rank(talk(), now).slice(0, 9);
  let now = 0;
  let speaking = "s0";
  const talk = () => seats.map((seat) => ({ seat, speaking: seat === speaking }));
  let before = new Set(top());
  for (let turn = 0; turn < 300; turn += 1) {
    speaking = seats[Math.floor(chance() * seats.length)];
    const isNew = !before.has(speaking);
    for (let look = 0; look < 6; look += 1) {
      now += 500;
      const first = new Set(top());
      const left = [...before].filter((seat) => !first.has(seat));
      assert.ok(left.length <= (isNew ? 1 : 0), `${left} left while ${speaking} spoke`);
      before = first;
    }
    assert.ok(before.has(speaking));
  }
});
