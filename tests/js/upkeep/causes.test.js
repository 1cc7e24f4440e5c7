import assert from "node:assert/strict";
import { test } from "node:test";
import { findings, joined, why } from "../../../static/js/call/upkeep/causes.js";

const STUN = "stun:stun.example.org";
const TURN = "turn:turn.example.org?transport=udp";
const OVER_TCP = "turn:turn.example.org:443?transport=tcp";
const OVER_TLS = "turns:turn.example.org:443";
const HOST = { type: "host", protocol: "udp" };
const SRFLX = { type: "srflx", protocol: "udp" };
const relay = (protocol) => ({ type: "relay", protocol });

const search = (more) => ({
  servers: [STUN, TURN],
  gathering: "gathering",
  found: [HOST],
  faults: [],
  ...more,
});
/** @returns {[string, string]} */
const of = (more, isLong = true) => {
  const { turn, udp } = findings(/** @type {any} */ (search(more)), isLong);
  return [turn, udp];
};

test("a search that has just begun knows nothing", () => {
  assert.deepEqual(of({}, false), ["unknown", "unknown"]);
  assert.deepEqual(of({ servers: [] }, false), ["none", "unknown"]);
});

test("what was found says that the servers answered", () => {
  assert.deepEqual(of({ found: [HOST, SRFLX] }, false), ["unknown", "ok"]);
  assert.deepEqual(of({ found: [HOST, relay("udp")] }, false), ["ok", "ok"]);
  assert.deepEqual(of({ found: [HOST, SRFLX, relay("tls")] }), ["ok", "ok"]);
});

test("a silent server is told from none at all", () => {
  assert.deepEqual(of({}), ["unreachable", "blocked"]);
  assert.deepEqual(of({ servers: [STUN] }), ["none", "blocked"]);
  assert.deepEqual(of({ servers: [] }), ["none", "unknown"]);
  // A relay over TCP alone: nobody was asked over UDP.
  assert.deepEqual(of({ servers: [OVER_TCP, OVER_TLS] }), ["unreachable", "unknown"]);
});

test("a relay over TCP is found although UDP is blocked", () => {
  const servers = [STUN, TURN, OVER_TCP];
  assert.deepEqual(of({ servers, found: [HOST, relay("tcp")] }), ["ok", "blocked"]);
});

test("a search that ended has heard all there is; a public address is no blocked network", () => {
  assert.deepEqual(of({ gathering: "complete" }, false), ["unreachable", "unknown"]);
  assert.deepEqual(of({ gathering: "complete", servers: [STUN] }), ["none", "unknown"]);
});

test("a relay that turns somebody away has answered, and over UDP where it was asked so", () => {
  for (const code of [401, 403, 486, 508]) {
    assert.deepEqual(of({ faults: [{ url: TURN, code }] }, false), ["refused", "ok"]);
    assert.deepEqual(of({ faults: [{ url: OVER_TLS, code }] }, false), ["refused", "unknown"]);
  }
  assert.deepEqual(of({ faults: [{ url: TURN, code: 701 }] }), ["unreachable", "blocked"]);
  assert.deepEqual(of({ faults: [{ url: STUN, code: 420 }] }), ["unreachable", "blocked"]);
  const refusedOnce = { found: [relay("udp")], faults: [{ url: TURN, code: 401 }] };
  assert.deepEqual(of(refusedOnce), ["ok", "ok"]);
});

test("what an earlier search told holds until a later one tells something", () => {
  const before = { turn: "refused", udp: "blocked" };
  const unknown = { turn: "unknown", udp: "unknown" };
  assert.deepEqual(joined(/** @type {any} */ (before), /** @type {any} */ (unknown)), before);
  assert.deepEqual(joined(null, /** @type {any} */ (unknown)), unknown);
  const later = { turn: "ok", udp: "unknown" };
  assert.deepEqual(joined(/** @type {any} */ (before), /** @type {any} */ (later)), {
    turn: "ok",
    udp: "blocked",
  });
});

const OPEN = { turn: "none", udp: "ok" };
const SHUT = { turn: "none", udp: "blocked" };
const LOST = { turn: "unreachable", udp: "blocked" };
const FINE = { turn: "ok", udp: "ok" };
const REFUSED = { turn: "refused", udp: "ok" };
const ROUND = { turn: "ok", udp: "blocked" };

test("both sides come to the same cause, each from its own end", () => {
  const turned = { "udp-blocked-here": "udp-blocked-there" };
  for (const [own, theirs, cause] of [
    [OPEN, OPEN, "no-turn"],
    [{ turn: "none", udp: "unknown" }, OPEN, "no-turn"],
    [SHUT, OPEN, "udp-blocked-here"],
    [SHUT, SHUT, "udp-blocked-both"],
    [REFUSED, REFUSED, "turn-refused"],
    [REFUSED, FINE, "turn-refused"],
    [LOST, LOST, "turn-unreachable"],
    [{ turn: "unreachable", udp: "ok" }, { turn: "unreachable", udp: "ok" }, "turn-unreachable"],
    [LOST, FINE, "udp-blocked-here"],
    [{ turn: "unreachable", udp: "ok" }, FINE, "turn-unreachable"],
    [ROUND, FINE, "unknown"],
    [FINE, FINE, "unknown"],
  ]) {
    const code = why(/** @type {any} */ (own), /** @type {any} */ (theirs), { relayOnly: false });
    assert.equal(code, cause, JSON.stringify([own, theirs]));
    const back = why(/** @type {any} */ (theirs), /** @type {any} */ (own), { relayOnly: false });
    assert.equal(back, turned[cause] ?? cause);
  }
});

test("without a word of the other side, the own end alone is blamed", () => {
  const alone = (own) => why(/** @type {any} */ (own), null, { relayOnly: false });
  assert.deepEqual([OPEN, SHUT, LOST, REFUSED, FINE].map(alone), [
    "no-turn",
    "udp-blocked-here",
    "udp-blocked-here",
    "turn-refused",
    "unknown",
  ]);
});

test("a room that goes through a relay alone misses it before anything else", () => {
  const hidden = (own, theirs) =>
    why(/** @type {any} */ (own), /** @type {any} */ (theirs), { relayOnly: true });
  assert.equal(hidden(SHUT, OPEN), "relay-missing");
  assert.equal(hidden(REFUSED, REFUSED), "turn-refused");
});
