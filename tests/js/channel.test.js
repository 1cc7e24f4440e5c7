import assert from "node:assert/strict";
import { test } from "node:test";
import { Channel } from "../../static/js/call/channel.js";

class FakeWire extends EventTarget {
  readyState = "open";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  sent = [];

  send(frame) {
    this.sent.push(frame);
    this.bufferedAmount += frame.length;
  }

  say(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

const chat = (text) => ({ type: "chat", id: "a-1", count: 1, text, at: 1 });

test("frames wait while the browser's buffer is full, and go on in order", () => {
  const wire = new FakeWire();
  const channel = new Channel(/** @type {any} */ (wire));
  const text = "x".repeat(60_000);
  for (let count = 0; count < 8; count += 1) assert.ok(channel.send(chat(`${count}${text}`)));
  assert.ok(wire.sent.length < 8);
  wire.bufferedAmount = 0;
  wire.dispatchEvent(new Event("bufferedamountlow"));
  assert.deepEqual(
    wire.sent.map((frame) => JSON.parse(frame).text[0]),
    ["0", "1", "2", "3", "4", "5", "6", "7"],
  );
});

test("refuses what is too long, too much, or has no open channel", () => {
  const wire = new FakeWire();
  const channel = new Channel(/** @type {any} */ (wire));
  assert.equal(channel.send(chat("ü".repeat(33_000))), false);
  let taken = 0;
  while (channel.send(chat("x".repeat(60_000)))) taken += 1;
  assert.ok(taken > 10 && taken < 30);
  wire.readyState = "closed";
  assert.equal(channel.send(chat("x")), false);
});

test("what is no message is dropped and counted", () => {
  const wire = new FakeWire();
  const channel = new Channel(/** @type {any} */ (wire));
  const messages = [];
  channel.on("message", (message) => messages.push(message));
  for (const data of ["{", '{"type":"unheard-of"}', new ArrayBuffer(2)]) wire.say(data);
  wire.say(JSON.stringify(chat("Hello")));
  assert.deepEqual([channel.invalid, messages], [3, [chat("Hello")]]);
});
