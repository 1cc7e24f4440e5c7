import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection } from "../../static/js/call/connection.js";
import { Peer } from "../../static/js/call/peer.js";
import { newOutgoing } from "../../static/js/call/slots.js";
import { FakeRTCPeerConnection, install, pace } from "./fake_rtc.js";
import { FakeClock, FakeStream, random } from "./fakes.js";

install();
globalThis.MediaStream = /** @type {any} */ (FakeStream);

/** One side of a pair, and every RTCPeerConnection it made. */
function side(offers, clock) {
  /** @type {FakeRTCPeerConnection[]} */
  const made = [];
  const heard = [];
  const connect = (/** @type {boolean} */ offering) => {
    const connection = new Connection({
      offers: offering,
      configuration: {},
      outgoing: newOutgoing(),
      clock,
    });
    made.push(FakeRTCPeerConnection.all.at(-1));
    const receive = connection.receive.bind(connection);
    connection.receive = (signal) => {
      heard.push([connection.epoch, signal.epoch]);
      receive(signal);
    };
    return connection;
  };
  const peer = new Peer({ offers, connect, iceServers: () => [], clock });
  const inUse = () => made.filter(({ signalingState }) => signalingState !== "closed");
  /** @type {string[]} */
  const shown = [];
  peer.on("state", ({ state }) => shown.push(state));
  return { peer, made, heard, inUse, shown };
}

/**
 * Two sides over a way that loses, doubles, delays and reorders while `chaos.isOn`, and that now and then says again
 * what was said long ago, also of connections that are gone, or carries nothing for a while. Who has the other's
 * descriptions is connected `takes` milliseconds later.
 */
function pair(chance, takes = 0) {
  const clock = new FakeClock();
  const chaos = { isOn: true, isAway: false };
  const [a, b] = [side(true, clock), side(false, clock)];
  /** @type {(() => void)[]} */
  const past = [];
  const carry = (to) => (signal) => {
    const arrive = () => to.peer.receive(structuredClone(signal));
    past.push(arrive);
    if (chaos.isOn && (chaos.isAway || chance() < 0.15)) return;
    for (let copies = chaos.isOn && chance() < 0.2 ? 2 : 1; copies > 0; copies -= 1) {
      clock.after(chaos.isOn ? chance() * 60 : 1, arrive);
    }
  };
  a.peer.on("signal", carry(b));
  b.peer.on("signal", carry(a));
  const replay = (count) => {
    for (let left = count; left > 0; left -= 1) past[Math.floor(chance() * past.length)]?.();
  };
  const describes = (one, other) => one.remoteDescription?.sdp.includes(other.fragment);
  const fits = () => {
    const [[x, ...more], [y, ...others]] = [a.inUse(), b.inUse()];
    return Boolean(x && y && !more.length && !others.length && describes(x, y) && describes(y, x));
  };
  const since = new Map();
  const stop = clock.every(50, () => {
    for (const { inUse } of [a, b]) assert.ok(inUse().length <= 1, "one connection at a time");
    if (!fits()) return;
    const [pc] = a.inUse();
    if (!since.has(pc)) since.set(pc, clock.now());
    if (clock.now() - since.get(pc) < takes) return;
    for (const pc of [...a.inUse(), ...b.inUse()]) {
      if (pc.connectionState !== "connected") pc.become("connected");
      if (!chaos.isOn || chance() < 0.5) pc.channels.pulse.say(".");
    }
  });
  return { clock, chaos, a, b, replay, fits, stop };
}

test("a pair comes together whatever is lost, doubled, reordered, or said again from long ago", async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const chance = random(seed);
    pace.turns = () => Math.floor(chance() * 3);
    const { clock, chaos, a, b, replay, fits, stop } = pair(chance);
    a.peer.start();
    b.peer.start();
    for (let round = 0; round < 8; round += 1) {
      chaos.isAway = chance() < 0.2;
      await clock.pass(chance() * 4000);
      replay(3);
      const [pc] = (chance() < 0.5 ? a : b).inUse();
      if (chance() < 0.4) pc?.become("failed");
      // Neither, one direction alone, or both at once.
      for (const { peer } of [a, b]) if (chance() < 0.4) peer.stalled(clock.now() - 2000);
      if (chance() < 0.3) a.peer.receive({ type: "restart", epoch: 0, kind: "connection" });
      if (chance() < 0.2) for (const each of [a, b]) each.peer.signalsReturned(each === a);
    }
    chaos.isOn = false;
    await clock.pass(40_000);
    assert.ok(fits(), `seed ${seed}: whole`);
    assert.deepEqual([a.shown.at(-1), b.shown.at(-1)], ["connected", "connected"], `seed ${seed}`);
    for (const { heard } of [a, b]) {
      assert.ok(
        heard.every(([own, theirs]) => own === theirs),
        `seed ${seed}: no signal reaches a connection of another epoch`,
      );
    }
    const before = [a.made.length, b.made.length];
    const [pc] = a.inUse();
    // Whatever was said before is old by now, but for the wish of a connection that is in use.
    replay(200);
    await clock.pass(40_000);
    assert.ok(fits(), `seed ${seed}: whole after all was said again`);
    assert.ok(a.made.length - before[0] <= 1, `seed ${seed}`);
    if (a.made.length === before[0]) assert.equal(a.inUse()[0], pc);
    stop();
    for (const { peer } of [a, b]) peer.close();
  }
  pace.turns = () => 1;
});

for (const takes of [5000, 7200, 9500]) {
  test(`a pair that takes ${takes} ms to connect is not begun anew meanwhile`, async () => {
    const { clock, chaos, a, b, fits, stop } = pair(random(takes), takes);
    chaos.isOn = false;
    a.peer.start();
    b.peer.start();
    const shown = () => [a.shown.at(-1), b.shown.at(-1)];
    await clock.pass(takes + 300);
    assert.deepEqual([a.made.length, ...shown()], [1, "connected", "connected"]);
    for (const [count, side] of /** @type {const} */ ([
      [2, a],
      [3, b],
    ])) {
      side.peer.renew();
      await clock.pass(takes + 300);
      assert.deepEqual(
        [a.made.length, fits(), ...shown()],
        [count, true, "connected", "connected"],
      );
    }
    // A path that is dead for both: a restart, and 5 s later one connection.
    for (const { peer, inUse } of [a, b]) {
      peer.stalled(clock.now() - 2000);
      inUse()[0].become("disconnected");
    }
    chaos.isOn = chaos.isAway = true;
    await clock.pass(4000);
    chaos.isOn = false;
    for (const { peer } of [a, b, a, b]) {
      peer.signalsReturned();
      await clock.pass(700);
    }
    await clock.pass(takes);
    assert.deepEqual([a.made.length, fits(), ...shown()], [4, true, "connected", "connected"]);
    stop();
    for (const { peer } of [a, b]) peer.close();
  });
}

test("a pair that takes longer than the first connection has comes together all the same", async () => {
  const { clock, chaos, a, b, stop } = pair(random(1), 14_000);
  chaos.isOn = false;
  a.peer.start();
  b.peer.start();
  await clock.pass(25_000);
  assert.deepEqual([a.made.length, a.shown, b.shown], [2, ["connected"], ["connected"]]);
  stop();
  for (const { peer } of [a, b]) peer.close();
});
