import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Session } from "../../static/js/call/session.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { emptySlots } from "../../static/js/call/state.js";
import { Emitter } from "../../static/js/lib/emitter.js";
import { FakeRTCPeerConnection, install } from "./fake_rtc.js";
import { FakeClock, FakeSocket, FakeStream, settle } from "./fakes.js";
import { assertDocumented, serverSamples } from "./protocol.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);
globalThis.WebSocket = /** @type {any} */ (FakeSocket);
const DOOR = serverSamples.find(({ type }) => type === "door");
const WELCOME = serverSamples.find(({ type }) => type === "welcome");
const TURN_MS = 600_000;

/** @type {FakeClock} */
let clock;
beforeEach(() => {
  FakeSocket.all = [];
  FakeRTCPeerConnection.all = [];
  clock = new FakeClock();
});

class FakeOwn extends Emitter {
  version = 1;
  slots = emptySlots();
  media = { settled: Promise.resolve() };
}

const servers = (credential) => [{ urls: ["turn:turn.example.org"], username: "u", credential }];
const welcome = (credential, expires = clock.now() + TURN_MS) => ({
  ...WELCOME,
  iceServers: servers(credential),
  iceExpires: expires,
});
const joins = () => FakeSocket.last.sent.filter(({ type }) => type === "join").length;

/** A session in its seat. */
async function seated(first) {
  const session = new Session({
    doorway: {
      url: "ws://localhost/ws/rooms/x/",
      instance: "Zk3vQ0c1",
      ticket: "first",
      resume: "",
      freshTicket: async () => "fresh",
      reload: () => false,
    },
    own: /** @type {any} */ (new FakeOwn()),
    outgoing: newOutgoing(),
    memory: /** @type {any} */ ({ write() {} }),
    hasIceServers: true,
    clock,
  });
  FakeSocket.last.open().say(DOOR);
  session.join("Mira");
  FakeSocket.last.say(first);
  await settle();
  assert.equal(joins(), 1);
  return session;
}

/** Time in which the server answers every ping. */
async function pass(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 1000) {
    await clock.pass(Math.min(left, 1000));
    FakeSocket.last.say({ type: "pong" });
  }
}

test("TURN credentials are asked for anew before they end, and pairs use them", async () => {
  const session = await seated(welcome("old"));
  const pc = FakeRTCPeerConnection.all.at(-1);
  const credential = () => pc.getConfiguration().iceServers[0].credential;
  assert.equal(credential(), "old");
  pc.become("connected");
  await pass(0.8 * TURN_MS - 1000);
  assert.equal(joins(), 1);
  await pass(1000);
  assert.equal(joins(), 2);
  FakeSocket.last.sent.forEach(assertDocumented);
  FakeSocket.last.say(welcome("new"));
  await settle();
  assert.equal(credential(), "new");
  assert.equal(FakeRTCPeerConnection.all.at(-1), pc);
  await pass(0.8 * TURN_MS);
  assert.equal(joins(), 3);
  session.close();
  assert.equal(clock.next, null);
});

test("new credentials leave a pair alone that is just connecting, a lost server does not", async () => {
  const session = await seated(welcome("old", clock.now() + 35_000));
  await pass(30_000);
  assert.equal(joins(), 2);
  const made = FakeRTCPeerConnection.all.length;
  FakeSocket.last.say(welcome("new"));
  await settle();
  assert.equal(FakeRTCPeerConnection.all.length, made);
  FakeSocket.last.hangUp(1012);
  await clock.pass(0);
  FakeSocket.last.open().say(welcome("newer"));
  await settle();
  assert.equal(FakeRTCPeerConnection.all.length, made + 1);
  session.close();
});

test("an unanswered question for credentials is asked again after 30 s", async () => {
  const session = await seated(welcome("old"));
  await pass(0.8 * TURN_MS + 30_000);
  assert.equal(joins(), 3);
  session.close();
});

test("clocks that are wrong, and credentials that never end", async () => {
  for (const [expires, wait] of [
    [clock.now() - 3_600_000, 30_000],
    [clock.now() + 3_600_000, 480_000],
  ]) {
    clock = new FakeClock();
    const session = await seated(welcome("old", expires));
    await pass(wait - 1000);
    assert.equal(joins(), 1);
    await pass(1000);
    assert.equal(joins(), 2);
    session.close();
  }
  const session = await seated(welcome("old", 0));
  await pass(2 * TURN_MS);
  assert.equal(joins(), 1);
  session.close();
});

test("nobody who has left asks for credentials", async () => {
  const session = await seated(welcome("old"));
  session.leave();
  await clock.pass(TURN_MS);
  assert.equal(joins(), 1);
});
