import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parsePeer } from "../../../static/js/call/messages.js";
import { Forwarding } from "../../../static/js/call/upkeep/forwarding.js";
import { FakeClock } from "../fakes.js";

const WISH = {
  type: /** @type {const} */ ("restart"),
  epoch: 7,
  kind: /** @type {const} */ ("ice"),
};
const offer = (size) => ({ type: "offer", epoch: 7, number: 0, sdp: "x".repeat(size) });

/** @type {FakeClock} */
let clock;
/** @type {{to: string, message: any}[]} */
let sent;
/** @type {Set<string>} */
let heard;
/** @type {{relayOnly: boolean}} */
let room;
/** @type {Forwarding} */
let forwarding;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  heard = new Set(["a", "b"]);
  room = { relayOnly: false };
  const mesh = {
    bars: (seat) => seat === "removed",
    send: (to, message) => {
      assert.deepEqual(parsePeer(JSON.stringify(message)), message);
      sent.push({ to, message });
      return true;
    },
  };
  const session = /** @type {any} */ ({ mesh, room });
  forwarding = new Forwarding(session, (seat) => heard.has(seat), clock);
});

test("a signal goes on with the name of whose channel it came by", () => {
  assert.ok(forwarding.forward("a", "b", WISH));
  assert.deepEqual(sent, [{ to: "b", message: { type: "relayed", from: "a", signal: WISH } }]);
});

test("nothing goes back, nor to somebody who is not within reach", () => {
  heard.delete("b");
  for (const to of ["a", "b", "nobody"]) assert.equal(forwarding.forward("a", to, WISH), false);
  assert.deepEqual(sent, []);
});

test("nothing goes on of somebody whose right was taken back", () => {
  assert.equal(forwarding.forward("removed", "b", WISH), false);
  assert.deepEqual(sent, []);
});

test("nobody is forwarded more than a pair needs, by number or by bytes", async () => {
  const forwarded = (from, signal) => {
    let count = 0;
    for (let turn = 0; turn < 500; turn += 1) if (forwarding.forward(from, "b", signal)) count += 1;
    return count;
  };
  assert.equal(forwarded("a", WISH), 60);
  assert.equal(forwarded("c", offer(40_000)), 3);
  await clock.pass(1000);
  assert.equal(forwarded("a", WISH), 10);
  assert.equal(forwarded("c", offer(40_000)), 0);
  await clock.pass(9000);
  assert.equal(forwarded("c", offer(40_000)), 2);
  forwarding.only(new Set(["c"]));
  assert.equal(forwarded("a", WISH), 60);
});

test("however many ask, the own line is not filled with what others say to each other", async () => {
  const carried = () => {
    let bytes = 0;
    for (const seat of "cdefghij") {
      for (let turn = 0; turn < 20; turn += 1) {
        if (forwarding.forward(seat, "b", offer(8000))) bytes += 8000;
      }
    }
    return bytes;
  };
  carried();
  let bytes = 0;
  for (let second = 0; second < 60; second += 1) {
    await clock.pass(1000);
    bytes += carried();
  }
  // Not half of a line of 300 kbit/s.
  assert.ok((bytes * 8) / 60 < 150_000, `${(bytes * 8) / 60} bit/s`);
  assert.ok((bytes * 8) / 60 > 60_000, `${(bytes * 8) / 60} bit/s`);
});

test("a room that hides addresses has none forwarded", () => {
  room.relayOnly = true;
  const candidate = "candidate:1 1 udp 1 192.0.2.1 5 typ host";
  const found = [{ candidate, sdpMid: "0", usernameFragment: "aB3d" }];
  const signal = {
    type: /** @type {const} */ ("candidates"),
    epoch: 7,
    number: 1,
    candidates: found,
  };
  assert.equal(forwarding.forward("a", "b", signal), false);
  assert.deepEqual(sent, []);
});
