import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAME_BYTES, parsePeer, parseServer } from "../../static/js/call/messages.js";
import { peerSamples, serverSamples } from "./protocol.js";

test("every sample of the server is a message", () => {
  assert.equal(serverSamples.length, 30);
  for (const sample of serverSamples) {
    assert.deepEqual(parseServer(JSON.stringify(sample)), sample);
  }
});

test("every sample between browsers is a message", () => {
  assert.equal(peerSamples.length, 9);
  for (const sample of peerSamples) assert.deepEqual(parsePeer(JSON.stringify(sample)), sample);
});

test("a field more, a field less or another type is no message", () => {
  const both = /** @type {const} */ ([
    [parseServer, serverSamples],
    [parsePeer, peerSamples],
  ]);
  for (const [parse, samples] of both) {
    for (const sample of samples) {
      assert.equal(parse(JSON.stringify({ ...sample, more: 1 })), null, `${sample.type} with more`);
      for (const field of Object.keys(sample)) {
        const { [field]: held, ...less } = sample;
        if (!(sample.type === "error" && ["about", "to"].includes(field))) {
          assert.equal(parse(JSON.stringify(less)), null, `${sample.type} without ${field}`);
        }
        for (const other of [null, {}, -1, 1.5, [[]]]) {
          const changed = JSON.stringify({ ...sample, [field]: other });
          assert.equal(parse(changed), null, `${sample.type}.${field} = ${JSON.stringify(other)}`);
        }
        assert.notEqual(held, undefined);
      }
    }
  }
});

test("what is not one JSON object is no message", () => {
  const frames = [
    "",
    "{",
    "null",
    "1",
    '"pong"',
    "[]",
    '[{"type":"pong"}]',
    '{"type":"__proto__"}',
  ];
  for (const frame of [
    ...frames,
    "{}",
    '{"type":{}}',
    `{"type":"pong"}${" ".repeat(FRAME_BYTES)}`,
  ]) {
    assert.equal(parseServer(frame), null, frame.slice(0, 40));
    assert.equal(parsePeer(frame), null, frame.slice(0, 40));
  }
});

test("a picture is a path of this very site, or none", () => {
  const door = (picture) => {
    const room = {
      name: "Kitchen",
      limit: 8,
      keepsChat: false,
      relayOnly: false,
      access: "anyone",
      locked: false,
      lobby: false,
      forbidden: [],
    };
    const people = [{ name: "Amara", picture }];
    return parseServer(JSON.stringify({ type: "door", room, people, full: false }));
  };
  const hex = "0123456789abcdef".repeat(2);
  assert.ok(door(""));
  assert.ok(door(`/accounts/pictures/${hex}.webp`));
  for (const picture of [
    `https://evil.example/accounts/pictures/${hex}.webp`,
    `//evil.example/accounts/pictures/${hex}.webp`,
    `/accounts/pictures/${hex}.svg`,
    `/accounts/pictures/${hex}.webp?next=1`,
    `/accounts/pictures/${hex}.webp\n`,
    `/accounts/pictures/${hex.toUpperCase()}.webp`,
    `/accounts/pictures/${hex}0.webp`,
    "/accounts/pictures/../logout/",
    "javascript:alert(1)",
    "data:image/svg+xml,<svg/>",
    null,
  ]) {
    assert.equal(door(picture), null, String(picture));
  }
});

test("roles and ways into a room are those that are known", () => {
  const [welcome] = serverSamples.filter(({ type }) => type === "welcome");
  const with_ = (role, access) => {
    const changed = { ...welcome, role, room: { ...welcome.room, access } };
    return parseServer(JSON.stringify(changed));
  };
  for (const role of ["owner", "co-host", "member", "guest"]) assert.ok(with_(role, "anyone"));
  for (const access of ["anyone", "signed-in", "invited"]) assert.ok(with_("guest", access));
  for (const role of ["cohost", "Owner", ""]) assert.equal(with_(role, "anyone"), null, role);
  for (const access of ["public", ""]) assert.equal(with_("guest", access), null, access);
});

test("lone surrogates are no text", () => {
  const chat = { type: "chat", id: "a-1", count: 1, at: 1 };
  assert.equal(parsePeer(JSON.stringify({ ...chat, text: "\ud800" })), null);
  assert.ok(parsePeer(JSON.stringify({ ...chat, text: "🦊" })));
  assert.equal(parsePeer(JSON.stringify({ ...chat, text: "" })), null);
});

test("an id of a message has the alphabet of a seat's, and 64 characters at most", () => {
  const ack = (id) => parsePeer(JSON.stringify({ type: "chat-ack", id }));
  assert.ok(ack("Zk3vQ0c1-7_"));
  assert.ok(ack("x".repeat(64)));
  for (const id of ["", "a b", "a/b", "ä", "a\n", "x".repeat(65)]) assert.equal(ack(id), null, id);
});

test("no time is later than a date can be", () => {
  const last = 8_640_000_000_000_000;
  const chat = { type: "chat", id: "a-1", count: 1, text: "x" };
  const page = (at) => {
    const row = { number: 1, id: "a-1", name: "A", text: "x", at, own: false };
    return JSON.stringify({ type: "chat-page", messages: [row], more: false });
  };
  assert.ok(parsePeer(JSON.stringify({ ...chat, at: last })));
  assert.ok(parseServer(page(last)));
  assert.equal(parsePeer(JSON.stringify({ ...chat, at: last + 1 })), null);
  assert.equal(parseServer(page(Number.MAX_SAFE_INTEGER)), null);
});

test("the server's words are none of a browser's", () => {
  assert.equal(parsePeer('{"type":"pong"}'), null);
  assert.equal(parseServer('{"type":"chat-ack","id":"a-1"}'), null);
});
