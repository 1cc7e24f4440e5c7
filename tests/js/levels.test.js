import assert from "node:assert/strict";
import { test } from "node:test";
import { Levels, loudness, Voice } from "../../static/js/call/levels.js";
import { FakeClock } from "./fakes.js";

test("speech begins with a loud tick and ends with the seventh silent one", () => {
  const voice = new Voice();
  const peaks = [0, 0.02, 0.5, ...Array(6).fill(0), 0.015, ...Array(7).fill(0), 0];
  const changes = peaks.map((peak) => voice.hear(peak) && voice.isSpeaking);
  assert.equal(changes.indexOf(true), 2);
  assert.equal(voice.isSpeaking, false);
  const speaking = new Voice();
  const states = peaks.map((peak) => {
    speaking.hear(peak);
    return speaking.isSpeaking;
  });
  assert.equal(states.lastIndexOf(true), 2 + 6 + 1 + 6);
});

test("a voice is heard from its packets, and an old packet is silence", async () => {
  const clock = new FakeClock();
  const source = { timestamp: 1, audioLevel: 0.5 };
  const receiver = { getSynchronizationSources: () => [source] };
  const levels = new Levels(() => [["a", receiver]], clock);
  const spoken = [];
  levels.on("speaking", ({ seat, isSpeaking }) => spoken.push([seat, isSpeaking]));
  const heard = [];
  levels.on("level", ({ seat, level }) => seat === "a" && heard.push(level > 0));
  await clock.pass(600);
  assert.deepEqual(heard, [true, true, true, true, true, false]);
  assert.deepEqual(spoken, [["a", true]]);
  await clock.pass(1000);
  assert.deepEqual(spoken, [
    ["a", true],
    ["a", false],
  ]);
  source.timestamp = 2;
  await clock.pass(100);
  assert.equal(heard.at(-1), true);
  levels.close();
  assert.equal(clock.next, null);
});

test("loudness is 0 for silence and 1 for full scale", () => {
  assert.deepEqual([0, 0.001, 1, 2].map(loudness), [0, 0, 1, 1]);
  assert.ok(loudness(0.1) > 0.5 && loudness(0.1) < 0.7);
});
