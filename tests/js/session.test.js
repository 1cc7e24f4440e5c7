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

/**
 * A session in its seat.
 *
 * @param {Record<string, any>} first
 * @param {{own?: FakeOwn, remembered?: Record<string, any>, meanwhile?: () => void}} [parts] `meanwhile` is called
 *   after the claim
 */
async function seated(first, { own = new FakeOwn(), remembered = {}, meanwhile } = {}) {
  const session = new Session({
    doorway: {
      url: "ws://localhost/ws/rooms/x/",
      instance: "Zk3vQ0c1",
      ticket: "first",
      resume: "",
      freshTicket: async () => "fresh",
      reload: () => false,
    },
    own: /** @type {any} */ (own),
    outgoing: newOutgoing(),
    memory: /** @type {any} */ ({ write: (what) => Object.assign(remembered, what) }),
    hasIceServers: true,
    clock,
  });
  FakeSocket.last.open().say(DOOR);
  session.join("Mira");
  meanwhile?.();
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

const someone = (seat, more = {}) => ({
  ...WELCOME.people[0],
  seat,
  instance: `${seat}1`,
  ...more,
});
const inside = (people, more = {}) => ({ ...WELCOME, iceExpires: 0, people, ...more });
const seats = (session) => session.mesh.people.map(({ seat }) => seat);
const sent = (type) => FakeSocket.last.sent.filter((message) => message.type === type);

/** Somebody who lost the way to the server, with the next one open. */
async function reopened() {
  FakeSocket.last.hangUp(1006);
  await clock.pass(0);
  FakeSocket.last.open().say(DOOR);
}

test("kept messages are asked for again when the server had no time", async () => {
  for (const code of ["too-fast", "try-again"]) {
    const room = { ...WELCOME.room, keepsChat: true };
    const session = await seated(inside([], { room }));
    FakeSocket.last.say({ type: "error", code, message: "", about: "chat-history" });
    assert.equal(sent("chat-history").length, 1);
    await pass(1000);
    assert.equal(sent("chat-history").length, 2);
    session.close();
  }
});

test("who lost the place waits without pairs, and says nothing that needs a seat", async () => {
  const session = await seated(inside([someone("a")]));
  const [pc] = FakeRTCPeerConnection.all;
  pc.become("connected");
  await reopened();
  FakeSocket.last.say({ type: "waiting", ahead: 0 });
  assert.deepEqual([session.phase, session.seat, seats(session)], ["waiting", null, []]);
  assert.equal(pc.connectionState, "closed");
  session.chat.send("Hello");
  session.mesh.emit("signal", { type: "restart", to: "a", epoch: 1, kind: "ice" });
  await pass(20_000);
  const types = new Set(FakeSocket.last.sent.map(({ type }) => type));
  assert.deepEqual([...types], ["hello", "join", "ping"]);
  FakeSocket.last.say(inside([someone("a")]));
  assert.deepEqual([session.phase, seats(session)], ["joined", ["a"]]);
  await settle();
  await pass(1000);
  assert.ok(sent("offer").length);
  session.close();
});

test("who waits from the door keeps what was made ready", async () => {
  const session = await seated(inside([]));
  session.close();
  clock = new FakeClock();
  FakeRTCPeerConnection.all = [];
  const waiting = await seated({ type: "waiting", ahead: 0 });
  waiting.mesh.expect(1, false);
  FakeSocket.last.say({ type: "waiting", ahead: 1 });
  FakeSocket.last.say(inside([someone("a")]));
  await settle();
  assert.equal(FakeRTCPeerConnection.all.length, 1);
  waiting.close();
});

test("whom the server lost is not said to have left before the pair is lost too", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  const said = [];
  session.on("announce", (words) => said.push(words));
  FakeRTCPeerConnection.all[0].become("connected");
  for (const seat of ["a", "b"]) FakeSocket.last.say({ type: "peer-left", seat, reason: "lost" });
  assert.deepEqual([seats(session), said], [["a"], ["Amara Osei left."]]);
  FakeSocket.last.say({ type: "peer-joined", person: someone("a", { since: WELCOME.since + 1 }) });
  await pass(40_000);
  assert.deepEqual([seats(session), said.length], [["a"], 1]);
  FakeSocket.last.say({ type: "peer-left", seat: "a", reason: "closed" });
  assert.deepEqual([seats(session), said.length], [[], 2]);
  session.close();
});

test("a page that another one followed, or of another version, finds its seat when loaded again", async () => {
  for (const [code, resume] of [
    [4409, WELCOME.resume],
    [4426, WELCOME.resume],
    [4410, undefined],
  ]) {
    const remembered = {};
    const session = await seated(inside([]), { remembered });
    FakeSocket.last.hangUp(code);
    assert.equal(session.phase, "refused");
    assert.equal(remembered.resume, resume, String(code));
  }
  const remembered = {};
  const session = await seated(inside([]), { remembered });
  session.leave();
  assert.equal(remembered.resume, undefined);
});

test("another seat begins with pairs of its own, and one is not shown to oneself", async () => {
  const session = await seated(inside([someone("a")]));
  FakeRTCPeerConnection.all[0].become("connected");
  await reopened();
  const ghost = someone(WELCOME.seat, { instance: "Zk3vQ0c1" });
  FakeSocket.last.say(inside([someone("a"), ghost], { seat: "another" }));
  await settle();
  assert.deepEqual([session.seat, seats(session)], ["another", ["a"]]);
  assert.deepEqual(
    FakeRTCPeerConnection.all.map(({ connectionState }) => connectionState),
    ["closed", "new"],
  );
  FakeSocket.last.say({ type: "peer-joined", person: ghost });
  FakeSocket.last.say({ type: "peer-left", seat: ghost.seat, reason: "lost" });
  assert.deepEqual(seats(session), ["a"]);
  session.close();
});

test("slots that changed on the way in are said when there", async () => {
  const own = new FakeOwn();
  const meanwhile = () => {
    own.version += 1;
    own.emit("slots", undefined);
  };
  const session = await seated(inside([]), { own, meanwhile });
  assert.equal(sent("state").length, 1);
  assert.ok(sent("state")[0].version > sent("join")[0].version);
  session.close();
  const still = await seated(inside([]));
  assert.deepEqual(sent("state"), []);
  still.close();
});
