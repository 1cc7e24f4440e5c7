import assert from "node:assert/strict";
import { test } from "node:test";
import { factsOf, newsOf } from "../../../../static/js/call/ui/order/news.js";
import {
  askedWords,
  endingWords,
  knockWords,
  outsideWords,
} from "../../../../static/js/call/ui/order/words.js";

test("how long somebody waits is said in minutes, unless a clock is wrong", () => {
  const waits = (seconds) => outsideWords(0, seconds * 1000);
  assert.equal(waits(59), "Waits outside");
  assert.equal(waits(60), "Waits outside, 1 minute");
  assert.equal(waits(150), "Waits outside, 2 minutes");
  assert.equal(waits(-30), "Waits outside");
  assert.equal(waits(100 * 3600), "Waits outside");
});

test("one is named, many are counted", () => {
  assert.equal(knockWords(["Mira"]), "Mira is waiting");
  assert.equal(knockWords(["Mira", "June"]), "2 people are waiting");
});

test("the end is counted down, and no clock makes it absurd", () => {
  const ends = (seconds, name = "Amara") => endingWords({ at: seconds * 1000, name }, 0);
  assert.equal(ends(9.2), "Amara ends the call for everybody in 10 seconds.");
  assert.equal(ends(1), "Amara ends the call for everybody in 1 second.");
  assert.equal(ends(0), "Amara ends the call for everybody now.");
  assert.equal(ends(-3600, ""), "The host ends the call for everybody now.");
  assert.equal(ends(3600), "Amara ends the call for everybody soon.");
});

test("who asks is named", () => {
  assert.equal(askedWords({ name: "Amara", slot: "microphone" }), "Amara asks you to unmute.");
  assert.equal(
    askedWords({ name: "", slot: "camera" }),
    "The host asks you to turn your camera on.",
  );
});

const CALM = /** @type {const} */ ({
  role: "guest",
  forbidden: [],
  locked: false,
  lobby: false,
  large: "",
});

test("nothing new is nothing to say", () => {
  assert.deepEqual(newsOf(CALM, { ...CALM }), []);
  assert.deepEqual(newsOf({ ...CALM, large: "June" }, CALM), []);
});

test("what changes for this person is said in full", () => {
  const now = { ...CALM, role: /** @type {const} */ ("co-host"), locked: true, large: "you" };
  assert.deepEqual(newsOf(CALM, now), [
    "You are a co-host now.",
    "The room is locked: nobody new comes in.",
    "You are shown large to everyone.",
  ]);
  const barred = { ...CALM, forbidden: /** @type {const} */ (["screen"]) };
  assert.deepEqual(newsOf(CALM, barred), ["The host does not allow you to share your screen."]);
  assert.deepEqual(newsOf(barred, CALM), ["You may share your screen again."]);
});

test("who is shown large is named, and the own seat is you", () => {
  const stateOf = (spotlight) =>
    /** @type {any} */ ({
      own: { seat: "me", role: "guest", forbidden: [] },
      room: { locked: false, lobby: false },
      people: [{ seat: "s", name: "June" }],
      order: { spotlight },
    });
  assert.equal(factsOf(stateOf("s")).large, "June");
  assert.equal(factsOf(stateOf("me")).large, "you");
  assert.equal(factsOf(stateOf("gone")).large, "");
  assert.equal(
    factsOf({ ...stateOf(""), own: { seat: null, role: "guest", forbidden: [] } }).large,
    "",
  );
});
