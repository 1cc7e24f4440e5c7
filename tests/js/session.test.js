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
  /** @type {readonly string[]} */
  barred = [];

  bar(powers) {
    this.barred = powers;
  }

  turnOff(slot) {
    if (this.slots[slot] === "on") this.say({ [slot]: slot === "microphone" ? "muted" : "off" });
  }

  repeat() {
    this.say({});
  }

  say(slots) {
    this.slots = { ...this.slots, ...slots };
    this.version += 1;
    this.emit("slots", undefined);
  }
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
      isThere: async () => true,
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
  assert.equal(FakeRTCPeerConnection.all.at(-1), pc);
  assert.equal(credential(), "old");
  await pass(0.8 * TURN_MS);
  assert.equal(joins(), 3);
  pc.become("failed");
  await clock.pass(0);
  assert.equal(credential(), "new");
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

test("who came back on another socket, and is told to try later, does", async () => {
  const session = await seated(inside([]));
  const refused = { type: "error", code: "too-fast", message: "", about: "join" };
  FakeSocket.last.say(refused);
  await pass(2000);
  assert.equal(joins(), 1);
  await reopened();
  FakeSocket.last.say(refused);
  await pass(1000);
  assert.equal(joins(), 2);
  FakeSocket.last.say(inside([]));
  await pass(2000);
  assert.equal(joins(), 2);
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

test("whom the server gave up has left, also while the pair is connected", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  const said = [];
  session.on("announce", (words) => said.push(words));
  FakeRTCPeerConnection.all[0].become("connected");
  for (const seat of ["a", "nobody"]) {
    FakeSocket.last.say({ type: "peer-left", seat, reason: "lost" });
  }
  assert.deepEqual([seats(session), said], [["b"], ["Amara Osei left."]]);
  assert.equal(FakeRTCPeerConnection.all[0].connectionState, "closed");
  session.close();
});

test("who is away stays, unchanged, and nothing is said", async () => {
  const session = await seated(inside([someone("a")]));
  const said = [];
  session.on("announce", (words) => said.push(words));
  FakeRTCPeerConnection.all[0].become("connected");
  FakeSocket.last.say({ type: "peer-away", seat: "a", away: true });
  await pass(60_000);
  const [person] = session.mesh.people;
  assert.deepEqual([person.away, person.connection, said], [true, "connected", []]);
  FakeSocket.last.say({ type: "peer-away", seat: "a", away: false });
  assert.equal(person.away, false);
  session.close();
});

test("whom this page does not hear is said, and once more on each new way", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  const [a, b] = FakeRTCPeerConnection.all;
  for (const pc of [a, b]) {
    pc.become("connected");
    pc.channels.pulse.open();
  }
  const stop = clock.every(500, () => b.channels.pulse.say("."));
  await pass(4000);
  assert.deepEqual(sent("unheard"), [{ type: "unheard", seats: ["a"] }]);
  sent("unheard").forEach(assertDocumented);
  await reopened();
  assert.deepEqual(sent("unheard"), []);
  FakeSocket.last.say(inside([someone("a"), someone("b")]));
  assert.deepEqual(sent("unheard"), [{ type: "unheard", seats: ["a"] }]);
  a.channels.pulse.say(".");
  await pass(100);
  assert.deepEqual(sent("unheard").at(-1).seats, []);
  stop();
  session.close();
  assert.equal(clock.next, null);
});

test("many who are heard again together are said at once, and again when that was refused", async () => {
  const names = Array.from({ length: 15 }, (_, place) => `seat${place}`);
  const session = await seated(inside(names.map((name) => someone(name))));
  const line = FakeSocket.last;
  const unheard = () => line.sent.filter(({ type }) => type === "unheard");
  const pulses = FakeRTCPeerConnection.all.map((pc) => {
    pc.become("connected");
    pc.channels.pulse.open();
    return pc.channels.pulse;
  });
  await pass(4000);
  assert.deepEqual(
    unheard().map(({ seats }) => seats.length),
    [15],
  );
  for (const pulse of pulses) pulse.say(".");
  await pass(100);
  assert.deepEqual(unheard().slice(1), [{ type: "unheard", seats: [] }]);
  for (const code of ["too-fast", "undeliverable"]) {
    const before = unheard().length;
    line.say({ type: "error", code, message: "", about: "unheard" });
    for (const pulse of pulses) pulse.say(".");
    await pass(1000);
    assert.deepEqual(unheard().slice(before), [{ type: "unheard", seats: [] }]);
  }
  session.close();
});

const OFFER = { epoch: 5, number: 0, sdp: "m=audio\r\nm=video\r\nm=video\r\nm=audio\r\n" };

test("a further welcome on the same socket brings newcomers, and who is away or back", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  const [a, b] = FakeRTCPeerConnection.all;
  a.become("connected");
  FakeSocket.last.say({ type: "peer-away", seat: "a", away: true });
  const slots = { ...emptySlots(), camera: "on" };
  const people = [
    someone("a", { name: "Amara O.", version: 9, slots }),
    someone("b", { away: true }),
    someone("newcomer", { since: WELCOME.since + 5 }),
  ];
  FakeSocket.last.say(inside(people));
  await settle();
  const shown = session.mesh.people.map(({ seat, away, name }) => [seat, away, name]);
  assert.deepEqual(
    shown.sort(),
    people.map(({ seat, away, name }) => [seat, away, name]),
  );
  assert.equal(session.mesh.people.find(({ seat }) => seat === "a")?.slots.camera, "on");
  const made = FakeRTCPeerConnection.all;
  assert.deepEqual([made.length, b.connectionState], [3, "new"]);
  FakeSocket.last.say({ type: "peer-offer", from: "newcomer", ...OFFER });
  await pass(1000);
  assert.deepEqual(
    sent("answer").map(({ to, epoch }) => [to, epoch]),
    [["newcomer", 5]],
  );
  session.close();
});

test("a further welcome that knows only some adds, and takes nobody away", async () => {
  const session = await seated(inside([someone("a")]));
  FakeSocket.last.say(inside([someone("b")], { partial: true }));
  assert.deepEqual(seats(session).sort(), ["a", "b"]);
  session.close();
});

test("a further welcome builds anew the pairs of whoever has another life", async () => {
  const session = await seated(inside([someone("a"), someone("b"), someone("c")]));
  const [a, b, c] = FakeRTCPeerConnection.all;
  const since = WELCOME.people[0].since;
  const people = [
    someone("a"),
    someone("b", { instance: "b2" }),
    someone("c", { since: since + 1 }),
  ];
  FakeSocket.last.say(inside(people));
  const states = () => [a, b, c].map(({ connectionState }) => connectionState);
  assert.deepEqual(states(), ["new", "closed", "closed"]);
  FakeSocket.last.say(inside(people, { since: WELCOME.since + 7 }));
  assert.deepEqual(states(), ["closed", "closed", "closed"]);
  assert.deepEqual(seats(session).sort(), ["a", "b", "c"]);
  session.close();
});

test("pairs that fall silent together make it try another socket at once", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  for (const pc of FakeRTCPeerConnection.all) {
    pc.become("connected");
    pc.channels.pulse.open();
  }
  await pass(2900);
  assert.equal(FakeSocket.all.length, 1);
  await pass(600);
  assert.equal(FakeSocket.all.length, 2);
  session.close();
});

test("a server that knows only some takes nobody away, and says later who is there", async () => {
  const session = await seated(inside([someone("a"), someone("b"), someone("c")]));
  const said = [];
  session.on("announce", (words) => said.push(words));
  for (const pc of FakeRTCPeerConnection.all) pc.become("connected");
  await reopened();
  FakeSocket.last.say(inside([someone("a")], { partial: true }));
  FakeSocket.last.say({ type: "peer-joined", person: someone("b") });
  await pass(20_000);
  assert.deepEqual([seats(session), said], [["a", "b", "c"], []]);
  FakeSocket.last.say(inside([someone("a"), someone("b")]));
  assert.deepEqual([seats(session), said], [["a", "b"], ["Amara Osei left."]]);
  assert.equal(FakeRTCPeerConnection.all.length, 3);
  session.close();
});

test("after a resync a welcome tells all anew on the same socket", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  for (const pc of FakeRTCPeerConnection.all) pc.become("connected");
  FakeSocket.last.say({ type: "resync" });
  assert.equal(FakeSocket.last.sent.at(-1).type, "ping");
  FakeSocket.last.say(inside([someone("b"), someone("c")]));
  assert.deepEqual(seats(session).sort(), ["b", "c"]);
  assert.equal(FakeRTCPeerConnection.all[1].connectionState, "connected");
  session.close();
});

test("candidates that did not arrive are said again, everything else repeats by itself", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  for (let turn = 0; turn < 40; turn += 1) await clock.pass(1);
  const before = sent("candidates");
  assert.ok(before.some(({ to }) => to === "a"));
  const error = { type: "error", code: "undeliverable", message: "", to: "a" };
  FakeSocket.last.say({ ...error, about: "candidates" });
  FakeSocket.last.say({ ...error, about: "candidates", to: "nobody" });
  await clock.pass(1100);
  const again = sent("candidates").slice(before.length);
  assert.deepEqual([...new Set(again.map(({ to }) => to))], ["a"]);
  const found = (messages) => messages.flatMap(({ candidates }) => candidates);
  assert.deepEqual(found(again), found(before.filter(({ to }) => to === "a")));
  assert.ok(again[0].number > before.find(({ to }) => to === "a").number);
  const offers = sent("offer").filter(({ to }) => to === "a").length;
  FakeSocket.last.say({ ...error, about: "offer" });
  await clock.pass(3000);
  assert.ok(sent("offer").filter(({ to }) => to === "a").length > offers);
  session.close();
});

test("a writer whose account is gone is told that nothing is kept", async () => {
  const room = { ...WELCOME.room, keepsChat: true };
  const session = await seated(inside([], { room }));
  const said = [];
  session.on("announce", (words) => said.push(words));
  session.chat.send("Hello");
  FakeSocket.last.say({ type: "error", code: "ticket-refused", message: "", about: "chat" });
  assert.equal(session.chat.messages[0].state, "refused");
  assert.match(said[0], /^What you wrote was not kept/);
  const before = sent("chat").length;
  await pass(20_000);
  assert.equal(sent("chat").length, before);
  session.close();
});

test("what the server never takes is marked, and what was written after it goes on", async () => {
  const room = { ...WELCOME.room, keepsChat: true };
  for (const code of ["bad-message", "too-large", "not-kept"]) {
    const session = await seated(inside([], { room }));
    for (const words of ["first", "second"]) session.chat.send(words);
    FakeSocket.last.say({ type: "error", code, message: "", about: "chat" });
    assert.deepEqual(
      session.chat.messages.map(({ state }) => state),
      ["refused", "sending"],
    );
    assert.deepEqual(
      sent("chat").map(({ text }) => text),
      ["first", "second"],
    );
    session.close();
  }
});

test("a page whose seat another tab has says nothing before the person chose", async () => {
  for (const elsewhere of [false, true]) {
    FakeSocket.all = [];
    const session = await seated(inside([]));
    FakeSocket.all = [];
    session.ask();
    assert.equal(session.phase, "elsewhere");
    await clock.pass(60_000);
    globalThis.dispatchEvent?.(new Event("online"));
    assert.deepEqual(FakeSocket.all, []);
    session.goOn({ elsewhere });
    const [hello, join] = FakeSocket.last.open().sent;
    assert.equal(session.phase, "joining");
    assert.equal("ticket" in hello, elsewhere);
    assert.equal("resume" in hello, !elsewhere);
    assert.equal(join.name, "Mira");
    session.close();
  }
});

test("a page that another one followed, or of another version, finds its seat when loaded again", async () => {
  for (const [code, resume] of [
    [4409, WELCOME.resume],
    [4426, WELCOME.resume],
    [4410, undefined],
    [4403, undefined],
    [4403, undefined],
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

// What hosts say

const stands = (seat, more = {}) => ({
  type: "peer-standing",
  seat,
  name: "Mira",
  role: "guest",
  lookalike: false,
  forbidden: [],
  held: [],
  ...more,
});
const announced = (session) => {
  const said = [];
  session.on("announce", (words) => said.push(words));
  return said;
};

test("what a host turns off is off, is said to all, and stays off when the page is loaded anew", async () => {
  for (const [slot, remembered] of [
    ["microphone", { microphoneOn: false }],
    ["camera", { cameraOn: false }],
    ["screen", {}],
  ]) {
    const own = new FakeOwn();
    own.slots = { microphone: "on", camera: "on", screen: "on", screenAudio: "off" };
    const memory = {};
    const session = await seated(inside([]), { own, remembered: memory });
    const said = announced(session);
    FakeSocket.last.say(stands(WELCOME.seat, { held: [slot] }));
    const [state, ...more] = sent("state");
    assert.deepEqual(more, []);
    assert.deepEqual(
      Object.keys(state.slots).filter((each) => state.slots[each] === "on"),
      ["microphone", "camera", "screen"].filter((each) => each !== slot),
    );
    assert.equal(said.length, 1);
    assert.deepEqual([own.barred, session.forbidden], [[], []]);
    const { microphoneOn, cameraOn } = memory;
    assert.deepEqual(
      { microphoneOn, cameraOn },
      { microphoneOn: undefined, cameraOn: undefined, ...remembered },
    );
    // The server has heard that it is off.
    FakeSocket.last.say(stands(WELCOME.seat));
    assert.equal(sent("state").length, 1);
    session.close();
  }
});

test("what is held and off already is said once more, so that it ends", async () => {
  const session = await seated(inside([], { held: ["camera", "screen"] }));
  const said = announced(session);
  const [state, ...more] = sent("state");
  assertDocumented(state);
  assert.deepEqual([more, state.version > sent("join")[0].version], [[], true]);
  assert.deepEqual(said, []);
  session.close();
});

test("what is forbidden is barred for as long as it is, from the first welcome on", async () => {
  const own = new FakeOwn();
  own.slots = { microphone: "on", camera: "off", screen: "off", screenAudio: "off" };
  const session = await seated(inside([], { forbidden: ["microphone", "chat"] }), { own });
  assert.deepEqual(own.barred, ["microphone", "chat"]);
  assert.equal(sent("state")[0].slots.microphone, "muted");
  FakeSocket.last.say(stands(WELCOME.seat, { forbidden: ["screen"], role: "member", name: "M." }));
  assert.deepEqual(own.barred, ["screen"]);
  assert.deepEqual([session.forbidden, session.role, session.name], [["screen"], "member", "M."]);
  FakeSocket.last.say(inside([]));
  assert.deepEqual([own.barred, own.slots.microphone], [[], "muted"]);
  session.close();
});

test("who may not write any more sees what did not arrive, and says it no more", async () => {
  for (const words of [
    () => stands(WELCOME.seat, { forbidden: ["chat"] }),
    () => ({ type: "error", code: "not-allowed", message: "", about: "chat" }),
  ]) {
    const session = await seated(inside([someone("a")]));
    session.chat.send("Hello");
    assert.equal(sent("chat").length, 1);
    FakeSocket.last.say(words());
    assert.equal(session.chat.messages[0].state, "refused");
    await pass(20_000);
    assert.equal(sent("chat").length, 1);
    session.close();
  }
});

test("whose right was taken back is gone at once, is said, and nothing brings them back", async () => {
  const session = await seated(inside([someone("a"), someone("b")]));
  const said = announced(session);
  const [a] = FakeRTCPeerConnection.all;
  a.become("connected");
  for (const seat of ["a", "a", "stranger"]) {
    FakeSocket.last.say({ type: "peer-revoked", seat, reason: "removed" });
  }
  assert.equal(a.connectionState, "closed");
  const news = (from, number) => ({
    ...{ type: "peer-chat", from, name: "Amara Osei", id: `${from}1-${number}`, count: 1 },
    ...{ number, text: `From ${from}`, at: 1 },
  });
  for (const message of [
    { type: "peer-joined", person: someone("a", { instance: "a2" }) },
    { type: "peer-joined", person: someone("stranger") },
    { type: "peer-state", from: "a", version: 9, slots: { ...emptySlots(), camera: "on" } },
    { type: "peer-offer", from: "a", ...OFFER },
    news("a", 0),
    inside([someone("a"), someone("b"), someone("stranger")]),
  ]) {
    FakeSocket.last.say(message);
  }
  await pass(30_000);
  assert.deepEqual([seats(session), session.chat.messages], [["b"], []]);
  assert.deepEqual(said, ["Amara Osei is no longer in the call."]);
  assert.deepEqual(sent("answer"), []);
  FakeSocket.last.say(news("b", 0));
  assert.deepEqual(
    session.chat.messages.map(({ text }) => text),
    ["From b"],
  );
  session.close();
});

test("what the server kept of somebody who was removed later is in the chat all the same", async () => {
  const room = { ...WELCOME.room, keepsChat: true };
  const session = await seated(inside([someone("a")], { room }));
  FakeSocket.last.say({ type: "peer-revoked", seat: "a", reason: "revoked" });
  FakeSocket.last.say({
    ...{ type: "peer-chat", from: "a", name: "Amara Osei", id: "a1-1", count: 1, number: 1 },
    ...{ text: "Kept", at: 1 },
  });
  assert.equal(session.chat.messages.length, 1);
  session.close();
});

test("nobody knocks at a room without a lobby", async () => {
  const room = { ...WELCOME.room, lobby: true };
  const session = await seated({ ...WELCOME, role: "owner", room });
  const knocks = serverSamples.find(({ type }) => type === "knocks");
  FakeSocket.last.say(knocks);
  assert.deepEqual(session.order.knocks, knocks.people);
  FakeSocket.last.say({ type: "room-changed", room: { ...room, name: "Another" } });
  assert.deepEqual(session.order.knocks, knocks.people);
  FakeSocket.last.say({ type: "room-changed", room: WELCOME.room });
  assert.deepEqual(session.order.knocks, []);
  session.close();
});

test("whoever was refused knocks again by a click alone, whatever becomes of the line", async () => {
  const session = await seated({ type: "knocking" });
  FakeSocket.last.say({ type: "turned-away" });
  assert.deepEqual(FakeSocket.last.sent.at(-1), { type: "leave" });
  FakeSocket.last.say(DOOR);
  await pass(61_000);
  await reopened();
  await pass(3000);
  assert.deepEqual([session.phase, joins()], ["turned-away", 0]);
  // A second line beside the first asks for nothing either.
  const sockets = FakeSocket.all.length;
  session.mesh.emit("stalled", undefined);
  await clock.pass(0);
  assert.equal(FakeSocket.all.length, sockets + 1);
  FakeSocket.last.open().say(DOOR);
  assert.deepEqual([session.phase, joins()], ["turned-away", 0]);
  session.join("Mira");
  assert.deepEqual([session.phase, joins()], ["joining", 1]);
  FakeSocket.last.say({ type: "knocking" });
  assert.equal(session.phase, "knocking");
  // Who knocks and was not refused does so on the next line as well.
  await pass(11_000);
  const before = FakeSocket.last;
  await reopened();
  assert.notEqual(FakeSocket.last, before);
  assert.equal(joins(), 1);
  FakeSocket.last.say(inside([]));
  assert.equal(session.phase, "joined");
  session.close();
});
