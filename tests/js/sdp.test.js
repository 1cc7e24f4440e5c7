import assert from "node:assert/strict";
import { test } from "node:test";
import { fragments, origin, videoOrder, withOpusWishes } from "../../static/js/call/sdp.js";

const SDP = [
  "v=0",
  "o=- 4611732 2 IN IP4 127.0.0.1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9",
  "a=ice-ufrag:aB3d",
  "a=rtpmap:111 opus/48000/2",
  "a=rtcp-fb:111 transport-cc",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "a=rtpmap:63 red/48000/2",
  "a=fmtp:63 111/111",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=ice-ufrag:aB3d",
  "a=rtpmap:96 VP8/90000",
  "a=fmtp:96 max-fs=12288",
  "",
].join("\r\n");

test("Opus is asked for with error correction and silence, nothing else changes", () => {
  const edited = withOpusWishes(SDP);
  const changed = edited.split("\r\n").filter((line, place) => line !== SDP.split("\r\n")[place]);
  assert.deepEqual(changed, ["a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1"]);
  assert.equal(withOpusWishes(edited), edited);
});

test("wishes that say otherwise are replaced", () => {
  const other = SDP.replace("minptime=10;useinbandfec=1", "useinbandfec=0;usedtx=0;stereo=1");
  assert.match(withOpusWishes(other), /^a=fmtp:111 stereo=1;useinbandfec=1;usedtx=1\r$/m);
});

test("a description without Opus stays as it is", () => {
  const video = SDP.slice(SDP.indexOf("m=video"));
  assert.equal(withOpusWishes(video), video);
  assert.equal(withOpusWishes(""), "");
});

test("the generations of a description are its user name fragments", () => {
  assert.deepEqual(fragments(SDP), new Set(["aB3d"]));
  assert.deepEqual(fragments(undefined), new Set());
});

test("the origin is the same when candidates have joined, and another for another offer", () => {
  assert.equal(origin(`${SDP}a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n`), origin(SDP));
  assert.notEqual(origin(SDP.replace("4611732 2", "4611732 3")), origin(SDP));
  assert.equal(origin(""), "");
});

test("VP8 comes first, H.264 next, and none is lost", () => {
  const codecs = ["AV1", "rtx", "H264", "VP9", "vp8", "H264", "ulpfec"].map((name, place) => ({
    mimeType: `video/${name}`,
    place,
  }));
  const order = videoOrder(codecs);
  assert.deepEqual(
    order.map(({ mimeType }) => mimeType.slice(6)),
    ["vp8", "H264", "H264", "VP9", "AV1", "rtx", "ulpfec"],
  );
  assert.deepEqual(new Set(order), new Set(codecs));
  assert.deepEqual(videoOrder([]), []);
});
