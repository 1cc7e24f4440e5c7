import assert from "node:assert/strict";
import { test } from "node:test";
import { goodBits } from "../../../static/js/call/upkeep/cost.js";
import { fit } from "../../../static/js/call/upkeep/fit.js";
import { random } from "../fakes.js";

const SOURCE = { width: 640, height: 360, rate: 30 };
const DESK = { width: 1920, height: 1080, rate: 15 };
const view = (width, height, rate = 30) => ({ width, height, rate });
const GRID = view(310, 325, 15);

/** What is encoded a second, of a source, in pixels. */
function pixels({ encoding }, source = SOURCE) {
  const { scaleResolutionDownBy: by, maxFramerate } = encoding;
  return (Math.floor(source.width / by) * Math.floor(source.height / by) * maxFramerate) | 0;
}

/** What is settled on after the same was asked for a while. */
function settled(what, held = null, from = 0, seconds = 10) {
  let fitting = held;
  for (let second = 0; second < seconds; second += 1) {
    fitting = fit(
      { slot: "camera", source: SOURCE, codec: "VP8", ...what },
      fitting,
      from + second * 1000,
    );
  }
  return fitting;
}

test("encodes about the pixels that are shown, whatever their shape, and never more than there are", () => {
  for (const [shown, bits] of [
    [GRID, 1e7],
    [view(628, 650), 1e7],
    [view(416, 320, 20), 1e7],
    [view(160, 90), 1e7],
    [view(40, 30), 1e7],
  ]) {
    const asked = Math.min(shown.width * shown.height, 640 * 360) * shown.rate;
    const made = pixels(settled({ view: shown, bits }));
    assert.ok(
      made <= 1.25 * asked && made >= 0.8 * asked,
      `${made / asked} of ${JSON.stringify(shown)}`,
    );
  }
});

test("whatever sizes follow each other, what is encoded stays within a quarter of what is shown", () => {
  const dice = random(3);
  let held = null;
  for (let round = 0; round < 300; round += 1) {
    const shown = view(20 + Math.round(dice() * 900), 20 + Math.round(dice() * 700), 30);
    const bits = 10_000 + dice() * 2e6;
    held = settled({ view: shown, bits }, held, 1 + round * 10_000, 6);
    const asked = Math.min(shown.width * shown.height, 640 * 360) * 30;
    assert.ok(pixels(held) <= 1.25 * asked, `${round}: ${pixels(held) / asked}`);
  }
});

test("somewhat fewer pixels are made than are shown, in rows and columns that come out even", () => {
  const made = (width, height) => {
    const { encoding } = settled({ view: view(width, height), bits: 1e7 });
    return [pixels({ encoding }) / (width * height * 30), encoding.scaleResolutionDownBy];
  };
  assert.deepEqual(made(320, 180), [1, 2]);
  const [part, by] = made(310, 352);
  assert.ok(part >= 0.9 && part <= 0.95 && by === 1.5, `${part}, ${by}`);
  const [other] = made(416, 352);
  assert.ok(other > 0.93 && other < 0.96, `${other}`);
});

test("a picture that gets next to nothing is not given all there is", () => {
  for (const bits of [100, 3000, 8000]) {
    assert.ok(settled({ view: view(40, 30, 15), bits }).encoding.maxBitrate >= 10_000);
  }
});

test("what is not shown, or not carried, is not encoded", () => {
  const on = settled({ view: GRID, bits: 1e6 });
  for (const what of [
    { view: view(0, 0, 0), bits: 1e6 },
    { view: GRID, bits: 0 },
  ]) {
    const off = fit({ slot: "camera", source: SOURCE, codec: "VP8", ...what }, on, 1);
    assert.deepEqual(off.encoding, { ...on.encoding, active: false });
  }
});

test("what is shown again or larger is sent at once, what is shown smaller when it stays so", () => {
  const what = { slot: "camera", source: SOURCE, codec: "VP8", bits: 1e6 };
  const small = settled({ view: view(160, 90), bits: 1e6 });
  const large = fit({ ...what, view: view(640, 360) }, small, 20_000);
  assert.equal(large.encoding.scaleResolutionDownBy, 1);
  const soon = fit({ ...what, view: view(160, 90) }, large, 20_500);
  assert.equal(soon.encoding.scaleResolutionDownBy, 1);
  const later = fit({ ...what, view: view(160, 90) }, soon, 21_500);
  assert.equal(later.encoding.scaleResolutionDownBy, 4);
});

test("fewer bits make a face smaller, then slower", () => {
  const sizes = [1.2e6, 450_000, 200_000, 100_000, 50_000].map((bits) =>
    settled({ view: view(640, 360), bits }),
  );
  for (const [place, fitting] of sizes.entries()) {
    if (!place) continue;
    assert.ok(pixels(fitting) < pixels(sizes[place - 1]));
    assert.ok(fitting.encoding.maxBitrate < sizes[place - 1].encoding.maxBitrate);
  }
  assert.equal(sizes[1].encoding.maxFramerate, 30);
  assert.ok(sizes[4].encoding.maxFramerate >= 8);
});

test("fewer bits make a shared text later, and smaller at the very last", () => {
  const share = (bits) =>
    settled({ slot: "screen", source: DESK, view: view(1280, 720, 15), bits }).encoding;
  const whole = share(1e7);
  for (const bits of [700_000, 500_000, 250_000]) {
    assert.equal(share(bits).scaleResolutionDownBy, whole.scaleResolutionDownBy);
    assert.ok(share(bits).maxFramerate < whole.maxFramerate);
  }
  assert.ok(share(60_000).scaleResolutionDownBy > whole.scaleResolutionDownBy);
});

test("a budget that sways leaves the encoder alone", () => {
  const good = goodBits(310 * 325, 15, "VP8");
  let held = settled({ view: GRID, bits: good * 0.6 });
  const first = held.encoding;
  for (let second = 0; second < 60; second += 1) {
    const bits = good * 0.6 * (second % 2 ? 1.04 : 0.97);
    held = fit(
      { slot: "camera", source: SOURCE, codec: "VP8", view: GRID, bits },
      held,
      second * 1000,
    );
    assert.deepEqual(held.encoding, first);
  }
});

test("at the edge of a step it does not go up and down", () => {
  const good = goodBits(640 * 360, 30, "VP8");
  let held = null;
  const scales = [];
  for (let second = 0; second < 60; second += 1) {
    const bits = good * 0.5 * (second % 4 < 2 ? 1.05 : 0.95);
    held = fit(
      { slot: "camera", source: SOURCE, codec: "VP8", view: view(640, 360), bits },
      held,
      1 + second * 1000,
    );
    scales.push(held.encoding.scaleResolutionDownBy);
  }
  assert.ok(new Set(scales).size <= 2);
  assert.equal(new Set(scales.slice(4)).size, 1);
});

test("a better step is taken when the line has had it for three seconds", () => {
  const low = settled({ view: view(640, 360), bits: 150_000 });
  const what = { slot: "camera", source: SOURCE, codec: "VP8", view: view(640, 360), bits: 1e6 };
  const soon = fit(what, fit(what, low, 50_000), 52_000);
  assert.equal(soon.encoding.scaleResolutionDownBy, low.encoding.scaleResolutionDownBy);
  assert.equal(fit(what, soon, 53_000).encoding.scaleResolutionDownBy, 1);
});
