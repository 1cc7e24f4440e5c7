import assert from "node:assert/strict";
import { test } from "node:test";
import { hidden } from "../../../static/js/call/upkeep/hiding.js";

const RELAY = "candidate:7 1 udp 41885439 198.51.100.7 51234 typ relay";
const candidates = (...lines) => ({
  type: /** @type {const} */ ("candidates"),
  epoch: 1,
  number: 2,
  candidates: lines.map((candidate) => ({ candidate, sdpMid: "0", usernameFragment: "aB3d" })),
});
const passed = (...lines) => {
  const left = /** @type {ReturnType<typeof candidates>|null} */ (hidden(candidates(...lines)));
  return left?.candidates.map(({ candidate }) => candidate) ?? null;
};

test("of candidates only those of relays pass, without the address beside them", () => {
  for (const line of [
    "candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host",
    "candidate:1 1 udp 2113937151 aa-bb.local 50000 typ host generation 0",
    "candidate:3 1 udp 1677 203.0.113.9 50001 typ srflx raddr 192.168.1.23 rport 1",
    "candidate:1 1 udp 21 192.168.1.23 50000 typ host typ relay",
    "candidate:1 1 udp 21 192.168.1.23 50000 typ  relay",
    "candidate:1 1 udp 21 192.168.1.23 50000 typ relay raddr",
    `x\n${RELAY}`,
    "192.168.1.23",
  ]) {
    assert.equal(passed(line), null);
    assert.deepEqual(passed(line, RELAY, line), [`${RELAY} raddr 0.0.0.0 rport 0`]);
  }
  const full = `${RELAY} raddr 203.0.113.9 rport 50001 generation 0`;
  assert.deepEqual(passed(full, ""), [`${RELAY} raddr 0.0.0.0 rport 0 generation 0`, ""]);
});

test("beside a relay stands what browsers say, and nothing else", () => {
  const said = " generation 0 ufrag aB3d network-id 1 network-cost 50 tcptype active";
  const whole = `${RELAY} note 192.168.1.23 RADDR 203.0.113.9 rport 1${said}`;
  const odd = `${RELAY} ufrag 192.168.1.23 generation 2001:db8::23 x y`;
  assert.deepEqual(passed(whole, odd, `${RELAY} generation 0 `), [
    `${RELAY} raddr 0.0.0.0 rport 0${said}`,
    `${RELAY} raddr 0.0.0.0 rport 0`,
    `${RELAY} raddr 0.0.0.0 rport 0 generation 0`,
  ]);
});

test("a line is known, however a browser may read it", () => {
  /** @type {[string, string[]][]} */
  const lines = [
    ["a=Candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host", []],
    ["a= candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host", []],
    ["A=candidate: 1 1 udp 2113937151 192.168.1.23 50000 typ host", []],
    [" a =candidate :1 1 udp 2113937151 192.168.1.23 50000 typ host ", []],
    ["a=REMOTE-candidates:1 192.168.1.23 50000", []],
    ["a=RTCP:50001 IN IP4 192.168.1.23", ["a=rtcp:9 IN IP4 0.0.0.0"]],
    ["C= in ip4 192.168.1.23", ["c=IN IP4 0.0.0.0"]],
    ["O=- 1 2 in ip4 192.168.1.23", ["o=- 1 2 IN IP4 0.0.0.0"]],
    ["o=", ["o=- 0 0 IN IP4 0.0.0.0"]],
    ["m=audio  50000 RTP 111", ["m=audio 9 RTP 111"]],
    ["m=", ["m= 9"]],
    [`a=CANDIDATE:${RELAY.slice(10)}`, [`a=${RELAY} raddr 0.0.0.0 rport 0`]],
    ["a=rtcp-fb:96 nack pli", ["a=rtcp-fb:96 nack pli"]],
    ["s=a=candidate:1", ["s=a=candidate:1"]],
    ["candidate", ["candidate"]],
  ];
  for (const [line, seen] of lines) {
    const offer = {
      type: /** @type {const} */ ("offer"),
      epoch: 1,
      number: 0,
      sdp: `v=0\r\n${line}\r\n`,
    };
    const left = /** @type {typeof offer|null} */ (hidden(offer));
    assert.deepEqual(left?.sdp.split("\r\n"), ["v=0", ...seen, ""]);
  }
});

test("a description says nowhere where anybody is", () => {
  const sdp = (/** @type {string[]} */ ...lines) => lines.map((line) => `${line}\r\n`).join("");
  const offer = {
    type: /** @type {const} */ ("offer"),
    epoch: 1,
    number: 0,
    sdp: sdp(
      "v=0",
      "o=- 1 2 IN IP4 203.0.113.9",
      "m=audio 50000 UDP/TLS/RTP/SAVPF 111",
      "c=IN IP4 203.0.113.9",
      "a=rtcp:50001 IN IP4 203.0.113.9",
      "a=candidate:1 1 udp 2113937151 192.168.1.23 50000 typ host",
      `a=${RELAY} raddr 203.0.113.9 rport 50001`,
      "a=remote-candidates:1 192.168.1.23 50000",
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
    ),
  };
  assert.deepEqual(hidden(offer), {
    ...offer,
    sdp: sdp(
      "v=0",
      "o=- 1 2 IN IP4 0.0.0.0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "c=IN IP4 0.0.0.0",
      "a=rtcp:9 IN IP4 0.0.0.0",
      `a=${RELAY} raddr 0.0.0.0 rport 0`,
      "m=video 0 UDP/TLS/RTP/SAVPF 96",
    ),
  });
});

test("a wish holds no address", () => {
  const wish = {
    type: /** @type {const} */ ("restart"),
    epoch: 1,
    kind: /** @type {const} */ ("ice"),
  };
  assert.equal(hidden(wish), wish);
});
