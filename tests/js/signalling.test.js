import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { TicketRefused } from "../../static/js/call/entry.js";
import { Signalling } from "../../static/js/call/signalling.js";
import { emptySlots } from "../../static/js/call/state.js";
import { FakeClock, FakeSocket } from "./fakes.js";
import { assertDocumented, serverSamples } from "./protocol.js";

globalThis.WebSocket = /** @type {any} */ (FakeSocket);
const DOOR = serverSamples.find(({ type }) => type === "door");
const WELCOME = serverSamples.find(({ type }) => type === "welcome");
const JOIN = { type: "join", name: "Mira", version: 1, slots: emptySlots() };

/** @type {FakeClock} */
let clock;
beforeEach(() => {
  FakeSocket.all = [];
  clock = new FakeClock();
});

function start(doorway = {}) {
  const seen = { messages: [], server: [], refused: [], reloads: 0 };
  const signalling = new Signalling(
    {
      url: "ws://localhost/ws/rooms/x/",
      instance: "Zk3vQ0c1",
      ticket: "first",
      resume: "",
      freshTicket: async () => "fresh",
      reload: () => ++seen.reloads < 2,
      ...doorway,
    },
    clock,
  );
  signalling.on("message", (message) => seen.messages.push(message));
  signalling.on("server", (server) => seen.server.push(server));
  signalling.on("refused", (refusal) => seen.refused.push(refusal));
  return { signalling, seen };
}

test("says hello with the ticket of the page, and stands at the door", () => {
  const { seen } = start();
  FakeSocket.last.open().say(DOOR);
  const hello = { type: "hello", protocol: 2, instance: "Zk3vQ0c1", ticket: "first" };
  assert.deepEqual(FakeSocket.last.sent, [hello]);
  assertDocumented(hello);
  assert.deepEqual(seen.messages, [DOOR]);
  assert.deepEqual(seen.server, ["open"]);
});

test("joins with one message at the click, and leaves with one", () => {
  const { signalling } = start();
  const socket = FakeSocket.last.open();
  socket.say(DOOR);
  signalling.join(() => JOIN);
  signalling.leave();
  assert.deepEqual(socket.sent.slice(1), [JOIN, { type: "leave" }]);
  socket.sent.forEach(assertDocumented);
});

test("a reload resumes: hello and join go out together", () => {
  const { signalling } = start({ resume: "token" });
  signalling.join(() => JOIN);
  assert.equal(signalling.send({ type: "ping", heard: 0 }), false);
  const socket = FakeSocket.last.open();
  assert.deepEqual(socket.sent, [
    { type: "hello", protocol: 2, instance: "Zk3vQ0c1", resume: "token" },
    JOIN,
  ]);
  socket.sent.forEach(assertDocumented);
});

test("a lost socket is replaced at once, with the newest resume token and the newest slots", async () => {
  const { signalling, seen } = start();
  let version = 1;
  FakeSocket.last.open().say(DOOR);
  signalling.join(() => ({ ...JOIN, version: version++ }));
  FakeSocket.last.say(WELCOME);
  FakeSocket.last.hangUp(1006);
  await clock.pass(0);
  assert.equal(FakeSocket.all.length, 2);
  const [hello, join] = FakeSocket.last.open().sent;
  assert.equal(hello.resume, WELCOME.resume);
  assert.equal(join.version, 2);
  assert.deepEqual(seen.server, ["open", "lost"]);
});

test("further attempts come after 0.5 to 8 s, ever later", async () => {
  start();
  const waits = [];
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const from = FakeSocket.all.length;
    FakeSocket.last.hangUp(1006);
    const before = clock.now();
    while (FakeSocket.all.length === from) await clock.pass(clock.next);
    waits.push(clock.now() - before);
  }
  assert.equal(waits[0], 0);
  assert.ok(waits.slice(1).every((wait) => wait >= 500 && wait <= 8000));
  assert.ok(Math.max(...waits.slice(1, 3)) <= 2000);
  assert.ok(Math.max(...waits) > 4000);
  assert.ok(new Set(waits).size > 10);
});

test("being let in makes the next first attempt immediate again", async () => {
  start();
  for (let round = 0; round < 3; round += 1) {
    FakeSocket.last.open().say(DOOR);
    FakeSocket.last.hangUp(1011);
    await clock.pass(0);
    assert.equal(FakeSocket.all.length, round + 2);
  }
});

test("the network's return cuts the wait short", async () => {
  const network = new EventTarget();
  globalThis.addEventListener = network.addEventListener.bind(network);
  const goOnline = () => network.dispatchEvent(new Event("online"));
  const { signalling } = start();
  FakeSocket.last.hangUp(1006);
  await clock.pass(0);
  FakeSocket.last.hangUp(1006);
  goOnline();
  assert.equal(FakeSocket.all.length, 3);
  goOnline();
  assert.equal(FakeSocket.all.length, 3);
  signalling.close();
  goOnline();
  assert.equal(FakeSocket.all.length, 3);
  delete globalThis.addEventListener;
});

test("pings every 5 s, and replaces a socket that is silent for 10", async () => {
  const { seen } = start();
  const first = FakeSocket.last.open();
  first.say(DOOR);
  await clock.pass(5000);
  assert.deepEqual(first.sent.at(-1), { type: "ping", heard: 1 });
  first.say({ type: "pong" });
  await clock.pass(9999);
  assert.equal(FakeSocket.all.length, 1);
  await clock.pass(1);
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(first.readyState, FakeSocket.CLOSED);
  first.say(WELCOME);
  assert.deepEqual(seen.messages, [DOOR]);
});

test("a socket that never opens is given up after 10 s", async () => {
  start();
  await clock.pass(10_000);
  assert.equal(FakeSocket.all.length, 2);
});

test("a refused ticket is fetched anew, once", async () => {
  const { seen } = start({ resume: "old" });
  FakeSocket.last.open().hangUp(4401);
  await clock.pass(0);
  assert.equal(FakeSocket.last.open().sent[0].ticket, "fresh");
  FakeSocket.last.hangUp(4401);
  await clock.pass(60_000);
  assert.equal(FakeSocket.all.length, 2);
  assert.deepEqual(
    seen.refused.map(({ code }) => code),
    ["ticket-refused"],
  );
});

test("a ticket that was let in with may grow old and be fetched again", async () => {
  const { seen } = start();
  for (let round = 0; round < 3; round += 1) {
    FakeSocket.last.open().hangUp(4401);
    await clock.pass(0);
    FakeSocket.last.open().say(DOOR);
  }
  assert.deepEqual(seen.refused, []);
});

test("where there is no ticket for this person, it stops; where the network fails, it goes on", async () => {
  const answers = [
    () => Promise.reject(new TypeError("offline")),
    () => Promise.reject(new TicketRefused("unknown-room")),
  ];
  const { seen } = start({ freshTicket: () => answers.shift()() });
  FakeSocket.last.hangUp(4401);
  await clock.pass(0);
  assert.deepEqual(seen.refused, []);
  assert.equal(FakeSocket.all.length, 2);
  FakeSocket.last.hangUp(4401);
  await clock.pass(0);
  assert.deepEqual(
    seen.refused.map(({ code }) => code),
    ["unknown-room"],
  );
});

test("a page of another version is loaded anew, once", async () => {
  const first = start();
  FakeSocket.last.hangUp(4426);
  await clock.pass(60_000);
  assert.equal(first.seen.reloads, 1);
  assert.equal(FakeSocket.all.length, 1);
  const second = start({ reload: () => false });
  FakeSocket.last.hangUp(4426);
  assert.deepEqual(
    second.seen.refused.map(({ code }) => code),
    ["bad-protocol"],
  );
});

for (const [code, name] of [
  [4400, "abuse"],
  [4404, "unknown-room"],
  [4409, "moved"],
  [4410, "room-deleted"],
]) {
  test(`stops at ${code} and says why`, async () => {
    const { seen, signalling } = start();
    FakeSocket.last.open().hangUp(code);
    signalling.retry();
    await clock.pass(60_000);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(seen.refused[0].code, name);
    assert.match(seen.refused[0].message, /\.$/);
    assert.equal(clock.next, null);
  });
}

for (const code of [1000, 1006, 1011, 1012, 4408, 4413]) {
  test(`tries again after ${code}`, async () => {
    const { seen } = start();
    FakeSocket.last.open().hangUp(code);
    await clock.pass(0);
    assert.equal(FakeSocket.all.length, 2);
    assert.deepEqual(seen.refused, []);
  });
}

test("what is not a message is dropped", () => {
  const { seen } = start();
  const socket = FakeSocket.last.open();
  socket.say({ type: "unheard-of" });
  socket.dispatchEvent(Object.assign(new Event("message"), { data: new ArrayBuffer(4) }));
  assert.deepEqual(seen.messages, []);
});
