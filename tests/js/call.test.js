import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../../static/js/call/call.js";
import { moveTo } from "../../static/js/call/ui/relocation.js";
import { install } from "./fake_rtc.js";
import { FakeClock, FakeSocket, FakeStream, settle } from "./fakes.js";
import { serverSamples } from "./protocol.js";

install();
Object.assign(globalThis, {
  MediaStream: FakeStream,
  WebSocket: FakeSocket,
  location: { href: "https://parley.example/r/x/" },
});

const PAGE = {
  protocol: 4,
  socket: "/ws/rooms/x/",
  ticketUrl: "",
  ticket: "first",
  csrfToken: "",
  leftUrl: "",
  qrUrl: "",
  roomUrl: "",
  mayInvite: false,
  room: {
    name: "Kitchen",
    link: "x",
    url: "",
    limit: 8,
    keepsChat: false,
    relayOnly: false,
    access: "anyone",
  },
  name: "Mira",
  picture: "",
  hasIceServers: false,
  siteName: "Parley",
};

/** What is announced to somebody whose question for a screen ends so. */
async function share(error) {
  const getDisplayMedia = async () => {
    throw error;
  };
  const mediaDevices = Object.assign(new EventTarget(), error && { getDisplayMedia }, {
    enumerateDevices: async () => [],
    getUserMedia: async () => {
      throw new DOMException("None", "NotFoundError");
    },
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  const call = new Call(PAGE, { clock: new FakeClock() });
  const said = [];
  call.on("announce", (words) => said.push(words));
  call.share();
  await settle();
  call.close();
  return said;
}

test("a screen that cannot be shown is said in words", async () => {
  const faults = [
    new DOMException("Permission denied by system", "NotAllowedError"),
    new DOMException("Could not start", "NotReadableError"),
    new DOMException("None", "NotFoundError"),
    new DOMException("?", "UnknownError"),
    null,
  ];
  const said = [];
  for (const fault of faults) said.push(...(await share(fault)));
  assert.equal(said.length, faults.length);
  assert.equal(new Set(said).size, faults.length);
  for (const words of said) assert.match(words, /^[A-Z].*\.$/);
});

test("who closes the question about a screen is told nothing", async () => {
  assert.deepEqual(await share(new DOMException("Permission denied", "NotAllowedError")), []);
});

test("who asks for a device that this page cannot have is told why, each time", async () => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  const call = new Call(PAGE, { clock: new FakeClock() });
  await settle();
  const said = [];
  call.on("announce", (words) => said.push(words));
  for (const on of [true, false, true]) {
    call.setCamera(on);
    call.setMicrophone(on);
  }
  call.close();
  assert.equal(said.length, 4);
  for (const words of said) assert.match(words, /https pages only\. You can still write\./);
});

// The seat that a tab remembers

const WELCOME = { ...serverSamples.find(({ type }) => type === "welcome"), link: "x" };

/** The page of a tab that remembers a seat, as a reload or a duplicated tab has it; `isTaken`: another tab has it. */
async function reloaded({ isTaken = false, remembered = {} } = {}) {
  const kept = new Map([
    [
      "parley:x",
      JSON.stringify({ resume: "token", seat: WELCOME.seat, name: "Mira", ...remembered }),
    ],
  ]);
  const asked = [];
  const locks = {
    request: (name, _, act) => {
      asked.push(name);
      return isTaken ? new Promise(() => {}) : Promise.resolve().then(act);
    },
  };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  globalThis.sessionStorage = /** @type {any} */ ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  });
  performance.getEntriesByType = () => /** @type {any} */ ([{ type: "reload" }]);
  FakeSocket.all = [];
  const clock = new FakeClock();
  const page = structuredClone(PAGE);
  const call = new Call(page, { clock });
  const socket = FakeSocket.last.open();
  await clock.pass(10);
  const memory = (link = "x") => JSON.parse(kept.get(`parley:${link}`) ?? "{}");
  return { call, clock, page, socket, asked, memory };
}

test("a reload goes back to its seat at once, under the seat's lock", async () => {
  const { call, clock, socket, asked, memory } = await reloaded();
  assert.deepEqual(asked, [`parley:${WELCOME.seat}`]);
  const [hello, join] = socket.sent;
  assert.deepEqual([hello.resume, join.name], ["token", "Mira"]);
  socket.say({ ...WELCOME, people: [] });
  await clock.pass(200);
  assert.equal(call.state.phase, "joined");
  assert.equal(asked.length, 1);
  assert.deepEqual([memory().resume, memory().seat], [WELCOME.resume, WELCOME.seat]);
  call.close();
});

test("a duplicated tab asks, and moves the seat here when told to", async () => {
  const { call, clock, socket } = await reloaded({ isTaken: true });
  assert.deepEqual(socket.sent, []);
  await clock.pass(1600);
  assert.deepEqual([call.state.phase, socket.readyState], ["elsewhere", FakeSocket.CLOSED]);
  assert.equal(FakeSocket.all.length, 1);
  call.moveHere();
  const [hello, join] = FakeSocket.last.open().sent;
  assert.deepEqual([hello.resume, join.name], ["token", "Mira"]);
  FakeSocket.last.say({ ...WELCOME, people: [] });
  await clock.pass(200);
  assert.equal(call.state.phase, "joined");
  call.close();
});

test("a duplicated tab takes a seat of its own when told to", async () => {
  const { call, clock, asked, memory } = await reloaded({ isTaken: true });
  await clock.pass(1600);
  call.joinTwice();
  assert.equal(memory().resume, undefined);
  const [hello] = FakeSocket.last.open().sent;
  assert.deepEqual([hello.ticket, hello.resume], ["first", undefined]);
  FakeSocket.last.say({ ...WELCOME, seat: "another", people: [] });
  await clock.pass(200);
  assert.deepEqual(asked, [`parley:${WELCOME.seat}`, "parley:another"]);
  assert.equal(memory().seat, "another");
  call.close();
});

test("who said in this tab that the call goes on here is not asked again", async () => {
  const { call, socket, memory } = await reloaded({
    isTaken: true,
    remembered: { movesHere: true },
  });
  assert.equal(socket.sent[0].resume, "token");
  assert.equal(memory().movesHere, undefined);
  call.close();
  let loaded = 0;
  globalThis.location = /** @type {any} */ ({ ...location, reload: () => ++loaded });
  const moved = await reloaded();
  moved.socket.say({ ...WELCOME, people: [] });
  moved.socket.hangUp(4409);
  await moved.clock.pass(200);
  assert.equal(moved.call.state.refusal?.code, "moved");
  moved.call.loadAgain();
  assert.deepEqual(
    [loaded, moved.memory().movesHere, moved.memory().resume],
    [1, true, WELCOME.resume],
  );
});

test("what hosts do not allow cannot be turned on, and is said each time", async () => {
  const { call, clock, socket } = await reloaded();
  const powers = ["microphone", "camera", "screen", "chat"];
  socket.say({ ...WELCOME, people: [], forbidden: powers });
  await clock.pass(200);
  assert.deepEqual(call.state.own.forbidden, powers);
  const said = [];
  call.on("announce", (words) => said.push(words));
  call.setMicrophone(true);
  call.setCamera(true);
  call.share();
  assert.equal(call.send("Hello"), false);
  call.retry("camera");
  assert.equal(said.length, 5);
  for (const words of said) assert.match(words, /^The host (does not allow you|keeps you)/);
  assert.equal(new Set(said).size, 4);
  assert.deepEqual(call.state.chat.messages, []);
  // Off is always allowed.
  call.setMicrophone(false);
  call.setCamera(false);
  assert.equal(said.length, 5);
  call.close();
});

test("a new link of the room is where the page goes on, now and when it is loaded anew", async () => {
  const shown = [];
  globalThis.history = /** @type {any} */ ({
    state: null,
    replaceState: (_state, _title, url) => shown.push(url),
  });
  const { call, clock, page, socket, memory } = await reloaded();
  page.ticketUrl = "/r/x/ticket/";
  page.room.url = "https://parley.example/r/x/";
  socket.say({ ...WELCOME, people: [] });
  await clock.pass(200);
  assert.equal(call.state.room.link, "x");

  socket.say({ ...WELCOME, people: [], link: "abcd-efgh", resume: "newer" });
  await clock.pass(200);

  assert.equal(call.state.phase, "joined");
  assert.equal(call.state.room.link, "abcd-efgh");
  // What stands around the stage goes by it as soon as it is drawn.
  moveTo(page, call.state.room.link);
  assert.deepEqual(shown, ["https://parley.example/r/abcd-efgh/"]);
  assert.equal(page.ticketUrl, "/r/abcd-efgh/ticket/");
  assert.equal(page.room.url, "https://parley.example/r/abcd-efgh/");
  assert.deepEqual([memory().resume, memory("abcd-efgh").resume], [undefined, "newer"]);
  assert.equal(memory("abcd-efgh").name, "Mira");
  socket.hangUp(1006);
  await clock.pass(10);
  const next = FakeSocket.last.open();
  await settle();
  assert.equal(next.url, "wss://parley.example/ws/rooms/abcd-efgh/");
  assert.equal(next.sent[0].resume, "newer");
  call.close();
});
