import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Mesh } from "../../static/js/call/mesh.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { emptySlots } from "../../static/js/call/state.js";
import { FakeRTCPeerConnection, install } from "./fake_rtc.js";
import { FakeClock, FakeStream, FakeTrack, settle } from "./fakes.js";
import { assertDocumented } from "./protocol.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);
const OWN_SINCE = 500;

/** @type {FakeClock} */
let clock;
/** @type {Record<string, any>[]} */
let said;

beforeEach(() => {
  FakeRTCPeerConnection.all = [];
  clock = new FakeClock();
  said = [];
});

const open = () =>
  FakeRTCPeerConnection.all.filter(({ connectionState }) => connectionState !== "closed");

const someone = (seat, since, more = {}) => ({
  seat,
  instance: `${seat}1`,
  since,
  name: `Name of ${seat}`,
  role: "guest",
  guest: true,
  lookalike: false,
  forbidden: [],
  held: [],
  answersOnly: false,
  away: false,
  version: 1,
  slots: emptySlots(),
  ...more,
});

const seats = (mesh) => mesh.people.map(({ seat }) => seat);

function newMesh() {
  const outgoing = newOutgoing();
  const mesh = new Mesh(outgoing, clock);
  mesh.on("signal", (signal) => {
    assertDocumented(signal);
    said.push(`${signal.type} ${signal.to}`);
  });
  return { mesh, outgoing };
}

async function pass() {
  for (let turn = 0; turn < 20; turn += 1) {
    await clock.pass(1);
    await settle();
  }
}

test("a newcomer offers to everybody, and everybody else waits for it", async () => {
  const { mesh } = newMesh();
  mesh.welcome(
    OWN_SINCE,
    [],
    [someone("older", 100), someone("recorder", 900, { answersOnly: true })],
  );
  mesh.joined(someone("newer", 900));
  await pass();
  const offers = said.filter((words) => words.startsWith("offer"));
  assert.deepEqual(offers, ["offer older", "offer recorder"]);
  assert.deepEqual(
    mesh.people.map(({ seat }) => seat),
    ["older", "recorder", "newer"],
  );
  assert.equal(open().length, 3);
});

test("nothing is said before the welcome, and spares are used for it", async () => {
  const { mesh } = newMesh();
  mesh.expect(2, true);
  await pass();
  assert.deepEqual(said, []);
  assert.equal(open().length, 2);
  mesh.welcome(OWN_SINCE, [], [someone("a", 1), someone("b", 2), someone("c", 3)]);
  await mesh.described();
  assert.deepEqual(said.filter((words) => words.startsWith("offer")).sort(), [
    "offer a",
    "offer b",
    "offer c",
  ]);
  assert.equal(FakeRTCPeerConnection.all.length, 3);
});

test("spares that nobody needs are closed, and made anew while one stands at the door", async () => {
  const { mesh } = newMesh();
  mesh.expect(3, true);
  mesh.expect(1, true);
  assert.equal(open().length, 1);
  await clock.pass(60_000);
  assert.equal(open().length, 1);
  assert.equal(FakeRTCPeerConnection.all.length, 4);
  mesh.welcome(OWN_SINCE, [], []);
  assert.equal(open().length, 0);
});

test("spares that searched without ICE servers are of no use with them", async () => {
  const { mesh } = newMesh();
  mesh.expect(1, true);
  await pass();
  const servers = [{ urls: ["turn:turn.example.org"] }];
  mesh.welcome(OWN_SINCE, servers, [someone("a", 1)]);
  await pass();
  assert.equal(FakeRTCPeerConnection.all.length, 2);
  assert.deepEqual(open()[0].getConfiguration().iceServers, servers);
});

test("new ICE servers reach the connections there are with their next search, and new ones", async () => {
  const servers = (credential) => [{ urls: ["turn:turn.example.org"], username: "u", credential }];
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, servers("old"), [someone("a", 1), someone("b", 900)]);
  mesh.joined(someone("c", 900));
  await pass();
  const [a] = open();
  a.become("connected");
  mesh.serve(servers("new"));
  const held = () => open().map((pc) => pc.getConfiguration().iceServers[0].credential);
  assert.deepEqual(held(), ["old", "new", "new"]);
  assert.equal(FakeRTCPeerConnection.all.length, 3);
  let restarted = "";
  a.restartIce = () => {
    restarted = a.getConfiguration().iceServers[0].credential;
  };
  a.become("failed");
  await clock.pass(0);
  assert.equal(restarted, "new");
  await clock.pass(5000);
  await pass();
  assert.equal(a.connectionState, "closed");
  assert.deepEqual([...new Set(held())], ["new"]);
});

test("a room that begins to hide addresses has every pair made anew, and the spares", async () => {
  const policies = () => open().map((pc) => pc.getConfiguration().iceTransportPolicy);
  const { mesh } = newMesh();
  mesh.expect(1, true);
  mesh.hide(false);
  assert.equal(FakeRTCPeerConnection.all.length, 1);
  mesh.hide(true);
  assert.deepEqual(policies(), ["relay"]);
  mesh.hide(false);
  mesh.welcome(OWN_SINCE, [], [someone("a", 1), someone("b", 900)]);
  await pass();
  assert.deepEqual(policies(), ["all", "all"]);
  assert.deepEqual(said, ["offer a", "candidates a"]);
  mesh.hide(true);
  await pass();
  assert.deepEqual(policies(), ["relay", "relay"]);
  assert.deepEqual(said.slice(2), ["offer a", "candidates a"]);
  mesh.hide(true);
  await pass();
  assert.equal(open().length, 2);
});

test("another life of a page takes the place of the one before, in the same streams", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  const [{ voice }] = mesh.people;
  await pass();
  mesh.joined(someone("a", 900, { instance: "a2" }));
  await pass();
  assert.equal(open().length, 1);
  assert.equal(mesh.people.length, 1);
  assert.equal(mesh.people[0].voice, voice);
  mesh.left("a");
  mesh.left("a");
  assert.deepEqual([mesh.people, open()], [[], []]);
});

test("a second welcome leaves those alone who are connected", async () => {
  const { mesh } = newMesh();
  const people = [someone("a", 1)];
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  open()[0].become("connected");
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  assert.equal(FakeRTCPeerConnection.all.length, 1);
  assert.equal(mesh.people[0].connection, "connected");
});

test("a pair that does not connect is offered anew when the server is back, a young one once more", async () => {
  const { mesh } = newMesh();
  let offers = 0;
  mesh.on("signal", ({ type }) => {
    offers += Number(type === "offer");
  });
  const people = [someone("a", 1)];
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  assert.deepEqual([FakeRTCPeerConnection.all.length, offers], [1, 2]);
  await clock.pass(31_000);
  const before = FakeRTCPeerConnection.all.length;
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  assert.deepEqual([FakeRTCPeerConnection.all.length, open().length], [before + 1, 1]);
});

test("whom a server misses that knows everybody has left, however well the pair is", async () => {
  const { mesh } = newMesh();
  const gone = [];
  mesh.on("gone", ({ seat }) => gone.push(seat));
  const people = ["back", "far", "never"].map((seat, place) => someone(seat, place));
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  const [back, far] = open();
  for (const pc of [back, far]) pc.become("connected");
  mesh.welcome(OWN_SINCE, [], [], { isPartial: true });
  await clock.pass(300_000);
  assert.deepEqual([seats(mesh), gone], [["back", "far", "never"], []]);
  mesh.joined(people[0]);
  mesh.only(new Set(["back"]));
  assert.deepEqual([seats(mesh), gone], [["back"], ["far", "never"]]);
  assert.deepEqual([back.connectionState, far.connectionState], ["connected", "closed"]);
  mesh.welcome(OWN_SINCE, [], []);
  assert.deepEqual([seats(mesh), gone.length], [[], 3]);
});

test("whom a server misses that was just started has no socket there, until they are back", async () => {
  const { mesh } = newMesh();
  const people = [someone("a", 1), someone("b", 2)];
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  const [a, b] = open();
  for (const pc of [a, b]) pc.become("connected");
  mesh.welcome(OWN_SINCE, [], [people[0]], { isPartial: true });
  assert.deepEqual(
    mesh.people.map(({ away }) => away),
    [false, true],
  );
  b.become("failed");
  await pass();
  said = [];
  mesh.joined(people[1]);
  await pass();
  assert.equal(mesh.people[1].away, false);
  assert.ok(said.includes("offer b"));
});

test("who comes back to the server is offered a lost pair at once", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  await pass();
  const [pc] = open();
  pc.become("connected");
  mesh.away("a", true);
  mesh.away("a", false);
  await pass();
  assert.deepEqual(open(), [pc]);
  mesh.away("a", true);
  pc.become("failed");
  await pass();
  said = [];
  mesh.away("a", false);
  await pass();
  assert.ok(said.includes("offer a"));
  assert.equal(open().length, 1);
});

test("what is known of a pair, for whoever carries its signals", async () => {
  const { mesh } = newMesh();
  assert.equal(mesh.known("a"), null);
  mesh.welcome(OWN_SINCE, [], [someone("a", 900)]);
  assert.deepEqual(mesh.known("a"), { epoch: 0, remote: "", heardAt: null });
  const sdp =
    "o=- 7 1 IN IP4 127.0.0.1\r\na=ice-ufrag:7g0\r\nm=audio\r\nm=video\r\nm=video\r\nm=audio";
  mesh.signal({ type: "peer-offer", from: "a", epoch: 7, number: 0, sdp });
  await pass();
  open()[0].channels.pulse.open();
  assert.deepEqual(mesh.known("a"), { epoch: 7, remote: sdp, heardAt: clock.now() });
});

test("who left is gone at once, however it happened, also while the pair is connected", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  await pass();
  const [pc] = open();
  pc.become("connected");
  mesh.left("a");
  assert.deepEqual([seats(mesh), pc.connectionState], [[], "closed"]);
});

test("the same life of a page keeps its pair, a seat taken anew does not", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  await pass();
  const [pc] = open();
  pc.become("connected");
  const [{ voice }] = mesh.people;
  mesh.joined(someone("a", 1));
  assert.equal(FakeRTCPeerConnection.all.length, 1);
  mesh.joined(someone("a", 900));
  await pass();
  assert.equal(pc.connectionState, "closed");
  assert.equal(open().length, 1);
  assert.deepEqual([mesh.people[0].since, mesh.people[0].voice === voice], [900, true]);
});

test("who had to take the own seat anew builds every pair anew, and misses nobody who is gone", async () => {
  const { mesh } = newMesh();
  const people = [someone("a", 1), someone("b", 2), someone("gone", 3)];
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  const before = open();
  for (const pc of before) pc.become("connected");
  said = [];
  mesh.welcome(OWN_SINCE + 1, [], people.slice(0, 2));
  await pass();
  assert.deepEqual(seats(mesh), ["a", "b"]);
  assert.ok(before.every(({ connectionState }) => connectionState === "closed"));
  assert.deepEqual(said.filter((words) => words.startsWith("offer")).sort(), [
    "offer a",
    "offer b",
  ]);
});

/** Everybody of the mesh is connected, and their hearts beat for as long as `beating` names them. */
async function inTouch(mesh, people) {
  mesh.welcome(OWN_SINCE, [], people);
  await pass();
  const beating = new Set(people.map(({ seat }) => seat));
  const wires = open().map((pc, place) => ({ seat: people[place].seat, wire: pc.channels.pulse }));
  for (const pc of open()) pc.become("connected");
  for (const { wire } of wires) wire.open();
  clock.every(500, () => {
    for (const { seat, wire } of wires) if (beating.has(seat)) wire.say(".");
  });
  return beating;
}

test("a tile is grey only when neither the server nor this page hears somebody", async () => {
  const { mesh } = newMesh();
  const beating = await inTouch(mesh, [someone("a", 1), someone("b", 2)]);
  const shown = () => mesh.people.map(({ connection }) => connection);
  mesh.away("a", true);
  await clock.pass(20_000);
  assert.deepEqual(shown(), ["connected", "connected"]);
  beating.delete("a");
  beating.delete("b");
  await clock.pass(3500);
  assert.deepEqual(shown(), ["lost", "connected"]);
  assert.ok(clock.now() - mesh.people[0].lostSince >= 3000);
  mesh.away("a", false);
  assert.deepEqual(shown(), ["connected", "connected"]);
  assert.equal(mesh.people[0].lostSince, null);
  mesh.away("nobody", true);
});

test("says whom it does not hear, and again when it hears them", async () => {
  const { mesh } = newMesh();
  const lists = [];
  mesh.on("unheard", (seats) => lists.push(seats));
  const beating = await inTouch(mesh, [someone("a", 1), someone("b", 2)]);
  beating.clear();
  await clock.pass(3500);
  assert.deepEqual(lists, [["a", "b"]]);
  beating.add("b");
  await clock.pass(500);
  assert.deepEqual(lists.slice(1), [["a"]]);
  mesh.left("a");
  assert.deepEqual(lists.slice(2), [[]]);
  assert.deepEqual(mesh.unheard, []);
});

for (const [words, count, silent, away, stalls] of /** @type {const} */ ([
  ["two of three", 3, ["a", "b"], [], 1],
  ["the only one", 1, ["a"], [], 1],
  ["one of two", 2, ["a"], [], 0],
  ["two, one of whom the server misses too", 3, ["a", "b"], ["a"], 0],
])) {
  test(`whether silence is the own network's: ${words}`, async () => {
    const { mesh } = newMesh();
    let stalled = 0;
    mesh.on("stalled", () => {
      stalled += 1;
    });
    const names = ["a", "b", "c"].slice(0, count);
    const beating = await inTouch(
      mesh,
      names.map((seat, place) => someone(seat, place)),
    );
    for (const seat of away) mesh.away(seat, true);
    for (const seat of silent) beating.delete(seat);
    await clock.pass(20_000);
    assert.equal(stalled, stalls);
  });
}

test("a pair that is stalled is shown as lost at once, and restarted; others are untouched", async () => {
  const { mesh } = newMesh();
  const people = ["a", "b", "c"].map((seat, place) => someone(seat, place));
  const beating = await inTouch(mesh, people);
  let stalled = 0;
  mesh.on("stalled", () => {
    stalled += 1;
  });
  await clock.pass(5000);
  const restarted = [];
  for (const [place, pc] of open().entries()) pc.restartIce = () => restarted.push(place);
  beating.delete("a");
  mesh.stalled("a", clock.now() - 2000);
  await pass();
  const [person] = mesh.people;
  assert.deepEqual([person.connection, clock.now() - person.lostSince > 1900], ["lost", true]);
  assert.deepEqual([restarted, stalled], [[0], 0]);
  mesh.stalled("b", clock.now());
  assert.equal(stalled, 1);
  mesh.heard("a");
  mesh.heard("b");
  assert.deepEqual(
    mesh.people.map(({ connection }) => connection),
    ["connected", "connected", "connected"],
  );
  mesh.stalled("nobody", 0);
  mesh.heard("nobody");
});

test("a pair whose media is missing is built anew, and stays where it is", async () => {
  const { mesh } = newMesh();
  await inTouch(mesh, [someone("a", 1)]);
  const [before] = open();
  mesh.renew("a");
  await pass();
  assert.equal(before.connectionState, "closed");
  assert.equal(mesh.people[0].connection, "connected");
  mesh.renew("nobody");
});

test("the newest word on somebody's slots holds, whichever way it came", () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1, { version: 3 })]);
  const [person] = mesh.people;
  const cameraOn = { ...emptySlots(), camera: "on" };
  mesh.state("a", 3, cameraOn);
  assert.equal(person.slots.camera, "off");
  assert.deepEqual(person.camera.getTracks(), []);
  mesh.state("a", 5, cameraOn);
  assert.equal(person.camera.getTracks().length, 1);
  mesh.state("a", 4, emptySlots());
  assert.equal(person.slots.camera, "on");
  mesh.state("a", 6, emptySlots());
  assert.deepEqual(person.camera.getTracks(), []);
  mesh.state("nobody", 9, cameraOn);
});

test("a track reaches every pair, and those that come later", async () => {
  const { mesh, outgoing } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  outgoing.tracks.screen = /** @type {any} */ (new FakeTrack("video"));
  mesh.replace("screen");
  mesh.joined(someone("recorder", 900, { answersOnly: true }));
  await pass();
  for (const pc of open()) {
    assert.equal(pc.getTransceivers()[2].sender.track, outgoing.tracks.screen);
  }
});

test("who begins to listen late is told what still holds, once more", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1)]);
  await pass();
  const [{ channels }] = open();
  const views = (width) => ({
    type: "views",
    camera: { width, height: 180, rate: 15 },
    screen: { width: 0, height: 0, rate: 0 },
  });
  for (const message of [views(320), views(640), { type: "keyframe", slot: "camera" }]) {
    channels.talk.say(JSON.stringify(message));
  }
  /** @type {Record<string, any>[]} */
  const heard = [];
  mesh.on("message", (event) => heard.push(event));
  mesh.tell();
  assert.deepEqual(heard, [{ from: "a", message: views(640) }]);
  mesh.left("a");
  mesh.tell();
  assert.equal(heard.length, 1);
});

test("a signal of somebody unknown is dropped", () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], []);
  mesh.signal({ type: "peer-offer", from: "nobody", epoch: 1, number: 0, sdp: "" });
  assert.equal(FakeRTCPeerConnection.all.length, 0);
});

/** @type {import("../../static/js/call/state.js").Slots} */
const ALL_ON = { microphone: "on", camera: "on", screen: "on", screenAudio: "on" };
const standing = (seat, more) => ({
  seat,
  name: `Name of ${seat}`,
  role: /** @type {const} */ ("guest"),
  lookalike: false,
  forbidden: [],
  held: [],
  ...more,
});
/** What a page plays and shows of somebody. */
const played = ({ voice, camera, screen, screenVoice }) =>
  [voice, camera, screen, screenVoice].map((stream) =>
    stream.getTracks().some((track) => track.enabled),
  );

test("nothing is played or shown of what hosts forbade or turned off, whatever its owner says", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1, { slots: ALL_ON })]);
  await pass();
  const [person] = mesh.people;
  person.speaking = true;
  assert.deepEqual(played(person), [true, true, true, true]);
  mesh.standing(standing("a", { forbidden: ["camera"], held: ["microphone", "screen"] }));
  const nothing = { microphone: "muted", camera: "off", screen: "off", screenAudio: "off" };
  const isBarred = () => {
    assert.deepEqual(played(person), [false, false, false, false]);
    assert.deepEqual([person.slots, person.speaking], [nothing, false]);
  };
  isBarred();
  mesh.state("a", 99, ALL_ON);
  isBarred();
  mesh.joined(someone("a", 1, { forbidden: ["camera", "microphone", "screen"], version: 100 }));
  mesh.state("a", 101, ALL_ON);
  isBarred();
  // Another connection has other receivers.
  mesh.renew("a");
  await pass();
  isBarred();
  mesh.standing(standing("a", { forbidden: ["microphone"] }));
  assert.deepEqual(played(person), [false, true, true, true]);
  mesh.standing(standing("a", { name: "Another", lookalike: true }));
  assert.deepEqual([played(person), person.slots], [[true, true, true, true], ALL_ON]);
  assert.deepEqual([person.name, person.lookalike], ["Another", true]);
  mesh.standing(standing("nobody", { forbidden: ["camera"] }));
});

test("who comes, or comes back, while something is forbidden shows nothing of it", async () => {
  const { mesh } = newMesh();
  const more = { slots: ALL_ON, forbidden: ["camera"], held: ["microphone"] };
  mesh.welcome(OWN_SINCE, [], [someone("a", 1, more)]);
  mesh.joined(someone("b", 900, more));
  await pass();
  mesh.joined(someone("a", 900, { ...more, instance: "a2" }));
  await pass();
  for (const person of mesh.people) {
    const { slots } = person;
    assert.deepEqual([slots.microphone, slots.camera, slots.screen], ["muted", "off", "on"]);
    assert.deepEqual(played(person).slice(0, 2), [false, false]);
  }
});

test("nothing is taken of a seat whose right was taken back, ever again", async () => {
  const { mesh } = newMesh();
  mesh.welcome(OWN_SINCE, [], [someone("a", 1), someone("b", 2), someone("c", 900)]);
  await pass();
  const [a, b] = open();
  for (const pc of [a, b]) pc.become("connected");
  const heard = [];
  mesh.on("message", ({ from }) => heard.push(from));
  for (const seat of ["a", "c", "stranger"]) mesh.revoked(seat);
  const made = FakeRTCPeerConnection.all.length;
  said = [];
  assert.deepEqual([a.connectionState, b.connectionState], ["closed", "connected"]);
  assert.deepEqual(
    ["a", "b", "c", "stranger"].map((seat) => mesh.bars(seat)),
    [true, false, true, true],
  );
  a.channels.talk.say(JSON.stringify({ type: "keyframe", slot: "camera" }));
  const back = [someone("a", 1), someone("b", 2), someone("c", 900), someone("stranger", 3)];
  mesh.welcome(OWN_SINCE, [], back);
  mesh.welcome(OWN_SINCE, [], back, { isPartial: true });
  for (const person of back) mesh.joined(person);
  mesh.joined(someone("a", 950, { instance: "a2" }));
  mesh.state("a", 9, ALL_ON);
  mesh.away("a", false);
  const sdp = "v=0\r\nm=audio\r\nm=video\r\nm=video\r\nm=audio\r\n";
  for (const from of ["a", "c", "stranger"]) {
    mesh.signal({ type: "peer-offer", from, epoch: 9, number: 0, sdp });
    mesh.signal({ type: "peer-restart", from, epoch: 0, kind: "connection" });
  }
  await pass();
  await clock.pass(60_000);
  assert.deepEqual([seats(mesh), heard, FakeRTCPeerConnection.all.length], [["b"], [], made]);
  assert.ok(!said.some((words) => / (a|c|stranger)$/.test(words)));
  assert.equal(mesh.send("a", { type: "chat-ack", id: "1-1" }), false);
  assert.deepEqual([mesh.known("a"), await mesh.stats("a")], [null, null]);
});
