import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parsePeer, parseServer } from "../../../static/js/call/messages.js";
import { Routes } from "../../../static/js/call/upkeep/routes.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";
import { assertDocumented } from "../protocol.js";

const SDP =
  "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AB:01\r\na=ice-ufrag:aB3d\r\n";
const OFFER = { type: "offer", epoch: 7, number: 0, sdp: SDP };
const ANSWER = { ...OFFER, type: "answer" };
const CANDIDATES = {
  type: "candidates",
  epoch: 7,
  number: 1,
  candidates: [{ candidate: "", sdpMid: "0", usernameFragment: "aB3d" }],
};

/** @type {FakeClock} */
let clock;
/** @type {string[]} By which way, and to whom, each signal went. */
let said;
/** @type {FakeSession} */
let session;
/** @type {FakeLinks} */
let links;
/** @type {Routes} */
let routes;

class FakeMesh extends Emitter {
  people = ["b", "t", "u"].map((seat) => ({
    seat,
    instance: `${seat}1`,
    away: false,
    connection: "connected",
    cut: false,
  }));
  /** @type {Record<string, number|null>} */
  heardAt = {};
  open = new Set(["b", "t", "u"]);
  /** @type {any[]} */
  heard = [];

  person(seat) {
    return this.people.find((each) => each.seat === seat);
  }

  bars(seat) {
    return seat === "removed";
  }

  known(seat) {
    if (!this.person(seat)) return null;
    return { epoch: 7, remote: SDP, heardAt: this.heardAt[seat] ?? null };
  }

  send(seat, message) {
    if (!this.open.has(seat)) return false;
    assert.deepEqual(parsePeer(JSON.stringify(message)), message);
    said.push(message.type === "relay" ? `${seat}→${message.to}` : `${message.type} ${seat}`);
    return true;
  }

  signal(message) {
    assert.deepEqual(parseServer(JSON.stringify(message)), message);
    this.heard.push(message);
  }

  mark(seat, facts) {
    Object.assign(this.person(seat), facts);
    this.emit("change", undefined);
  }
}

class FakeSession extends Emitter {
  server = "open";
  room = { relayOnly: false };
  mesh = new FakeMesh();
  isSocketOpen = true;

  carry = (signal) => void this.toServer(signal);

  toServer(message) {
    assertDocumented(message);
    if (this.isSocketOpen) said.push(`server ${message.to}`);
    return this.isSocketOpen;
  }
}

class FakeLinks extends Emitter {
  /** @type {Record<string, boolean|null>} Whether this third is connected to b. */
  known = {};

  connects(seat) {
    return this.known[seat] ?? null;
  }
}

const hears = (...seats) => {
  for (const seat of seats) session.mesh.heardAt[seat] = clock.now();
};
const carry = (signal, to = "b") => {
  said = [];
  session.carry({ ...signal, to });
  return said;
};
const away = () => {
  session.server = "lost";
  session.isSocketOpen = false;
};
/** Somebody who was there, and whose path is lost. */
const loses = (seat) => {
  session.mesh.heardAt[seat] = clock.now() - 5000;
  Object.assign(session.mesh.person(seat) ?? {}, { connection: "lost" });
};
const relayed = (signal, { third = "t", from = "b" } = {}) =>
  session.mesh.emit("message", { from: third, message: { type: "relayed", from, signal } });

beforeEach(() => {
  clock = new FakeClock();
  said = [];
  session = new FakeSession();
  links = new FakeLinks();
  routes = new Routes(/** @type {any} */ (session), /** @type {any} */ (links), clock);
});

test("the server carries what it can", () => {
  hears("b", "t", "u");
  assert.deepEqual(carry(OFFER), ["server b"]);
  assert.deepEqual(carry(CANDIDATES), ["server b"]);
});

test("without the server the pair's own channel does, as long as the other is heard", async () => {
  away();
  hears("b", "t", "u");
  assert.deepEqual(carry(OFFER), ["signal b"]);
  assert.deepEqual(carry(CANDIDATES), ["signal b"]);
  routes.close();
});

test("whom the server misses is reached past it", () => {
  session.mesh.people[0].away = true;
  hears("b");
  assert.deepEqual(carry(OFFER), ["signal b"]);
});

test("a dead path leaves a third who is connected to both, another with each try", async () => {
  away();
  hears("t", "u");
  links.known = { t: false, u: true };
  assert.deepEqual(carry(OFFER), ["u→b"]);
  assert.deepEqual(carry(CANDIDATES), ["u→b"]);
  links.known = { t: true, u: true };
  // Again: maybe they hear us, though we do not hear them.
  assert.deepEqual(carry(OFFER), ["u→b", "signal b"]);
  assert.deepEqual(carry(CANDIDATES), ["u→b", "signal b"]);
  assert.deepEqual(carry(OFFER), ["t→b", "signal b"]);
  links.known = { t: false, u: false };
  assert.equal(carry(OFFER).length, 2);
});

test("in doubt about the server, others carry it as well", async () => {
  hears("t", "u");
  assert.deepEqual(carry(OFFER), ["server b"]);
  assert.deepEqual(carry(OFFER), ["server b", "signal b", "t→b"]);
  assert.deepEqual(carry(CANDIDATES), ["server b", "signal b", "t→b"]);
  assert.deepEqual(carry(OFFER), ["server b", "signal b", "u→b"]);
  session.mesh.person("b").connection = "connected";
  session.mesh.emit("change", undefined);
  assert.deepEqual(carry(OFFER), ["server b"]);
  // Long after, it is another matter.
  await clock.pass(20_000);
  assert.deepEqual(carry(OFFER), ["server b"]);
});

test("a socket that takes nothing leaves the other ways", () => {
  hears("b", "t");
  session.isSocketOpen = false;
  assert.deepEqual(carry(OFFER), ["signal b"]);
});

test("an answer goes also by the way that the offer came", () => {
  hears("t", "u");
  links.known = { t: true, u: true };
  loses("b");
  relayed(OFFER, { third: "u" });
  assert.deepEqual(session.mesh.heard, [{ ...OFFER, type: "peer-offer", from: "b" }]);
  assert.deepEqual(carry(ANSWER), ["server b", "u→b"]);
});

test("what a third or the pair's own channel brings is the server's word, once it was looked at", () => {
  loses("b");
  relayed({ type: "diagnosis", epoch: 7, turn: "ok", udp: "ok" });
  relayed({ ...OFFER, sdp: SDP.replace("AB:01", "AB:02") });
  relayed(OFFER, { from: "nobody" });
  session.mesh.emit("message", { from: "b", message: { type: "signal", signal: CANDIDATES } });
  assert.deepEqual(
    session.mesh.heard.map(({ type, from }) => `${type} ${from}`),
    ["peer-diagnosis b", "peer-candidates b"],
  );
});

test("signals of others are forwarded, those that were already are not", () => {
  hears("t");
  const message = (type, more) => ({ type, signal: OFFER, ...more });
  session.mesh.emit("message", { from: "b", message: message("relay", { to: "t" }) });
  assert.deepEqual(said, ["relayed t"]);
  said = [];
  session.mesh.emit("message", { from: "b", message: message("relay", { to: "u" }) });
  session.mesh.emit("message", { from: "b", message: message("relay", { to: "b" }) });
  session.mesh.emit("message", { from: "b", message: message("relayed", { from: "t" }) });
  assert.deepEqual(said, []);
});

test("whom no way is left to is marked, until there is one", async () => {
  const { mesh } = session;
  const isCut = () => mesh.person("b")?.cut;
  const look = () => clock.pass(1000);
  Object.assign(mesh.person("b") ?? {}, { connection: "lost" });
  await look();
  assert.equal(isCut(), false);
  away();
  await look();
  assert.equal(isCut(), true);
  hears("t");
  links.emit("change", undefined);
  assert.equal(isCut(), false);
  links.known = { t: false };
  links.emit("change", undefined);
  assert.equal(isCut(), true);
  session.server = "open";
  session.emit("change", undefined);
  assert.equal(isCut(), false);
  away();
  session.emit("change", undefined);
  assert.equal(isCut(), true);
  Object.assign(mesh.person("b") ?? {}, { connection: "connected" });
  mesh.emit("change", undefined);
  assert.equal(isCut(), false);
});

test("after the end the server alone carries, and nothing is heard", () => {
  routes.close();
  hears("b", "t", "u");
  away();
  assert.deepEqual(carry(OFFER), []);
  relayed(CANDIDATES);
  assert.deepEqual(session.mesh.heard, []);
  assert.equal(clock.next, null);
});
