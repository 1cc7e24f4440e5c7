import assert from "node:assert/strict";
import { test } from "node:test";
import {
  asAnswer,
  packetTimeOf,
  usePacketTime,
  withPacketTime,
} from "../../../static/js/call/upkeep/packet_time.js";

const lines = (...all) => all.map((line) => `${line}\r\n`).join("");
const OFFER = lines(
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
  "a=ice-ufrag:them",
  "a=setup:actpass",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "m=video 0 UDP/TLS/RTP/SAVPF 96",
  "a=bundle-only",
  "a=setup:actpass",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=rtpmap:111 opus/48000/2",
);
const ANSWER = OFFER.replaceAll("actpass", "active").replace("them", "us");

test("the time is said once, of the microphone alone", () => {
  assert.equal(packetTimeOf(OFFER), 20);
  const long = withPacketTime(OFFER, 60);
  assert.equal(packetTimeOf(long), 60);
  assert.equal(packetTimeOf(withPacketTime(long, 40)), 40);
  assert.equal(withPacketTime(long, 40).match(/a=ptime/g).length, 1);
  assert.ok(long.indexOf("a=ptime:60") < long.indexOf("m=video"));
  assert.equal(long.replace("a=ptime:60\r\n", ""), OFFER);
});

test("a description without sound after it is no obstacle", () => {
  const alone = OFFER.slice(0, OFFER.indexOf("m=video"));
  assert.equal(withPacketTime(alone, 60), `${alone}a=ptime:60\r\n`);
});

test("an offer that is taken as an answer has a role and refuses no slot", () => {
  const taken = asAnswer(OFFER, ANSWER);
  assert.deepEqual([...new Set(taken.match(/a=setup:\w+/g))], ["a=setup:passive"]);
  assert.ok(asAnswer(OFFER, OFFER.replaceAll("actpass", "passive")).includes("a=setup:active"));
  assert.ok(!/bundle-only|m=\w+ 0 /.test(taken));
});

/** A connection that has agreed, with what is done to it. */
function agreed({
  theirs = { type: "offer", sdp: OFFER },
  offer = ANSWER,
  fails = false,
  sticks = false,
} = {}) {
  const done = [];
  const pc = {
    signalingState: "stable",
    currentRemoteDescription: theirs,
    currentLocalDescription: { type: "answer", sdp: ANSWER },
    createOffer: async () => ({ type: "offer", sdp: offer }),
    setLocalDescription: async ({ type }) => {
      done.push(`local ${type}`);
      if (sticks && type === "rollback") throw new DOMException("no", "InvalidStateError");
      pc.signalingState = type === "offer" ? "have-local-offer" : "stable";
    },
    setRemoteDescription: async (description) => {
      done.push(`remote ${description.type}`);
      if (fails) throw new DOMException("no", "InvalidAccessError");
      pc.signalingState = "stable";
      pc.currentRemoteDescription = description;
    },
  };
  return { pc, done };
}

test("what was agreed on is agreed on once more, in a browser of either role", async () => {
  for (const theirs of [
    { type: "offer", sdp: OFFER },
    { type: "answer", sdp: ANSWER.replaceAll("active", "passive") },
  ]) {
    const { pc, done } = agreed({ theirs });
    await usePacketTime(pc, 60);
    assert.deepEqual(done, ["local offer", "remote answer"]);
    assert.equal(packetTimeOf(pc.currentRemoteDescription.sdp), 60);
    assert.match(pc.currentRemoteDescription.sdp, /a=setup:passive/);
    await usePacketTime(pc, 60);
    assert.equal(done.length, 2);
  }
});

test("nothing is touched while something else is being agreed on", async () => {
  const { pc, done } = agreed({ offer: ANSWER.replace("us", "anew") });
  await usePacketTime(pc, 60);
  pc.signalingState = "have-remote-offer";
  await usePacketTime(pc, 60);
  assert.deepEqual(done, []);
});

test("a browser that cannot go back costs nobody their pair", async () => {
  const { pc, done } = agreed({ fails: true, sticks: true });
  await usePacketTime(pc, 60);
  assert.equal(done.at(-1), "local rollback");
});

test("a browser that will not is put back", async () => {
  const { pc, done } = agreed({ fails: true });
  await usePacketTime(pc, 60);
  assert.deepEqual(done, ["local offer", "remote answer", "local rollback"]);
  assert.equal(pc.signalingState, "stable");
});
