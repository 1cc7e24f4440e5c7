import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness, Voice } from "../../static/js/call/levels.js";

test("speech begins with the second loud tick and ends with the seventh silent one", () => {
  const voice = new Voice();
  const heard = [0.5, 0, 0.5, 0.5, ...Array(6).fill(0), 0.015, ...Array(7).fill(0)].map((peak) => {
    voice.hear(peak);
    return voice.isSpeaking;
  });
  assert.equal(heard.indexOf(true), 3);
  assert.equal(heard.lastIndexOf(true), heard.length - 2);
});

test("loudness is 0 for silence and 1 for full scale", () => {
  assert.deepEqual([0, 0.001, 1, 2].map(loudness), [0, 0, 1, 1]);
  assert.ok(loudness(0.1) > 0.5 && loudness(0.1) < 0.7);
});
