import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fingerprints,
  isDescription,
  isOfSamePage,
} from "../../../static/js/call/upkeep/fingerprints.js";

const OWN = "AB:01:CD:23";
const OTHER = "AB:01:CD:24";
const line = (value, algorithm = "sha-256") => `a=fingerprint:${algorithm} ${value}`;
const sdp = (...lines) => `v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n${lines.join("\r\n")}\r\n`;
const known = sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111", line(OWN), "m=video 9 RTP 96", line(OWN));

test("a page is known by its certificate, wherever and however a browser writes it", () => {
  for (const same of [
    known,
    sdp(line(OWN), "m=audio 9 RTP 111", "m=video 9 RTP 96"),
    sdp("m=audio 9 RTP 111", line(OWN.toLowerCase(), "SHA-256")),
  ]) {
    assert.ok(isOfSamePage(same, known));
    assert.ok(isOfSamePage(known, same));
  }
});

for (const [words, changed] of /** @type {const} */ ([
  ["of the session", sdp(line(OTHER), "m=audio 9 RTP 111", line(OWN))],
  ["of one medium", sdp("m=audio 9 RTP 111", line(OWN), "m=video 9 RTP 96", line(OTHER))],
  ["by another algorithm", sdp("m=audio 9 RTP 111", line(OWN, "sha-1"))],
  ["beside the right one", sdp("m=audio 9 RTP 111", line(OWN), line(OTHER))],
  ["left out", sdp("m=audio 9 RTP 111")],
  ["of no value", sdp("m=audio 9 RTP 111", line(OWN), "a=fingerprint:sha-256 ")],
  ["in capitals", sdp("m=audio 9 RTP 111", line(OWN), `A=FINGERPRINT:sha-256 ${OTHER}`)],
  ["behind a space", sdp("m=audio 9 RTP 111", line(OWN), ` ${line(OTHER)}`)],
  ["with more behind it", sdp("m=audio 9 RTP 111", `${line(OWN)} ${OTHER}`)],
  ["behind two spaces", sdp("m=audio 9 RTP 111", line(OWN), `a=fingerprint:sha-256  ${OTHER}`)],
  ["in a line of its own that only a browser sees", sdp(`${line(OWN)}\n${line(OTHER)}`)],
  ["behind a carriage return", sdp(`${line(OWN)}\r${line(OTHER)}`)],
])) {
  test(`a certificate is refused: ${words}`, () => {
    assert.equal(isOfSamePage(changed, known), false);
  });
}

test("nobody is known by nothing", () => {
  assert.equal(isOfSamePage(known, ""), false);
  assert.equal(isOfSamePage("", ""), false);
  assert.deepEqual([...fingerprints(known)], [`sha-256 ${OWN}`]);
});

test("a description is lines of printable ASCII that end alike", () => {
  assert.ok(isDescription(known));
  for (const broken of [
    "",
    "v=0",
    "v=0\r\n",
    known.replaceAll("\r\n", "\n"),
    known.replace("\r\n", "\r"),
    `${known}a=x`,
    known.replace("audio", "aud\u0000io"),
    known.replace("audio", "audiö"),
    known.replace("\r\n", "\r\n\r\n"),
    ` ${known}`,
  ]) {
    assert.equal(isDescription(broken), false, JSON.stringify(broken));
  }
});
