import assert from "node:assert/strict";
import { test } from "node:test";
import { Senders } from "../../../static/js/call/upkeep/senders.js";
import { Tuner } from "../../../static/js/call/upkeep/tuner.js";
import { settle } from "../fakes.js";
import { FakeSender } from "./fake_sender.js";

test("sets what is wished, and nothing that is so already", async () => {
  const sender = new FakeSender();
  const tuner = new Tuner(sender);
  await tuner.tune({ maxBitrate: 5000, active: true });
  await tuner.tune({ maxBitrate: 5000, active: true });
  assert.deepEqual(sender.set, [{ active: true, maxBitrate: 5000 }]);
});

test("of wishes that come while one is applied the last counts, one at a time", async () => {
  const sender = new FakeSender({ slow: true });
  const tuner = new Tuner(sender);
  for (const maxBitrate of [1, 2, 3, 4]) tuner.tune({ maxBitrate });
  for (let turn = 0; turn < 6; turn += 1) {
    sender.go();
    await settle();
  }
  assert.deepEqual(
    sender.set.map(({ maxBitrate }) => maxBitrate),
    [1, 4],
  );
  assert.equal(sender.most, 1);
});

test("what is refused is tried when it is wished again", async () => {
  const sender = new FakeSender();
  const tuner = new Tuner(sender);
  for (const name of ["InvalidStateError", "InvalidModificationError", "OperationError"]) {
    sender.fault = new DOMException("no", name);
    await tuner.tune({ maxBitrate: 7 });
    assert.equal(sender.encoding.maxBitrate, undefined);
  }
  sender.fault = null;
  await tuner.tune({ maxBitrate: 7 });
  assert.equal(sender.encoding.maxBitrate, 7);
});

test("a sender that has not negotiated has nothing to set yet", async () => {
  const sender = new FakeSender();
  sender.encodings = [];
  const tuner = new Tuner(sender);
  await tuner.tune({ maxBitrate: 7 });
  await tuner.keyframe(0);
  assert.deepEqual(sender.set, []);
});

test("a mistake is not hidden", async () => {
  const sender = new FakeSender();
  sender.fault = new TypeError("mine");
  const tuner = new Tuner(sender);
  await assert.rejects(tuner.tune({ maxBitrate: 7 }), TypeError);
  await assert.rejects(tuner.keyframe(1000), TypeError);
  sender.fault = null;
  await tuner.tune({ maxBitrate: 7 });
  await tuner.keyframe(3000);
  assert.deepEqual([sender.encoding.maxBitrate, sender.options.length], [7, 1]);
});

test("a keyframe is asked of the encoder, once a second", async () => {
  const sender = new FakeSender();
  const tuner = new Tuner(sender);
  await tuner.keyframe(1000);
  await tuner.keyframe(1900);
  assert.deepEqual(sender.options, [[{ keyFrame: true }]]);
  await tuner.keyframe(2000);
  assert.equal(sender.options.length, 2);
});

test("where the encoder takes no such wish it begins anew", async () => {
  const sender = new FakeSender({ knowsOptions: false });
  const tuner = new Tuner(sender);
  await tuner.tune({ active: true, maxBitrate: 9 });
  await tuner.keyframe(1000);
  await settle();
  assert.deepEqual(
    sender.set.map(({ active }) => active),
    [true, true, false, true],
  );
  assert.equal(sender.encoding.maxBitrate, 9);
});

test("what is not sent needs no keyframe", async () => {
  const sender = new FakeSender();
  sender.encoding.active = false;
  await new Tuner(sender).keyframe(1000);
  assert.deepEqual(sender.set, []);
});

test("a mistake about packets is said, and the pair goes on", async () => {
  const said = [];
  globalThis.reportError = (error) => said.push(error.message);
  const connection = {
    signalingState: "stable",
    currentRemoteDescription: { type: "answer", sdp: "" },
    currentLocalDescription: { type: "offer", sdp: "" },
    createOffer: async () => {
      throw new TypeError("mine");
    },
  };
  const turns = [];
  const mesh = {
    sender: () => new FakeSender(),
    inTurn: (_seat, act) => turns.push(act(connection)),
  };
  new Senders(mesh).packetTime("a", 60);
  await Promise.all(turns);
  assert.deepEqual(said, ["mine"]);
});

test("every connection's senders are told anew, and packets asked for only where they were", async () => {
  const [first, second] = [new FakeSender(), new FakeSender()];
  const turns = [];
  let [sender] = [first];
  const mesh = { sender: () => sender, inTurn: (seat) => turns.push(seat) };
  const senders = new Senders(mesh);
  senders.tune("a", "camera", { maxBitrate: 3 });
  senders.packetTime("a", 20);
  assert.deepEqual(turns, []);
  senders.packetTime("a", 60);
  senders.packetTime("a", 20);
  assert.equal(turns.length, 2);
  sender = second;
  senders.tune("a", "camera", { maxBitrate: 3 });
  senders.packetTime("a", 20);
  await settle();
  assert.deepEqual(
    [first, second].map(({ encoding }) => encoding.maxBitrate),
    [3, 3],
  );
  assert.equal(turns.length, 2);
  sender = null;
  senders.tune("a", "camera", { maxBitrate: 4 });
  senders.packetTime("a", 60);
  senders.keyframe("a", "camera", 0);
});
