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
      isThere: async () => true,
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
  const hello = { type: "hello", protocol: 4, instance: "Zk3vQ0c1", ticket: "first" };
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
    { type: "hello", protocol: 4, instance: "Zk3vQ0c1", resume: "token" },
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

test("who misses somebody of the call comes back sooner, though never before the server said", async () => {
  const { signalling } = start({ isThere: async () => true });
  FakeSocket.last.open().say(DOOR);
  const waits = async () => {
    const from = FakeSocket.all.length;
    FakeSocket.last.hangUp(1006);
    const before = clock.now();
    while (FakeSocket.all.length === from) await clock.pass(clock.next);
    return clock.now() - before;
  };
  for (let attempt = 0; attempt < 20; attempt += 1) await waits();
  signalling.hurry(true);
  const hurried = [];
  for (let attempt = 0; attempt < 40; attempt += 1) hurried.push(await waits());
  assert.ok(hurried.every((wait) => wait >= 500 && wait <= 2500));
  assert.ok(new Set(hurried).size > 10);
  signalling.hurry(false);
  const calm = [];
  for (let attempt = 0; attempt < 40; attempt += 1) calm.push(await waits());
  assert.ok(Math.max(...calm) > 4000);

  // Somebody is missed while an attempt is far away.
  for (let round = 0; round < 20; round += 1) {
    FakeSocket.last.hangUp(1006);
    signalling.hurry(true);
    await clock.pass(0);
    assert.ok(clock.next <= 2500);
    signalling.hurry(false);
    await clock.pass(8000);
  }
  FakeSocket.last.open().say(DOOR);
  FakeSocket.last.say({ type: "restarting", after: 6000 });
  const sockets = FakeSocket.all.length;
  FakeSocket.last.hangUp(1012);
  signalling.hurry(true);
  await clock.pass(5999);
  assert.equal(FakeSocket.all.length, sockets);
  await clock.pass(2500);
  assert.equal(FakeSocket.all.length, sockets + 1);
});

test("in a hurry, sockets are tried where somebody answers: browsers hold back who fails too often", async () => {
  const asked = [];
  let there = false;
  const { signalling } = start({
    isThere: async () => {
      asked.push(clock.now());
      return there;
    },
  });
  signalling.hurry(true);
  FakeSocket.last.hangUp(1006);
  for (let failure = 1; failure < 4; failure += 1) {
    await clock.pass(2500);
    FakeSocket.last.hangUp(1006);
  }
  const sockets = FakeSocket.all.length;
  await clock.pass(60_000);
  assert.equal(FakeSocket.all.length, sockets);
  assert.ok(asked.length > 20);
  assert.ok(asked.every((at, place) => !place || at - asked[place - 1] <= 2500));
  there = true;
  await clock.pass(2500);
  assert.equal(FakeSocket.all.length, sockets + 1);
  FakeSocket.last.open().say(DOOR);
  const before = asked.length;
  FakeSocket.last.hangUp(1006);
  await clock.pass(2500);
  assert.deepEqual([FakeSocket.all.length, asked.length], [sockets + 2, before + 1]);

  there = false;
  FakeSocket.last.hangUp(1006);
  await clock.pass(2500);
  // Meanwhile the page has a reason not to wait.
  signalling.retry();
  assert.equal(FakeSocket.all.length, sockets + 3);
  signalling.close();
  await clock.pass(60_000);
  assert.equal(FakeSocket.all.length, sockets + 3);
});

/** Time in which the server answers. */
async function serve(milliseconds) {
  for (let left = milliseconds; left > 0; left -= 1000) {
    await clock.pass(Math.min(left, 1000));
    FakeSocket.last.say({ type: "pong" });
  }
}

test("a line that served for 10 s makes the next first attempt immediate again", async () => {
  start();
  FakeSocket.last.hangUp(1006);
  await clock.pass(0);
  FakeSocket.last.hangUp(1006);
  await clock.pass(1000);
  for (let round = 0; round < 3; round += 1) {
    FakeSocket.last.open().say(DOOR);
    await serve(10_000);
    const before = FakeSocket.all.length;
    FakeSocket.last.hangUp(1011);
    await clock.pass(0);
    assert.equal(FakeSocket.all.length, before + 1);
  }
});

/** How often a page comes within this time to a server that treats it so. */
async function attempts(milliseconds, treat) {
  const until = clock.now() + milliseconds;
  for (let seen = 0; clock.now() < until; await clock.pass(20)) {
    if (FakeSocket.all.length === seen) continue;
    seen = FakeSocket.all.length;
    treat(FakeSocket.last.open());
  }
  return FakeSocket.all.length;
}

test("who is let in and closed at once comes later and later", async () => {
  for (const code of [1006, 4413, 4401]) {
    FakeSocket.all = [];
    const { signalling } = start();
    const count = await attempts(60_000, (socket) => {
      socket.say(DOOR);
      socket.hangUp(code);
    });
    // Ever 8 s apart would be 10, ever half a second 120.
    assert.ok(count > 5 && count < 60, `${count} attempts after ${code}`);
    signalling.close();
    assert.equal(clock.next, null);
  }
});

test("who is sent away again and again comes later and later, and never sooner than told", async () => {
  const { signalling } = start();
  const at = [];
  const count = await attempts(60_000, (socket) => {
    at.push(clock.now());
    socket.say({ type: "restarting", after: 625 });
    socket.hangUp(1012);
  });
  assert.ok(count > 5 && count < 60, `${count} attempts`);
  const waits = at.slice(1).map((moment, place) => moment - Number(at[place]));
  assert.ok(Math.min(...waits) >= 625, String(waits));
  assert.ok(Number(waits[0]) < 700 && Math.max(...waits) > 2000, String(waits));
  signalling.close();
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
    await serve(10_000);
  }
  assert.equal(FakeSocket.all.length, 4);
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
  test(`stops at ${code} for good`, async () => {
    const { seen, signalling } = start();
    FakeSocket.last.open().hangUp(code);
    signalling.retry();
    await clock.pass(60_000);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(seen.refused[0].code, name);
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

// Fast return

/** A page in its seat, whose line has been in use for a while. */
async function seated(doorway = {}) {
  const made = start(doorway);
  const first = FakeSocket.last.open();
  first.say(DOOR);
  made.signalling.join(() => JOIN);
  first.say(WELCOME);
  await clock.pass(3000);
  const anew = [];
  made.signalling.on("anew", () => anew.push(FakeSocket.all.length));
  return { ...made, first, anew };
}

const opened = () => FakeSocket.all.length;
const newer = { ...WELCOME, resume: "newer" };

test("a line in doubt is not given up: a second one says hello and join beside it", async () => {
  const { signalling, seen, first, anew } = await seated();
  signalling.suspect();
  assert.deepEqual([opened(), first.readyState], [2, FakeSocket.OPEN]);
  assert.equal(first.sent.at(-1).type, "ping");
  const second = FakeSocket.last.open();
  assert.equal(second.sent[0].resume, WELCOME.resume);
  assert.deepEqual(second.sent[1], JOIN);
  const before = seen.messages.length;
  second.say(DOOR);
  assert.deepEqual([seen.messages.length, anew], [before, []]);
  second.say(newer);
  assert.equal(first.readyState, FakeSocket.CLOSED);
  assert.deepEqual(seen.messages.slice(before), [newer]);
  assert.deepEqual([anew, seen.server], [[2], ["open"]]);
  first.hangUp(4409);
  first.say(DOOR);
  assert.deepEqual(seen.refused, []);
  signalling.send({ type: "chat-history", after: 0 });
  assert.equal(second.sent.at(-1).type, "chat-history");
  second.hangUp(1006);
  await clock.pass(0);
  assert.equal(FakeSocket.last.open().sent[0].resume, "newer");
});

test("an old line that lives stays when the second one fails", async () => {
  const { signalling, seen, first } = await seated();
  signalling.suspect();
  first.say({ type: "pong" });
  assert.equal(opened(), 2);
  FakeSocket.last.hangUp(1006);
  first.say({ type: "pong" });
  await clock.pass(4000);
  assert.equal(opened(), 2);
  assert.deepEqual([seen.server, seen.refused], [["open"], []]);
  assert.ok(signalling.send({ type: "ping", heard: 0 }));
  assert.equal(first.readyState, FakeSocket.OPEN);
});

test("a line that says nothing is doubted again every 2 s, one second line at a time", async () => {
  const { signalling } = await seated();
  signalling.suspect();
  signalling.suspect();
  assert.equal(opened(), 2);
  FakeSocket.last.hangUp(1006);
  signalling.suspect();
  await clock.pass(1999);
  assert.equal(opened(), 2);
  await clock.pass(1);
  assert.equal(opened(), 3);
});

test("a doubt that comes too soon after an attempt is kept, unless the line is heard", async () => {
  for (const isHeard of [false, true]) {
    const { signalling, first } = await seated();
    const before = opened();
    signalling.suspect();
    FakeSocket.last.open().say(newer);
    await clock.pass(500);
    signalling.suspect();
    await clock.pass(100);
    if (isHeard) FakeSocket.last.say({ type: "pong" });
    assert.equal(opened(), before + 1);
    await clock.pass(1500);
    assert.equal(opened(), before + (isHeard ? 1 : 2));
    assert.equal(first.readyState, FakeSocket.CLOSED);
    signalling.close();
  }
});

test("a second line without an answer is given up after 10 s, however much it is alive", async () => {
  const { signalling, first } = await seated();
  signalling.suspect();
  const second = FakeSocket.last.open();
  for (let second_ = 0; second_ < 10; second_ += 1) {
    await clock.pass(999);
    for (const each of [first, second]) each.say({ type: "pong" });
  }
  await clock.pass(10);
  assert.equal(second.readyState, FakeSocket.CLOSED);
  assert.equal(first.readyState, FakeSocket.OPEN);
});

test("a clock that was set back delays no second line, and no end of a dead one", async () => {
  const { signalling } = await seated();
  clock.setBack(3_600_000);
  signalling.suspect();
  assert.equal(opened(), 2);
  signalling.close();
  const { seen } = await seated();
  clock.setBack(3_600_000);
  await clock.pass(15_000);
  assert.deepEqual(seen.server, ["open", "lost"]);
});

test("who leaves while a second line is tried leaves on both", async () => {
  const { signalling, first } = await seated();
  signalling.suspect();
  const second = FakeSocket.last.open();
  signalling.leave();
  for (const each of [first, second]) assert.deepEqual(each.sent.at(-1), { type: "leave" });
  assert.equal(second.readyState, FakeSocket.CLOSED);
});

test("when the old line ends first, the second one goes its way alone", async () => {
  const { signalling, seen, first, anew } = await seated();
  signalling.suspect();
  const second = FakeSocket.last.open();
  first.hangUp(4409);
  await clock.pass(0);
  assert.deepEqual([seen.refused, seen.server, anew.length], [[], ["open"], 1]);
  second.say(newer);
  assert.deepEqual(seen.server, ["open"]);
  second.hangUp(4409);
  assert.deepEqual(
    seen.refused.map(({ code }) => code),
    ["moved"],
  );
  assert.equal(opened(), 2);
});

test("moved by a second line of our own that failed is no reason to stop; by anybody else, it is", async () => {
  const own = await seated();
  own.signalling.suspect();
  FakeSocket.last.open().hangUp(1006);
  own.first.hangUp(4409);
  await clock.pass(0);
  assert.deepEqual(own.seen.refused, []);
  assert.equal(FakeSocket.last.open().sent[0].resume, WELCOME.resume);
  own.signalling.close();

  const other = await seated();
  other.signalling.suspect();
  FakeSocket.last.open().hangUp(1006);
  for (let pong = 0; pong < 2; pong += 1) other.first.say({ type: "pong" });
  other.first.hangUp(4409);
  assert.equal(other.seen.refused[0].code, "moved");
});

test("at the door a second line is answered by the door", async () => {
  const { signalling, seen } = start();
  FakeSocket.last.open().say(DOOR);
  await clock.pass(3000);
  signalling.suspect();
  FakeSocket.last.open().say(DOOR);
  assert.deepEqual(seen.messages, [DOOR, DOOR]);
  signalling.join(() => JOIN);
  assert.deepEqual(FakeSocket.last.sent.at(-1), JOIN);
});

test("who joins while a second line is tried joins on both", async () => {
  const { signalling, seen } = start();
  const first = FakeSocket.last.open();
  first.say(DOOR);
  await clock.pass(3000);
  signalling.suspect();
  const second = FakeSocket.last.open();
  signalling.join(() => JOIN);
  for (const each of [first, second]) assert.deepEqual(each.sent.at(-1), JOIN);
  second.say(WELCOME);
  assert.deepEqual(seen.messages.at(-1), WELCOME);
});

for (const type of ["waiting", "knocking", "turned-away"]) {
  test(`whoever waits hears "${type}" on the second line, which serves from then on`, async () => {
    const { signalling, seen } = start();
    const first = FakeSocket.last.open();
    first.say(DOOR);
    signalling.join(() => JOIN);
    first.say({ type: "knocking" });
    await clock.pass(3000);
    signalling.suspect();
    const second = FakeSocket.last.open();
    assert.deepEqual(second.sent.at(-1), JOIN);
    second.say(DOOR);
    assert.equal(first.readyState, FakeSocket.OPEN);
    const answer = serverSamples.find((sample) => sample.type === type);
    second.say(answer);
    assert.deepEqual(seen.messages.at(-1), answer);
    assert.equal(first.readyState, FakeSocket.CLOSED);
    for (let second_ = 0; second_ < 12; second_ += 1) {
      await clock.pass(1000);
      second.say({ type: "pong" });
    }
    assert.deepEqual([second.readyState, FakeSocket.all.length], [FakeSocket.OPEN, 2]);
    assert.deepEqual(seen.server, ["open"]);
  });
}

test("without a line a doubt is an attempt at once", async () => {
  const { signalling } = start();
  for (const _ of [1, 2]) {
    FakeSocket.last.hangUp(1006);
    await clock.pass(0);
  }
  const before = opened();
  signalling.suspect();
  assert.equal(opened(), before + 1);
});

for (const [words, provoke] of /** @type {const} */ ([
  ["online", ({ page }) => page.dispatchEvent(new Event("online"))],
  ["another network", ({ network }) => network.dispatchEvent(new Event("change"))],
  ["resumed", ({ document }) => document.dispatchEvent(new Event("resume"))],
  [
    "shown from the browser's memory",
    ({ page }) => page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true })),
  ],
])) {
  test(`what makes a line doubtful: ${words}`, async () => {
    const world = {
      page: new EventTarget(),
      network: new EventTarget(),
      document: Object.assign(new EventTarget(), { hidden: false }),
    };
    globalThis.addEventListener = world.page.addEventListener.bind(world.page);
    globalThis.document = /** @type {any} */ (world.document);
    Object.defineProperty(globalThis, "navigator", {
      value: { connection: world.network },
      configurable: true,
    });
    const { signalling } = await seated();
    world.page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    assert.equal(opened(), 1);
    provoke(world);
    assert.equal(opened(), 2);
    signalling.close();
    provoke(world);
    assert.equal(opened(), 2);
    for (const name of ["addEventListener", "document", "navigator"]) delete globalThis[name];
  });
}

test("a page that is looked at again after a while doubts its line, at a hidden door nobody does", async () => {
  const document = Object.assign(new EventTarget(), { hidden: false });
  globalThis.document = /** @type {any} */ (document);
  const look = (hidden) => {
    document.hidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const { signalling, first } = await seated();
  const pass = async (milliseconds) => {
    for (let left = milliseconds; left > 0; left -= 1000) {
      await clock.pass(1000);
      first.say({ type: "pong" });
    }
  };
  look(true);
  await pass(10_000);
  look(false);
  assert.equal(opened(), 1);
  look(true);
  await pass(31_000);
  look(false);
  assert.equal(opened(), 2);
  signalling.close();

  const door = start();
  FakeSocket.last.open().say(DOOR);
  await clock.pass(3000);
  look(true);
  door.signalling.suspect();
  assert.equal(opened(), 3);
  look(false);
  door.signalling.suspect();
  assert.equal(opened(), 4);
  door.signalling.close();
  delete globalThis.document;
});

test("a page that slept tries a second line as soon as it wakes, and does not blame the first", async () => {
  const { first } = await seated();
  clock.sleep(300_000);
  await clock.pass(1000);
  assert.deepEqual([opened(), first.readyState], [2, FakeSocket.OPEN]);
  assert.equal(first.sent.at(-1).type, "ping");
  FakeSocket.last.open().say(newer);
  assert.equal(first.readyState, FakeSocket.CLOSED);
});

// Being told when to come back, and telling what was heard

test("comes back when a server that stops has said, and then as ever", async () => {
  const { seen } = start();
  const socket = FakeSocket.last.open();
  socket.say(DOOR);
  socket.say({ type: "restarting", after: 1830 });
  socket.hangUp(1012);
  await clock.pass(1829);
  assert.equal(opened(), 1);
  await clock.pass(1);
  assert.equal(opened(), 2);
  FakeSocket.last.hangUp(1006);
  await clock.pass(2000);
  assert.equal(opened(), 3);
  assert.deepEqual(seen.messages, [DOOR]);
});

test("says what it heard as soon as that is 64 KiB, and at once after a resync", () => {
  const { seen } = start();
  const socket = FakeSocket.last.open();
  const page = { type: "chat-page", messages: [], more: false };
  const size = JSON.stringify(page).length;
  const needed = Math.ceil(65_536 / size);
  for (let count = 1; count < needed; count += 1) socket.say(page);
  assert.equal(socket.sent.length, 1);
  socket.say(page);
  assert.deepEqual(socket.sent.at(-1), { type: "ping", heard: needed });
  socket.say({ type: "resync" });
  assert.deepEqual(socket.sent.at(-1), { type: "ping", heard: needed + 1 });
  assert.equal(seen.messages.length, needed);
  socket.sent.forEach(assertDocumented);
});

test("a flood of frames makes no flood of pings", async () => {
  start();
  const socket = FakeSocket.last.open();
  const page = { type: "chat-page", messages: [], more: false };
  const needed = Math.ceil(65_536 / JSON.stringify(page).length);
  const pings = () => socket.sent.filter(({ type }) => type === "ping");
  for (let count = 0; count < 4 * needed; count += 1) socket.say(page);
  assert.deepEqual(
    pings().map(({ heard }) => heard),
    [needed],
  );
  await clock.pass(25);
  assert.deepEqual(
    pings().map(({ heard }) => heard),
    [needed, 4 * needed],
  );
});

test("waits with its first word until it may speak", async () => {
  let speak;
  const ready = new Promise((resolve) => {
    speak = resolve;
  });
  const { signalling } = start({ resume: "token", ready });
  signalling.join(() => JOIN);
  const socket = FakeSocket.last.open();
  await clock.pass(100);
  assert.deepEqual(socket.sent, []);
  speak();
  await clock.pass(0);
  assert.deepEqual(
    socket.sent.map(({ type }) => type),
    ["hello", "join"],
  );
});

test("a seat that was taken back ends it", async () => {
  const { seen, signalling } = await seated();
  FakeSocket.last.hangUp(4403);
  signalling.suspect();
  await clock.pass(60_000);
  assert.equal(opened(), 1);
  assert.equal(seen.refused[0].code, "revoked");
});
