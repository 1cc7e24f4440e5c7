import assert from "node:assert/strict";
import { test } from "node:test";
import { CandidateBatch, EarlyCandidates } from "../../static/js/call/candidates.js";
import { FakeClock } from "./fakes.js";

const candidate = (name, usernameFragment = "aaaa") => ({
  candidate: name && `candidate:${name}`,
  sdpMid: "0",
  usernameFragment,
});

test("candidates of a few milliseconds travel together, never before their description", async () => {
  const clock = new FakeClock();
  const sent = [];
  const batch = new CandidateBatch((candidates) => sent.push(candidates.length), clock);
  batch.add(candidate("1"));
  batch.add(candidate("2"));
  await clock.pass(100);
  assert.deepEqual(sent, []);
  batch.described("a=ice-ufrag:aaaa\r\na=candidate:1\r\n");
  await clock.pass(4);
  batch.add(candidate("3"));
  assert.deepEqual(sent, []);
  await clock.pass(1);
  assert.deepEqual(sent, [2]);
  batch.add(candidate("4"));
  batch.add(candidate(""));
  assert.deepEqual(sent, [2, 2]);
  for (let count = 0; count < 90; count += 1) batch.add(candidate(`x${count}`));
  await clock.pass(5);
  assert.deepEqual(sent, [2, 2, 40, 40, 10]);
});

test("candidates of a generation that was replaced stay at home", async () => {
  const clock = new FakeClock();
  const sent = [];
  const batch = new CandidateBatch((candidates) => sent.push(...candidates), clock);
  batch.described("a=ice-ufrag:aaaa");
  batch.add(candidate("old"));
  batch.described("a=ice-ufrag:bbbb");
  batch.add(candidate("new", "bbbb"));
  await clock.pass(5);
  assert.deepEqual(sent, [candidate("new", "bbbb")]);
});

test("candidates wait for the description of their generation", () => {
  const early = new EarlyCandidates();
  assert.deepEqual(early.take([candidate("1"), candidate("any", "")]), []);
  assert.deepEqual(early.describedBy("a=ice-ufrag:bbbb"), [candidate("any", "")]);
  assert.deepEqual(early.describedBy("a=ice-ufrag:aaaa"), [candidate("1")]);
  assert.deepEqual(early.take([candidate("2")]), [candidate("2")]);
  assert.deepEqual(early.describedBy("a=ice-ufrag:aaaa"), []);
});

test("what has left is said again in the same order, without what a later generation replaced", async () => {
  const clock = new FakeClock();
  const sent = [];
  const batch = new CandidateBatch((candidates) => sent.push(candidates), clock);
  const found = (name, usernameFragment) => ({
    candidate: `candidate:${name}`,
    sdpMid: "0",
    usernameFragment,
  });
  batch.again();
  batch.described("a=ice-ufrag:one");
  for (const name of ["1", "2"]) batch.add(found(name, "one"));
  await clock.pass(5);
  batch.add(found("3", "one"));
  batch.again();
  await clock.pass(5);
  const names = () => sent.map((batch) => batch.map(({ candidate }) => candidate.at(-1)).join(""));
  assert.deepEqual(names(), ["12", "123"]);
  batch.described("a=ice-ufrag:two");
  batch.add(found("4", "two"));
  await clock.pass(5);
  batch.again();
  await clock.pass(5);
  assert.deepEqual(names().slice(2), ["4", "4"]);
});
