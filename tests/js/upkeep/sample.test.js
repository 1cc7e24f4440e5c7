import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "../../../static/js/call/upkeep/sample.js";
import { recorded, reportOf } from "./reports.js";

function samples(browser) {
  const [first, second] = recorded(browser);
  const before = sampleOf(first, null);
  return [before, sampleOf(second, before)];
}

test("Chromium: the path, what comes and what leaves", () => {
  const [before, now] = samples("chromium");
  assert.ok(now.at - before.at > 1900 && now.at - before.at < 2500, `${now.at - before.at} ms`);
  assert.deepEqual(now.path, {
    local: "host",
    remote: "host",
    protocol: "udp",
    rtt: 1,
    available: 352_706,
  });
  assert.ok(now.signs > before.signs);
  assert.ok(now.quiet >= 0 && now.quiet < 500);
  assert.ok(now.received.bytes > before.received.bytes && now.received.bitrate > 50_000);
  assert.ok(now.sent.packets > before.sent.packets && now.sent.bitrate > 50_000);
  const { camera } = now.in;
  assert.deepEqual(
    [camera.width, camera.height, camera.codec, camera.lostShare],
    [320, 180, "VP8", 0],
  );
  assert.ok(Math.abs(camera.rate - 10) < 1, `${camera.rate} frames a second`);
  assert.ok(camera.sent > 0 && now.in.microphone.samples > 100_000);
  const { camera: own, screen, microphone, screenAudio } = now.out;
  assert.ok(own.active && own.target > 0 && own.keyframes > 0 && own.made >= own.frames);
  assert.deepEqual([own.limited, own.lostShare, own.codec], ["none", 0, "VP8"]);
  assert.ok(own.encodeSeconds > 0 && own.encodeShare > 0 && own.encodeShare < 1);
  assert.deepEqual([screen.width, screen.height], [1280, 720]);
  assert.ok(own.rtt > 0 && microphone.rtt > 0 && microphone.bitrate > 0 && screenAudio.packets > 0);
});

test("Firefox: the same, without what it does not say", () => {
  const [before, now] = samples("firefox");
  assert.deepEqual(now.path, {
    local: "host",
    remote: "prflx",
    protocol: "udp",
    rtt: 1,
    available: null,
  });
  assert.ok(now.signs > before.signs && now.quiet < 500);
  assert.ok(now.received.bitrate > 50_000 && now.sent.bitrate > 50_000);
  assert.ok(now.in.screen.sent >= now.in.screen.packets - 4 && now.in.screen.width === 1280);
  assert.equal(now.in.microphone.codec, "opus");
  const { camera, screen, microphone } = now.out;
  assert.deepEqual(
    [camera.active, camera.target, camera.limited, camera.keyframes],
    [true, null, "", null],
  );
  assert.ok(camera.made >= camera.frames && camera.encodeSeconds > 0);
  assert.deepEqual([screen.frames, screen.made, screen.width], [0, 0, 0]);
  assert.deepEqual([microphone.rtt, microphone.lostShare], [null, 0]);
});

test("nothing is known of a connection that has no path and no media", () => {
  const sample = sampleOf(reportOf([{ id: "P", type: "peer-connection", timestamp: 7 }]), null);
  assert.deepEqual([sample.at, sample.path, sample.signs, sample.quiet], [7, null, 0, null]);
  assert.deepEqual(sample.sent, { bytes: 0, packets: 0, bitrate: 0 });
  assert.ok(Object.values({ ...sample.in, ...sample.out }).every((slot) => slot === null));
});

const RELAY = { candidateType: "relay", relayProtocol: "tls" };

/** One video that comes, as far as a test needs it. */
const stream = (at, more) =>
  reportOf([
    { id: "T", type: "transport", timestamp: at, selectedCandidatePairId: "C" },
    {
      ...{ id: "C", type: "candidate-pair", timestamp: at, bytesReceived: 10 },
      ...{ localCandidateId: "L", currentRoundTripTime: 0.2 },
    },
    { ...{ id: "L", type: "local-candidate", timestamp: at }, ...RELAY },
    { id: "V", type: "inbound-rtp", mid: "1", ssrc: 1, timestamp: at, ...more },
  ]);

test("a relay's protocol is the one to the TURN server", () => {
  const { path } = sampleOf(stream(1000, {}), null);
  assert.deepEqual([path.local, path.protocol, path.rtt], ["relay", "tls", 200]);
});

test("loss is of the packets since the sample before, and of a stream that goes on", () => {
  const first = sampleOf(stream(1000, { packetsReceived: 100, packetsLost: 50 }), null);
  assert.equal(first.in.camera.lostShare, 0);
  const second = sampleOf(stream(2000, { packetsReceived: 190, packetsLost: 60 }), first);
  assert.equal(second.in.camera.lostShare, 0.1);
  const other = { ssrc: 2, packetsReceived: 5, packetsLost: 5, bytesReceived: 1000 };
  const third = sampleOf(stream(3000, other), second);
  assert.deepEqual([third.in.camera.lostShare, third.in.camera.bitrate], [0, 0]);
});

test("totals that began anew count from nothing", () => {
  const many = { bytesReceived: 50_000, framesDecoded: 500 };
  const before = sampleOf(stream(1000, many), null);
  const anew = sampleOf(stream(3000, { bytesReceived: 1000, framesDecoded: 20 }), before);
  assert.deepEqual([anew.in.camera.bitrate, anew.in.camera.rate], [4000, 10]);
});

test("checks are those of the path in use", () => {
  const { checks, signs } = sampleOf(
    reportOf([
      ...stream(1000, { packetsReceived: 4 }).values(),
      ...[
        { id: "C", requestsReceived: 2, responsesReceived: 3, bytesReceived: 10 },
        { id: "D", requestsReceived: 7, bytesReceived: 5 },
      ].map((pair) => ({ ...pair, type: "candidate-pair", timestamp: 1000 })),
    ]),
    null,
  );
  assert.deepEqual([checks, signs], [{ pair: "C", count: 5 }, 19]);
});

test("of two streams of one slot the one in use is read", () => {
  const old = { id: "O", type: "inbound-rtp", mid: "1", ssrc: 9, lastPacketReceivedTimestamp: 5 };
  const report = reportOf([
    ...stream(1000, { lastPacketReceivedTimestamp: 900 }).values(),
    { ...old, timestamp: 1000 },
  ]);
  assert.equal(sampleOf(report, null).in.camera.ssrc, 1);
});
