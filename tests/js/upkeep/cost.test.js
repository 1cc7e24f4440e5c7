import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AUDIO,
  encoderBits,
  goodBits,
  PULSE,
  SHARED,
  softBits,
  soundBits,
} from "../../../static/js/call/upkeep/cost.js";

test("each rung of sound costs less on the line than the one before, and none is cut off", () => {
  const wires = AUDIO.map(({ wire }) => wire);
  assert.deepEqual(wires, [58_400, 50_400, 37_200, 29_200, 24_800, 20_800]);
  assert.deepEqual(
    [...wires].sort((a, b) => b - a),
    wires,
  );
  assert.ok(AUDIO.every(({ bitrate }) => bitrate >= 12_000));
});

test("a shared screen's sound goes down with the voices, and stays richer in packets of 20 ms", () => {
  assert.equal(SHARED.length, AUDIO.length);
  const wires = SHARED.map(({ wire }) => wire);
  assert.deepEqual(
    wires,
    [...wires].sort((a, b) => b - a),
  );
  SHARED.forEach(({ bitrate, packetTime, wire }, rung) => {
    assert.ok(bitrate >= AUDIO[rung].bitrate);
    assert.equal(packetTime, 20);
    assert.equal(wire, bitrate + 26_400);
  });
});

test("each sound that is on costs its own rung; a silent pair costs its heartbeat", () => {
  assert.equal(soundBits(0, []), 0);
  assert.equal(soundBits(2, ["microphone"]), AUDIO[2].wire);
  assert.equal(soundBits(2, ["microphone", "screenAudio"]), AUDIO[2].wire + SHARED[2].wire);
  // Two packets a second, each acknowledged.
  assert.equal(PULSE, 2 * 8 * (97 + 93));
});

test("a picture costs less than in proportion to its pixels and its rate", () => {
  const whole = goodBits(640 * 360, 30, "VP8");
  assert.ok(whole > 1_000_000 && whole < 1_100_000);
  const quarter = goodBits(320 * 180, 30, "VP8");
  assert.ok(quarter > whole / 4 && quarter < whole / 2);
  const half = goodBits(640 * 360, 15, "VP8");
  assert.ok(half > whole / 2 && half < whole);
});

test("newer codecs need less; one that is not known is taken for the oldest", () => {
  const [vp8, vp9, other] = ["VP8", "VP9", "X"].map((codec) => goodBits(100_000, 15, codec));
  assert.ok(vp9 < vp8);
  assert.equal(other, vp8);
  assert.equal(softBits(100_000, 15, "VP8"), vp8 / 2);
});

test("an encoder is told what is left of the line beside its packets", () => {
  const wire = goodBits(640 * 360, 30, "VP8");
  assert.ok(Math.abs(encoderBits(wire, 30) - 1_000_000) < 1);
  assert.equal(encoderBits(1000, 30), 0);
});
