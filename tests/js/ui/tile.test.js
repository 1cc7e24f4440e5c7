import assert from "node:assert/strict";
import { test } from "node:test";
import { Picture } from "../../../static/js/call/ui/tile.js";
import { FakeStream, FakeTrack } from "../fakes.js";

/** A video whose frames are painted by the test, in an element that has attributes alone. */
function stage() {
  const attributes = new Set();
  const element = {
    hasAttribute: (name) => attributes.has(name),
    toggleAttribute: (name, on) => (on ? attributes.add(name) : attributes.delete(name)),
  };
  const asked = new Map();
  const video = {
    srcObject: null,
    muted: false,
    requestVideoFrameCallback(act) {
      const handle = asked.size + 1;
      asked.set(handle, act);
      return handle;
    },
    cancelVideoFrameCallback: (handle) => asked.set(handle, null),
  };
  const seen = { painted: 0 };
  const picture = new Picture(/** @type {any} */ (element), /** @type {any} */ (video), () => {
    seen.painted += 1;
  });
  return {
    picture,
    video,
    seen,
    isWaiting: () => attributes.has("data-waiting"),
    paint() {
      for (const [handle, act] of asked) {
        asked.set(handle, null);
        act?.();
      }
    },
  };
}

const filled = () => new FakeStream([new FakeTrack("video")]);

test("nothing is awaited while the picture is off", () => {
  const { picture, video, isWaiting } = stage();
  const stream = filled();
  picture.show(stream, false);
  assert.deepEqual([video.srcObject, video.muted, isWaiting()], [stream, true, false]);
});

test("a picture that is turned on waits for its first frame, each time", () => {
  const { picture, isWaiting, paint, seen } = stage();
  const stream = filled();
  for (let round = 1; round <= 2; round += 1) {
    picture.show(stream, true);
    assert.equal(isWaiting(), true);
    paint();
    picture.show(stream, true);
    assert.deepEqual([isWaiting(), seen.painted], [false, round]);
    picture.show(stream, false);
    assert.equal(isWaiting(), false);
  }
});

test("another track in the same stream is awaited, though the picture was on all along", () => {
  const { picture, isWaiting, paint, seen } = stage();
  const stream = filled();
  picture.show(stream, true);
  paint();
  const [old] = stream.getTracks();
  stream.removeTrack(old);
  picture.show(stream, true);
  assert.equal(isWaiting(), true);
  stream.addTrack(new FakeTrack("video"));
  picture.show(stream, true);
  assert.equal(isWaiting(), true);
  paint();
  assert.deepEqual([isWaiting(), seen.painted], [false, 2]);
});

test("a second share in a new tile waits, though its track is the one of the first", () => {
  const stream = filled();
  for (const { picture, isWaiting, paint, video } of [stage(), stage()]) {
    picture.show(stream, true);
    assert.equal(isWaiting(), true);
    paint();
    assert.equal(isWaiting(), false);
    picture.close();
    assert.equal(video.srcObject, null);
  }
});

test("a browser that cannot tell frames shows the picture at once", () => {
  const { picture, video, isWaiting } = stage();
  Reflect.deleteProperty(video, "requestVideoFrameCallback");
  picture.show(filled(), true);
  assert.equal(isWaiting(), false);
});
