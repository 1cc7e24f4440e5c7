import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../static/js/call/connection.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { FakeRTCPeerConnection, install, pace } from "./fake_rtc.js";
import { FakeClock, FakeStream, FakeTrack, random, settle } from "./fakes.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);

function end(offers, clock) {
  const outgoing = newOutgoing();
  outgoing.tracks.microphone = /** @type {any} */ (new FakeTrack("audio"));
  const connection = new Connection({ offers, configuration: {}, outgoing, clock });
  const failures = [];
  connection.on("failure", (error) => failures.push(error));
  return { connection, outgoing, failures, pc: FakeRTCPeerConnection.all.at(-1) };
}

/** Two ends and the way between them; `carry` decides what becomes of each signal. */
function meet(carry) {
  const clock = new FakeClock();
  const [a, b] = [end(true, clock), end(false, clock)];
  const said = { a: [], b: [] };
  a.connection.on("signal", (signal) => {
    said.a.push(signal.type);
    carry(clock, () => b.connection.receive(signal), signal.type);
  });
  b.connection.on("signal", (signal) => {
    said.b.push(signal.type);
    carry(clock, () => a.connection.receive(signal), signal.type);
  });
  b.connection.start(1, []);
  return { clock, a, b, said };
}

function assertWhole({ a, b }, hint) {
  for (const { pc, failures } of [a, b]) {
    assert.deepEqual(failures, [], hint);
    assert.equal(pc.signalingState, "stable", hint);
    const slots = pc.getTransceivers();
    assert.deepEqual(
      slots.map(({ receiver, currentDirection, mid }) => [
        receiver.track.kind,
        currentDirection,
        mid,
      ]),
      [
        ["audio", "sendrecv", "0"],
        ["video", "sendrecv", "1"],
        ["video", "sendrecv", "2"],
        ["audio", "sendrecv", "3"],
      ],
      hint,
    );
    const [voice, camera, screen, sound] = slots.map(({ sender }) => sender.streams[0].id);
    assert.ok(voice === camera && screen === sound && voice !== screen, hint);
  }
}

const at1 = (clock, arrive) => clock.after(1, arrive);

async function quiet({ clock }) {
  for (let turn = 0; turn < 40; turn += 1) await clock.pass(1);
}

for (const prepared of ["not at all", "offered", "gathered"]) {
  test(`one offer, one answer; prepared: ${prepared}`, async () => {
    const pair = meet(at1);
    const { a, b, said } = pair;
    if (prepared !== "not at all") a.connection.prepare(prepared === "gathered");
    await settle();
    assert.deepEqual(said.a, []);
    a.connection.start(1, []);
    await quiet(pair);
    assertWhole(pair, prepared);
    for (const types of [said.a, said.b]) {
      assert.equal(types.filter((type) => type !== "candidates").length, 1);
      assert.ok(types.length <= 3);
    }
    assert.equal(b.pc.candidates, 2);
    assert.equal(a.pc.candidates, 2);
    assert.equal(a.pc.getTransceivers()[0].sender.track, a.outgoing.tracks.microphone);
    assert.equal(b.pc.getTransceivers()[0].sender.track, b.outgoing.tracks.microphone);
  });
}

test("ICE servers that are learned late are used", async () => {
  const pair = meet(at1);
  pair.a.connection.prepare(false);
  const servers = [{ urls: "stun:stun.example.org" }];
  pair.a.connection.start(1, servers);
  await quiet(pair);
  assert.deepEqual(pair.a.pc.getConfiguration().iceServers, servers);
  assertWhole(pair);
});

test("what a slot carries changes without negotiation", async () => {
  const pair = meet(at1);
  const { a, said } = pair;
  a.connection.start(1, []);
  await quiet(pair);
  const before = said.a.length;
  a.outgoing.tracks.screen = /** @type {any} */ (new FakeTrack("video"));
  await a.connection.replace("screen");
  await quiet(pair);
  assert.equal(a.pc.getTransceivers()[2].sender.track, a.outgoing.tracks.screen);
  assert.equal(said.a.length, before);
});

test("an offer without the four slots is a failure, not a guess", async () => {
  const { connection, failures } = end(false, new FakeClock());
  connection.start(1, []);
  connection.receive({ type: "offer", epoch: 1, number: 0, sdp: "o=x\r\nm=audio\r\nm=video" });
  await settle();
  await settle();
  assert.match(String(failures[0]), /audio,video/);
});

test("a description that candidates of a faster way have overtaken is taken", async () => {
  const held = [];
  const pair = meet((clock, arrive, type) => {
    if (type === "offer") held.push(arrive);
    else clock.after(1, arrive);
  });
  pair.a.connection.start(1, []);
  await quiet(pair);
  assert.ok(pair.said.a.includes("candidates"));
  for (const arrive of held) arrive();
  await quiet(pair);
  assertWhole(pair);
});

test("descriptions that do not grow in number are dropped", async () => {
  const held = [];
  const pair = meet((_, arrive) => held.push(arrive));
  pair.a.connection.start(1, []);
  await quiet(pair);
  for (let turn = 0; turn < 20; turn += 1) {
    for (const arrive of held) arrive();
    await quiet(pair);
  }
  assertWhole(pair);
  assert.equal(pair.said.b.filter((type) => type === "answer").length, 1);
});

test("restarts that cross are settled, whatever is lost, doubled or late", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const chance = random(seed);
    pace.turns = () => Math.floor(chance() * 4);
    let isBad = true;
    const pair = meet((clock, arrive) => {
      if (isBad && chance() < 0.15) return;
      const copies = isBad && chance() < 0.15 ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        clock.after(isBad ? chance() * 40 : 1, arrive);
      }
    });
    const { a, b, clock } = pair;
    if (seed % 2) a.connection.prepare(seed % 3 === 0);
    a.connection.start(1, []);
    await clock.pass(seed % 5 ? 10_000 : 5);
    for (let round = 0; round < 6; round += 1) {
      if (chance() < 0.8) a.connection.restart();
      if (chance() < 0.5) await clock.pass(chance() * 20);
      if (chance() < 0.8 && b.pc.getTransceivers().length) b.connection.restart();
      await clock.pass(chance() * 100);
    }
    isBad = false;
    await clock.pass(30_000);
    await quiet(pair);
    assertWhole(pair, `seed ${seed}`);
    assert.ok(a.pc.remoteDescription.sdp.includes(b.pc.fragment), `seed ${seed}: same generation`);
    assert.ok(b.pc.remoteDescription.sdp.includes(a.pc.fragment), `seed ${seed}: same generation`);
    a.connection.close();
    b.connection.close();
  }
  pace.turns = () => 1;
});

test("what is described in between keeps no restart back", async () => {
  const pair = meet(at1);
  const { a, b, said } = pair;
  a.connection.start(1, []);
  await quiet(pair);
  const agreed = { type: "answer", sdp: b.pc.localDescription.sdp };
  a.connection.inTurn(async (pc) => {
    await pc.setLocalDescription(await pc.createOffer());
    assert.deepEqual([pc.signalingState, a.connection.isUnanswered], ["have-local-offer", false]);
    a.connection.restart();
    await pc.setRemoteDescription(/** @type {any} */ (agreed));
  });
  await quiet(pair);
  assert.equal(said.a.filter((type) => type === "offer").length, 2);
  assertWhole(pair);
});

test("other ICE servers wait for the next search, on both sides", async () => {
  const pair = meet(at1);
  const { a, b, said } = pair;
  const old = [{ urls: "turn:old.example.org" }];
  const servers = [{ urls: "turn:new.example.org" }];
  const held = () => [a, b].map(({ pc }) => pc.getConfiguration().iceServers);
  b.connection.serve(old);
  a.connection.start(1, old);
  await quiet(pair);
  a.connection.serve(servers);
  b.connection.serve(servers);
  await quiet(pair);
  assert.deepEqual(held(), [old, old]);
  const fragment = a.pc.fragment;
  const before = said.a.length;
  // What needs no search begins none.
  assert.ok((await a.pc.createOffer()).sdp.includes(`ufrag:${fragment}\r`));
  assert.equal(said.a.length, before);
  a.connection.restart();
  await quiet(pair);
  assert.deepEqual(held(), [servers, servers]);
  assert.notEqual(a.pc.fragment, fragment);
  assertWhole(pair);
});

test("what a search has met is remembered, without any address", async () => {
  const clock = new FakeClock();
  const { connection, pc } = end(true, clock);
  connection.start(1, [
    { urls: ["stun:192.0.2.1", "turn:192.0.2.1"] },
    { urls: "turns:192.0.2.2" },
  ]);
  await clock.pass(1000);
  const happen = (name, facts) => pc.dispatchEvent(Object.assign(new Event(name), facts));
  const relay = { type: "relay", protocol: "udp", relayProtocol: "tls", candidate: "candidate:9" };
  happen("icecandidate", { candidate: { ...relay, address: "192.0.2.9", sdpMid: "0" } });
  happen("icecandidate", { candidate: null });
  happen("icecandidateerror", { url: "turn:192.0.2.1", errorCode: 401, address: "192.0.2.7" });
  pc.iceGatheringState = "complete";
  const { servers, found, faults, gathering } = connection.search;
  assert.deepEqual(servers, ["stun:192.0.2.1", "turn:192.0.2.1", "turns:192.0.2.2"]);
  assert.deepEqual(found.at(-1), { type: "relay", protocol: "tls" });
  assert.deepEqual(faults, [{ url: "turn:192.0.2.1", code: 401 }]);
  assert.equal(gathering, "complete");
  for (let more = 0; more < 100; more += 1)
    happen("icecandidateerror", { url: "", errorCode: 701 });
  assert.equal(connection.search.faults.length, 64);
});
