import assert from "node:assert/strict";
import { test } from "node:test";
import { Peer } from "../../static/js/call/peer.js";
import { Emitter } from "../../static/js/lib/emitter.js";
import { FakeClock } from "./fakes.js";

/** Stands for a connection: what a peer does with epochs needs no more. */
class FakeConnection extends Emitter {
  isClosed = false;
  got = [];
  isUnanswered = false;
  talk = Object.assign(new EventTarget(), { readyState: "connecting" });
  pulse = new EventTarget();

  constructor(offers) {
    super();
    this.offers = offers;
  }

  async start(epoch) {
    this.epoch = epoch;
  }

  receive(signal) {
    this.got.push(signal.type);
  }

  receiver() {
    return null;
  }

  restart() {
    this.got.push("restart");
  }

  again() {
    this.got.push("again");
  }

  close() {
    this.isClosed = true;
  }
}

function pair(offers) {
  /** @type {FakeConnection[]} */
  const made = [];
  const clock = new FakeClock();
  const peer = new Peer({
    offers,
    connect: (offering) => {
      const connection = new FakeConnection(offering);
      made.push(connection);
      return /** @type {any} */ (connection);
    },
    iceServers: () => [],
    clock,
  });
  const said = [];
  peer.on("signal", (signal) => said.push(signal));
  const open = () => made.filter(({ isClosed, epoch }) => !isClosed && epoch).length;
  return { peer, made, clock, said, open };
}

const offer = (epoch, number = 0) => ({ type: "offer", epoch, number, sdp: "" });

test("the offerer makes one connection, and a larger epoch for each further one", async () => {
  const { peer, made, clock, open } = pair(true);
  peer.start();
  await clock.pass(2000);
  assert.deepEqual(
    made.map((connection) => connection.offers),
    [true],
  );
  const [{ epoch }] = made;
  peer.receive({ type: "restart", epoch, kind: "ice" });
  assert.deepEqual(made[0].got, ["restart"]);
  await clock.pass(3000);
  peer.receive({ type: "restart", epoch: epoch - 1, kind: "connection" });
  assert.equal(made.length, 1);
  peer.receive({ type: "restart", epoch, kind: "connection" });
  assert.ok(made[1].epoch > epoch);
  assert.equal(open(), 1);
});

test("who has no connection gets another one, whatever they ask for", async () => {
  for (const kind of ["ice", "connection"]) {
    const { peer, made, clock, open } = pair(true);
    peer.start();
    await clock.pass(2000);
    peer.receive({ type: "restart", epoch: 0, kind });
    assert.deepEqual([made.length, open()], [2, 1]);
    assert.ok(made[1].epoch > made[0].epoch);
  }
  const { peer, made } = pair(false);
  peer.start();
  peer.receive({ type: "restart", epoch: 0, kind: "connection" });
  assert.equal(made.length, 1);
});

test("a wish that comes by two ways is one wish", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  await clock.pass(2000);
  const [{ epoch }] = made;
  for (let way = 0; way < 2; way += 1) peer.receive({ type: "restart", epoch, kind: "ice" });
  assert.deepEqual(made[0].got, ["restart"]);
  await clock.pass(2000);
  peer.receive({ type: "restart", epoch, kind: "ice" });
  assert.deepEqual(made[0].got, ["restart", "restart"]);
  await clock.pass(1000);
  for (let way = 0; way < 2; way += 1) peer.receive({ type: "restart", epoch, kind: "connection" });
  assert.deepEqual([made.length, made[1].got], [2, []]);
  await clock.pass(2000);
  for (let way = 0; way < 2; way += 1) peer.receive({ type: "restart", epoch: 0, kind: "ice" });
  assert.equal(made.length, 3);
});

test("whoever took an offer of somebody else for ours gets one that is newer still", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  const theirs = (made[0].epoch ?? 0) + 100_000;
  // Not while what was just begun may reach them.
  peer.receive({ type: "restart", epoch: theirs, kind: "ice" });
  await clock.pass(1999);
  peer.receive({ type: "restart", epoch: theirs, kind: "ice" });
  assert.equal(made.length, 1);
  await clock.pass(1);
  peer.receive({ type: "restart", epoch: theirs, kind: "ice" });
  assert.deepEqual([made.length, (made[1].epoch ?? 0) > theirs], [2, true]);
});

test("no wish makes an epoch that no other could follow", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  await clock.pass(2000);
  for (const kind of ["ice", "connection"]) {
    for (const epoch of [Number.MAX_SAFE_INTEGER, clock.now() + 86_400_001]) {
      peer.receive({ type: "restart", epoch, kind });
    }
  }
  assert.equal(made.length, 1);
  peer.receive({ type: "restart", epoch: clock.now() + 86_400_000, kind: "ice" });
  assert.equal(made.length, 2);
});

test("whoever asks for another connection while one is young is told of that again", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  const [{ epoch }] = made;
  await clock.pass(4999);
  peer.receive({ type: "restart", epoch, kind: "connection" });
  assert.deepEqual([made.length, made[0].got], [1, ["again"]]);
  await clock.pass(1);
  peer.receive({ type: "restart", epoch, kind: "connection" });
  assert.equal(made.length, 2);
});

test("what the other side said is known while the next connection has heard nothing yet", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  await clock.pass(5000);
  assert.equal(peer.remote, "");
  made[0].remote = "v=0";
  peer.receive({ type: "restart", epoch: made[0].epoch, kind: "connection" });
  assert.deepEqual([peer.remote, peer.epoch], ["v=0", made[1].epoch]);
  await clock.pass(5000);
  peer.receive({ type: "restart", epoch: made[1].epoch, kind: "connection" });
  assert.equal(peer.remote, "v=0");
});

test("the answerer takes each larger epoch, and drops what belongs to an older one", () => {
  const { peer, made, open } = pair(false);
  peer.start();
  assert.equal(open(), 0);
  peer.receive({ type: "candidates", epoch: 7, number: 1, candidates: [] });
  peer.receive(offer(7));
  peer.receive(offer(9));
  peer.receive(offer(8));
  peer.receive({ type: "candidates", epoch: 7, number: 2, candidates: [] });
  peer.receive({ type: "candidates", epoch: 9, number: 1, candidates: [] });
  assert.deepEqual(
    made.map(({ got }) => got),
    [["offer"], ["offer", "candidates"]],
  );
  assert.equal(open(), 1);
});

test("who asks while a restart is young, or its offer unanswered, is told of that again", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  const [connection] = made;
  connection.emit("state", "connected");
  await clock.pass(5000);
  peer.stalled(clock.now() - 2000);
  assert.deepEqual(connection.got, ["restart"]);
  const ask = () => peer.receive({ type: "restart", epoch: connection.epoch, kind: "ice" });
  await clock.pass(300);
  ask();
  connection.isUnanswered = true;
  await clock.pass(3000);
  ask();
  assert.deepEqual(connection.got, ["restart", "again", "again"]);
  connection.isUnanswered = false;
  await clock.pass(1000);
  ask();
  assert.deepEqual(connection.got.slice(3), ["restart"]);
  assert.equal(made.length, 1);
});

test("who has nothing while the first offer is young is told of it again", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  await clock.pass(500);
  peer.receive({ type: "restart", epoch: 0, kind: "connection" });
  assert.deepEqual([made.length, made[0].got], [1, ["again"]]);
  made[0].isUnanswered = true;
  await clock.pass(5000);
  peer.receive({ type: "restart", epoch: 0, kind: "connection" });
  assert.deepEqual([made.length, made[0].got], [1, ["again", "again"]]);
});

test("an answerer that connects asks for nothing, and says its own once more when signals return", async () => {
  const { peer, made, clock, said } = pair(false);
  peer.start();
  await clock.pass(9990);
  peer.receive(offer(7));
  await clock.pass(9990);
  peer.receive(offer(8));
  await clock.pass(2000);
  peer.signalsReturned();
  assert.deepEqual([said, made[1].got], [[], ["offer", "again"]]);
  await clock.pass(22_900);
  assert.deepEqual(said, []);
  await clock.pass(200);
  assert.deepEqual(said, [{ type: "restart", epoch: 8, kind: "connection" }]);
});

test("an offer that is said again is not the other connection that was asked for", async () => {
  const { peer, clock, said } = pair(false);
  peer.receive(offer(7));
  peer.renew();
  peer.receive(offer(7, 1));
  await clock.pass(2000);
  assert.equal(said.length, 2);
  peer.receive(offer(8));
  await clock.pass(5000);
  assert.equal(said.length, 2);
});

test("whoever makes the offers from now on keeps nothing ready for those of others", () => {
  const { peer, made, open } = pair(false);
  peer.start();
  peer.signalsReturned(true);
  assert.deepEqual([made.map(({ isClosed }) => isClosed), open()], [[true, false], 1]);
});

test("the answerer asks for a restart, 5 s later for another connection, until an offer comes", async () => {
  const { peer, made, clock, said } = pair(false);
  peer.receive(offer(7));
  made[0].emit("state", "connected");
  await clock.pass(10_000);
  peer.stalled(clock.now() - 2000);
  await clock.pass(4999);
  assert.deepEqual(
    said,
    [1, 2].map(() => ({ type: "restart", epoch: 7, kind: "ice" })),
  );
  await clock.pass(2001);
  assert.deepEqual(
    said.slice(2),
    [1, 2].map(() => ({ type: "restart", epoch: 7, kind: "connection" })),
  );
  peer.receive(offer(9));
  await clock.pass(5000);
  assert.equal(said.length, 4);
  made[1].emit("state", "connected");
  await clock.pass(60_000);
  assert.equal(said.length, 4);
});

test("an offer of the same connection is the restart that was asked for", async () => {
  const { peer, made, clock, said } = pair(false);
  peer.receive(offer(7));
  made[0].emit("state", "connected");
  peer.stalled(clock.now());
  peer.receive(offer(7, 1));
  await clock.pass(4999);
  assert.equal(said.length, 1);
});

test("a heartbeat ends it, of the connection in use", async () => {
  const { peer, made, clock, said } = pair(false);
  const states = [];
  peer.on("state", ({ state }) => states.push(state));
  peer.receive(offer(7));
  made[0].emit("state", "connected");
  peer.stalled(clock.now());
  made[0].pulse.dispatchEvent(new Event("message"));
  assert.deepEqual(states, ["connected", "lost", "connected"]);
  await clock.pass(60_000);
  assert.equal(said.length, 1);
  peer.stalled(clock.now());
  peer.receive(offer(8));
  made[0].pulse.dispatchEvent(new Event("message"));
  assert.equal(states.at(-1), "lost");
  peer.heard();
  assert.equal(states.at(-1), "lost");
  made[1].emit("state", "connected");
  assert.equal(states.at(-1), "connected");
});

test("what was said just before signals came back is said again, and what is older begun anew", async () => {
  for (const offers of [true, false]) {
    const { peer, made, clock, said } = pair(offers);
    if (offers) peer.start();
    else peer.receive(offer(7));
    made[0].emit("state", "connected");
    await clock.pass(5000);
    peer.stalled(clock.now() - 2000);
    await clock.pass(400);
    peer.signalsReturned();
    if (offers) assert.deepEqual(made[0].got, ["restart", "again"]);
    else
      assert.deepEqual(
        said.map(({ kind }) => kind),
        ["ice", "ice"],
      );
    await clock.pass(1200);
    peer.signalsReturned();
    if (offers) assert.equal(made.length, 2);
    else assert.equal(said.at(-1).kind, "connection");
  }
});

test("the answerer whose wish has changed asks for another connection, if it did not come by itself", () => {
  const { peer, made, said } = pair(false);
  peer.start();
  peer.renew();
  assert.deepEqual(said, []);
  assert.deepEqual(
    made.map(({ isClosed }) => Boolean(isClosed)),
    [true, false],
  );
  peer.receive(offer(7));
  peer.renew();
  assert.deepEqual(said, [{ type: "restart", epoch: 7, kind: "connection" }]);
  peer.receive(offer(8));
  assert.equal(made.filter(({ isClosed }) => !isClosed).length, 1);
});

test("a connection whose descriptions fail is built anew, without haste", async () => {
  const { peer, made, clock } = pair(true);
  peer.start();
  for (const count of [2, 3]) {
    made.at(-1).emit("failure", new Error("no"));
    await clock.pass(2000);
    assert.equal(made.length, count);
  }
});

test("nothing is left of a pair that is closed", async () => {
  const { peer, made, clock, open } = pair(false);
  peer.start();
  peer.close();
  assert.ok(made.every(({ isClosed }) => isClosed));
  await clock.pass(120_000);
  assert.deepEqual([made.length, open()], [1, 0]);
});
