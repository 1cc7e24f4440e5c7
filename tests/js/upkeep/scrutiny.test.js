import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Scrutiny } from "../../../static/js/call/upkeep/scrutiny.js";
import { FakeClock } from "../fakes.js";

const DAY_MS = 86_400_000;
const OWN = "AB:01:CD:23";
const OTHER = "AB:01:CD:24";

/** @type {FakeClock} */
let clock;
/** @type {{epoch: number, remote: string, heardAt: number|null}} */
let pair;
/** @type {{people: {seat: string, instance: string, connection: string, away: boolean}[], room: any, server: string}} */
let there;
/** @type {Scrutiny} */
let scrutiny;

const sdp = (fragment = "aB3d", fingerprint = OWN) =>
  `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 ${fingerprint}\r\na=ice-ufrag:${fragment}\r\nm=audio 9 RTP 111\r\n`;
const offer = (epoch, text = sdp()) => ({ type: "offer", epoch, number: 0, sdp: text });
const candidates = (
  epoch,
  fragment = "aB3d",
  candidate = "candidate:1 1 udp 1 192.0.2.1 5 typ host",
) => ({
  type: "candidates",
  epoch,
  number: 1,
  candidates: [{ candidate, sdpMid: "0", usernameFragment: fragment }],
});
const wish = (epoch) => ({ type: "restart", epoch, kind: "ice" });
const take = (signal, { seat = "a", third = "t" } = {}) => scrutiny.take(seat, signal, third);

beforeEach(() => {
  clock = new FakeClock();
  pair = { epoch: 7, remote: sdp(), heardAt: null };
  const person = { seat: "a", instance: "a1", connection: "lost", away: true };
  there = { people: [person], room: { relayOnly: false }, server: "lost" };
  const mesh = {
    get people() {
      return there.people;
    },
    known: (seat) => (there.people.some((each) => each.seat === seat) ? pair : null),
  };
  const session = /** @type {any} */ ({
    mesh,
    get room() {
      return there.room;
    },
    get server() {
      return there.server;
    },
  });
  scrutiny = new Scrutiny(session, clock);
});

test("a description is taken with the certificate that the server showed, and with no other", () => {
  for (const third of ["t", ""]) {
    assert.deepEqual(take(offer(8), { third }), offer(8));
    assert.equal(take(offer(8, sdp("aB3d", OTHER)), { third }), null);
    assert.equal(take(offer(8, sdp().replace("v=0", "v=0\n")), { third }), null);
    assert.deepEqual(take({ ...offer(7), type: "answer" }, { third })?.type, "answer");
  }
  pair.remote = "";
  assert.equal(take(offer(8)), null);
});

test("nothing is taken of somebody who is not there", () => {
  assert.equal(take(offer(8), { seat: "b" }), null);
  assert.equal(take(wish(7), { seat: "b" }), null);
});

test("nobody speaks for somebody who is heard", async () => {
  pair.heardAt = clock.now();
  for (const signal of [offer(8), candidates(7), wish(7)]) {
    assert.equal(take(signal), null);
    assert.deepEqual(take(signal, { third: "" }), signal);
  }
  await clock.pass(1200);
  for (const signal of [offer(8), candidates(7), wish(7)]) assert.deepEqual(take(signal), signal);
});

test("candidates are taken of a description that was taken, by whichever way", () => {
  assert.deepEqual(take(candidates(7)), candidates(7));
  assert.equal(take(candidates(7, "other")), null);
  assert.equal(take(candidates(9)), null);
  take(offer(9, sdp("next", OTHER)));
  assert.equal(take(candidates(9, "next")), null);
  take(offer(9, sdp("next")));
  assert.deepEqual(take(candidates(9, "next")), candidates(9, "next"));
  assert.equal(take(candidates(9)), null);
  assert.equal(take(candidates(9, "next", "candidate:1\r\na=x")), null);
  // A page that was loaded anew in the same seat has said nothing yet.
  there.people[0].instance = "a2";
  assert.equal(take(candidates(9, "next")), null);
});

test("no epoch is so far ahead that none could follow it", () => {
  assert.equal(take(offer(clock.now() + DAY_MS + 1)), null);
  assert.ok(take(offer(clock.now() + DAY_MS)));
  pair.epoch = clock.now() + 10 * DAY_MS;
  assert.ok(take(offer(pair.epoch + 1)));
});

test("no wish has an epoch that none could follow", () => {
  const ahead = clock.now() + DAY_MS;
  for (const third of ["t", ""]) {
    for (const epoch of [ahead + 1, Number.MAX_SAFE_INTEGER]) {
      assert.equal(take(wish(epoch), { third }), null);
      assert.equal(take({ type: "diagnosis", epoch, turn: "ok", udp: "ok" }, { third }), null);
    }
    assert.ok(take(wish(ahead), { third }));
  }
});

test("nobody speaks for somebody who has no heartbeat, while they are connected", () => {
  const [person] = there.people;
  person.connection = "connected";
  for (const signal of [offer(8), candidates(7), wish(7), wish(0)]) {
    assert.equal(take(signal), null);
    assert.deepEqual(take(signal, { third: "" }), signal);
  }
  person.connection = "lost";
  for (const signal of [offer(8), candidates(8), wish(7)]) assert.deepEqual(take(signal), signal);
});

test("nobody comes between two who have only begun, while the server carries their signals", () => {
  const [person] = there.people;
  const signals = [offer(8), candidates(8), wish(7), wish(0)];
  person.away = false;
  there.server = "open";
  for (const connection of ["connecting", "unreachable"]) {
    person.connection = connection;
    for (const signal of signals) assert.equal(take(signal), null);
  }
  // A page that was loaded anew: of the one before there was a heartbeat.
  pair.heardAt = clock.now() - 5000;
  person.connection = "connecting";
  for (const signal of signals) assert.equal(take(signal), null);
  there.server = "lost";
  for (const signal of signals) assert.deepEqual(take(signal), signal);
  there.server = "open";
  person.away = true;
  assert.deepEqual(take(wish(9)), wish(9));
});

test("a path that only one side has lost is searched anew, and not ended, on another's word", async () => {
  const [person] = there.people;
  person.connection = "connected";
  pair.heardAt = clock.now();
  await clock.pass(1200);
  const diagnosis = { type: "diagnosis", epoch: 0, turn: "ok", udp: "ok" };
  for (const signal of [offer(8), wish(0), { ...wish(7), kind: "connection" }, diagnosis]) {
    assert.equal(take(signal), null);
  }
  const search = [offer(7), candidates(7), wish(7)];
  for (const signal of search) assert.deepEqual(take(signal), signal);
  // Something else than a heartbeat comes, or this page would have missed it by now.
  await clock.pass(3000);
  for (const signal of search) assert.equal(take(signal), null);
});

test("who left is forgotten, as somebody who forwarded too", () => {
  const none = () => {
    let count = 0;
    while (take(wish(7))) count += 1;
    return count;
  };
  assert.deepEqual([none(), none()], [5, 0]);
  scrutiny.only(new Set(["a", "t"]));
  assert.equal(none(), 0);
  scrutiny.only(new Set(["a"]));
  assert.equal(none(), 5);
});

test("wishes and signals come no faster than a pair needs them, each third for itself", async () => {
  const taken = (signal, how = {}) => {
    let count = 0;
    for (let turn = 0; turn < 200; turn += 1) if (take(signal, how)) count += 1;
    return count;
  };
  assert.equal(taken(wish(7)), 5);
  assert.equal(taken(wish(7)), 0);
  assert.equal(taken(wish(7), { third: "u" }), 5);
  assert.equal(taken(offer(8), { third: "v" }), 60);
  await clock.pass(10_000);
  assert.equal(taken(wish(7)), 5);
  assert.equal(taken(offer(8), { third: "v" }), 60);
  scrutiny.only(new Set());
  assert.equal(taken(wish(7)), 5);
});

test("a room that hides addresses does so here as well", () => {
  there.room.relayOnly = true;
  const relay = "candidate:7 1 udp 4 198.51.100.7 5123 typ relay";
  assert.equal(take(candidates(7)), null);
  const [seen] = take(candidates(7, "aB3d", relay))?.candidates ?? [];
  assert.equal(seen.candidate, `${relay} raddr 0.0.0.0 rport 0`);
  assert.match(take(offer(8))?.sdp ?? "", /0\.0\.0\.0/);
});
