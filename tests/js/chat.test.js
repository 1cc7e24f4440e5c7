import assert from "node:assert/strict";
import { test } from "node:test";
import { Chat } from "../../static/js/call/chat.js";
import { FakeClock, random, settle } from "./fakes.js";
import { assertDocumented } from "./protocol.js";

/** A writer whose ways are lists, open or not. */
function writer({ kept = false, people = ["B"] } = {}) {
  const clock = new FakeClock();
  const way = { open: new Set(people), server: true, peers: [], served: [] };
  const chat = new Chat(
    "Zk3vQ0c1",
    {
      toPeer(seat, message) {
        if (way.open.has(seat)) way.peers.push([seat, message]);
        return way.open.has(seat);
      },
      toServer(message) {
        assertDocumented(message);
        if (way.server) way.served.push(message);
        return way.server;
      },
    },
    clock,
  );
  chat.keeps(kept);
  chat.welcome({ seat: "A", name: "Amara" });
  if (kept) assert.deepEqual(way.served.splice(0), [{ type: "chat-history", after: 0 }]);
  chat.present(people.map((seat) => ({ seat, name: `Name of ${seat}`, forbidden: [] })));
  const arrived = [];
  chat.on("arrived", (message) => arrived.push(message.text));
  return { chat, way, clock, arrived };
}

const fact = (id, text = "Hello") => ({
  type: "chat",
  id,
  count: Number(id.split("-")[1]),
  text,
  at: 1,
});
const texts = (chat) => chat.messages.map(({ text }) => text);

test("goes over the channel alone, and is sent when it is acknowledged", () => {
  const { chat, way } = writer();
  chat.send("  Hello ");
  assert.deepEqual(way.served, []);
  const [[seat, message]] = way.peers;
  assert.deepEqual(
    [seat, message.id, message.count, message.text],
    ["B", "Zk3vQ0c1-1", 1, "Hello"],
  );
  assert.equal(chat.messages[0].state, "sending");
  chat.fromPeer("B", { type: "chat-ack", id: message.id });
  assert.equal(chat.messages[0].state, "sent");
});

test("alone in the call, what is written is sent", () => {
  const { chat, way } = writer({ people: [] });
  chat.send("Hello");
  assert.equal(chat.messages[0].state, "sent");
  assert.deepEqual([way.peers, way.served], [[], []]);
});

test("goes through the server to those without an open channel", () => {
  const { chat, way } = writer({ people: ["B", "C", "D"] });
  way.open = new Set(["B"]);
  chat.send("Hello");
  assert.deepEqual(
    way.served.map(({ to }) => to),
    [["C", "D"]],
  );
  chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
  chat.acknowledged("C", "Zk3vQ0c1-1");
  assert.equal(chat.messages[0].state, "sending");
  chat.acknowledged("D", "Zk3vQ0c1-1");
  assert.equal(chat.messages[0].state, "sent");
});

test("what no text may hold is not written", () => {
  const { chat, way } = writer({ kept: true });
  chat.send("a\0b\ud800");
  assert.equal(way.served[0].text, "ab\ufffd");
  for (const nothing of ["\0", " \0 "]) assert.equal(chat.send(nothing), false);
});

test("a clock that was set back keeps nothing from being said again", async () => {
  const { chat, way, clock } = writer({ kept: true });
  chat.send("Hello");
  clock.setBack(3_600_000);
  await clock.pass(5000);
  assert.equal(way.served.length, 2);
});

test("is said again on the pair's next channel, and to the server after 5 s", async () => {
  const { chat, way, clock } = writer();
  way.open.clear();
  way.server = false;
  chat.send("one");
  chat.send("two");
  way.open.add("B");
  chat.opened("B");
  assert.deepEqual(
    way.peers.map(([, { text }]) => text),
    ["one", "two"],
  );
  chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
  way.server = true;
  await clock.pass(10_000);
  assert.deepEqual([...new Set(way.served.map(({ text }) => text))], ["two"]);
});

test("who has left is not waited for", () => {
  const { chat } = writer({ people: ["B", "C"] });
  chat.send("Hello");
  chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
  chat.present([{ seat: "B", name: "B", forbidden: [] }]);
  assert.equal(chat.messages[0].state, "sent");
});

test("nothing empty, and nothing longer than 4,000 characters", () => {
  const { chat } = writer();
  assert.deepEqual(
    ["", "  \n", "x".repeat(4001)].map((text) => chat.send(text)),
    [false, false, false],
  );
  assert.equal(chat.send("x".repeat(4000)), true);
  assert.equal(chat.send("a\ud800b"), true);
  assert.equal(chat.messages.at(-1).text, "a\ufffdb");
});

test("each arrives once, is acknowledged each time, and counts as unread until it is read", () => {
  const { chat, way, arrived } = writer();
  chat.fromPeer("B", fact("p-1"));
  chat.fromPeer("B", fact("p-1"));
  chat.fromServer({ ...fact("p-1"), type: "peer-chat", from: "B", name: "Bela", number: 0 });
  assert.deepEqual(arrived, ["Hello"]);
  assert.equal(way.peers.filter(([, { type }]) => type === "chat-ack").length, 3);
  assert.equal(chat.messages[0].name, "Name of B");
  assert.equal(chat.unread, 1);
  chat.read(true);
  chat.fromPeer("B", fact("p-2"));
  assert.equal(chat.unread, 0);
});

test("an acknowledgement goes through the server where there is no channel", () => {
  const { chat, way } = writer();
  way.open.clear();
  chat.fromServer({ ...fact("p-1"), type: "peer-chat", from: "B", name: "Bela", number: 0 });
  assert.deepEqual(way.served, [{ type: "chat-ack", id: "p-1", to: "B" }]);
});

test("one writer's messages keep their order, whichever way they came", () => {
  const { chat } = writer({ people: ["B", "C"] });
  const say = (seat, text, count) => chat.fromPeer(seat, { ...fact(`any-${text}`, text), count });
  say("B", "b2", 2);
  say("C", "c1", 1);
  say("B", "b3", 3);
  say("B", "b1", 1);
  assert.deepEqual(texts(chat), ["b1", "b2", "c1", "b3"]);
  chat.present([{ seat: "B", name: "B", instance: "reloaded", forbidden: [] }]);
  say("B", "again1", 1);
  assert.deepEqual(texts(chat), ["b1", "b2", "c1", "b3", "again1"]);
});

test("an id that somebody took from another hides nothing", () => {
  const { chat, way, arrived } = writer({ people: ["B", "C"] });
  chat.fromPeer("C", fact("p-1", "stolen"));
  chat.fromPeer("B", fact("p-1", "real"));
  assert.deepEqual(arrived, ["stolen", "real"]);
  chat.fromPeer("C", fact("Zk3vQ0c1-1", "in my name"));
  chat.send("mine");
  assert.deepEqual(texts(chat), ["stolen", "real", "in my name", "mine"]);
  assert.equal(chat.messages.at(-1).state, "sending");
  for (const seat of ["B", "C"]) chat.fromPeer(seat, { type: "chat-ack", id: "Zk3vQ0c1-1" });
  assert.equal(chat.messages.at(-1).state, "sent");
  assert.equal(way.peers.filter(([, { type }]) => type === "chat").length, 2);
});

test("a kept message of another with my id does not settle mine", () => {
  const { chat } = writer({ kept: true });
  chat.send("mine");
  const id = "Zk3vQ0c1-1";
  const theirs = { ...fact(id, "mine"), type: "peer-chat", name: "B", number: 1 };
  chat.fromServer({ ...theirs, from: "B" });
  const row = { id, name: "Amara", text: "mine", at: 1, own: false };
  chat.page({ type: "chat-page", messages: [{ ...row, number: 2 }], more: false });
  const seen = () => chat.messages.map(({ own, number, state }) => [own, number, state]);
  assert.deepEqual(seen(), [
    [false, 1, "sent"],
    [false, 2, "sent"],
    [true, 0, "sending"],
  ]);
  chat.page({ type: "chat-page", messages: [{ ...row, number: 3, own: true }], more: false });
  assert.deepEqual(seen().at(-1), [true, 3, "sent"]);
  assert.equal(chat.messages.length, 3);
});

test("what was heard from a seat is known again in the history, and the other way round", () => {
  const { chat } = writer({ kept: true });
  chat.fromPeer("B", fact("p-1", "one"));
  const row = (number, text) => ({ number, id: `p-${number}`, name: "Name of B", text, at: 1 });
  const rows = [row(1, "one"), row(2, "two")].map((each) => ({ ...each, own: false }));
  chat.page({ type: "chat-page", messages: rows, more: false });
  chat.fromPeer("B", fact("p-2", "two"));
  chat.fromServer({ ...fact("p-2", "two"), type: "peer-chat", from: "B", name: "B", number: 2 });
  assert.deepEqual(
    chat.messages.map(({ number, text }) => [number, text]),
    [
      [1, "one"],
      [2, "two"],
    ],
  );
});

test("in a room that keeps its chat, the server's number makes it sent and gives the order", () => {
  const { chat, way } = writer({ kept: true });
  chat.send("mine");
  assert.deepEqual(
    way.served.map(({ to }) => to),
    [undefined],
  );
  chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
  assert.equal(chat.messages[0].state, "sending");
  chat.fromPeer("B", fact("p-1", "theirs"));
  chat.fromServer({
    ...fact("p-1", "theirs"),
    type: "peer-chat",
    from: "B",
    name: "B",
    number: 1,
  });
  assert.deepEqual(texts(chat), ["theirs", "mine"]);
  const echo = {
    ...fact("Zk3vQ0c1-1", "mine"),
    type: "peer-chat",
    from: "A",
    name: "A",
    number: 2,
  };
  chat.fromServer(echo);
  assert.deepEqual(
    chat.messages.map(({ text, number, state, own }) => [text, number, state, own]),
    [
      ["theirs", 1, "sent", false],
      ["mine", 2, "sent", true],
    ],
  );
});

test("what the server did not confirm is said again, at once when the socket is back", async () => {
  const { chat, way, clock } = writer({ kept: true });
  way.server = false;
  chat.send("mine");
  await clock.pass(20_000);
  way.server = true;
  chat.welcome({ seat: "A", name: "Amara" });
  assert.deepEqual(
    way.served.map(({ type, text }) => [type, text]),
    [
      ["chat-history", undefined],
      ["chat", "mine"],
    ],
  );
});

test("none that is to be kept overtakes another that has no number yet", async () => {
  const { chat, way, clock } = writer({ kept: true });
  const told = () =>
    way.served.splice(0).flatMap(({ type, text }) => (type === "chat" ? text : []));
  const number = (number, text) => {
    const message = { ...fact(`Zk3vQ0c1-${number}`, text), type: "peer-chat", number };
    chat.fromServer({ ...message, from: "A", name: "Amara" });
  };
  way.server = false;
  for (const text of ["one", "two", "three"]) chat.send(text);
  way.server = true;
  chat.send("four");
  assert.deepEqual(told(), []);
  chat.welcome({ seat: "A", name: "Amara" });
  assert.deepEqual(told(), ["one"]);
  // It was too much at once, or is on its way: said again, and nothing before it.
  await clock.pass(5000);
  assert.deepEqual(told(), ["one"]);
  number(1, "one");
  number(2, "two");
  number(3, "three");
  assert.deepEqual(told(), ["two", "three", "four"]);
  // The others do not wait for the server.
  assert.equal(way.peers.filter(([, { type }]) => type === "chat").length, 4);
});

test("a late joiner reads what was kept, page by page and once", () => {
  const { chat, way, arrived } = writer({ kept: true });
  const kept = (number) => ({
    number,
    id: `p-${number}`,
    name: "Bela",
    text: `${number}`,
    at: 1,
    own: number === 2,
  });
  chat.fromServer({ ...fact("p-6", "6"), type: "peer-chat", from: "B", name: "B", number: 6 });
  chat.page({ type: "chat-page", messages: [1, 2, 3].map(kept), more: true });
  chat.page({ type: "chat-page", messages: [4, 5, 6].map(kept), more: false });
  assert.deepEqual(way.served, [{ type: "chat-history", after: 3 }]);
  assert.deepEqual(texts(chat), ["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual(chat.messages.map(({ own }) => own).indexOf(true), 1);
  assert.deepEqual(arrived, ["6"]);
  assert.equal(chat.unread, 1);
});

test("each welcome, and each number that does not follow, asks for what is missing", () => {
  const { chat, way } = writer({ kept: true });
  const say = (number) => {
    const message = fact(`p-${number}`, String(number));
    chat.fromServer({ ...message, type: "peer-chat", from: "B", name: "B", number });
  };
  const asked = () => way.served.splice(0).map(({ after }) => after);
  chat.page({ type: "chat-page", messages: [], more: false });
  say(1);
  say(2);
  assert.deepEqual(asked(), []);
  say(4);
  say(6);
  assert.deepEqual(asked(), [2]);
  const rows = [3, 4, 5, 6].map((number) => ({ ...fact(`p-${number}`, "x"), number }));
  const messages = rows.map(({ type, count, ...row }) => ({ ...row, name: "B", own: false }));
  chat.page({ type: "chat-page", messages, more: false });
  say(7);
  assert.deepEqual(asked(), []);
  chat.welcome({ seat: "A", name: "Amara" });
  assert.deepEqual(asked(), [7]);
});

test("what is on its way when the owner stops keeping becomes an ordinary message", async () => {
  const { chat, way, clock } = writer({ kept: true, people: ["B", "C"] });
  way.open.delete("C");
  chat.send("mine");
  chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
  chat.keeps(false);
  way.served = [];
  await clock.pass(10_000);
  assert.deepEqual([...new Set(way.served.map(({ to }) => String(to)))], ["C"]);
  assert.equal(chat.messages[0].state, "sending");
  chat.acknowledged("C", "Zk3vQ0c1-1");
  assert.equal(chat.messages[0].state, "sent");
  way.served = [];
  await clock.pass(10_000);
  assert.deepEqual(way.served, []);
  chat.keeps(true);
  chat.fromServer({ ...fact("p-1", "new"), type: "peer-chat", from: "B", name: "B", number: 1 });
  assert.deepEqual(texts(chat), ["mine", "new"]);
});

test("what the room does not keep for this writer is said again to nobody", async () => {
  const { chat, way, clock } = writer({ kept: true });
  chat.send("kept");
  chat.fromServer({
    ...fact("Zk3vQ0c1-1", "kept"),
    type: "peer-chat",
    from: "A",
    name: "A",
    number: 1,
  });
  chat.send("refused");
  chat.refused();
  way.served = [];
  await clock.pass(20_000);
  assert.deepEqual(way.served, []);
  assert.deepEqual(
    chat.messages.map(({ state }) => state),
    ["sent", "refused"],
  );
});

test("one that the room did number counts as sent all the same", () => {
  const { chat } = writer({ kept: true });
  chat.send("mine");
  chat.keeps(false);
  const echo = { ...fact("Zk3vQ0c1-1", "mine"), type: "peer-chat", from: "A", name: "A" };
  chat.fromServer({ ...echo, number: 1 });
  assert.equal(chat.messages[0].state, "sent");
});

test("over ways that lose, double and delay, everybody has everything once", async () => {
  for (let seed = 1; seed <= 20; seed += 1) await model(seed, seed % 2 === 0);
});

/** Three people; channels close, the server goes away, messages are lost, doubled and overtaken. */
async function model(seed, kept) {
  const chance = random(seed);
  const clock = new FakeClock();
  const seats = ["A", "B", "C"];
  /** @type {Map<string, Chat>} */
  const chats = new Map();
  const room = { bad: true, stored: [] };
  const soon = (act) => {
    if (room.bad && chance() < 0.2) return;
    for (let copy = room.bad && chance() < 0.2 ? 2 : 1; copy > 0; copy -= 1) {
      clock.after(room.bad ? chance() * 3000 : 1, act);
    }
  };
  const serve = (from, message) => {
    const { type, to, ...rest } = message;
    if (type === "chat-ack") soon(() => chats.get(to).acknowledged(from, message.id));
    else if (type === "chat-history") {
      const rows = room.stored.filter(({ number }) => number > message.after);
      const messages = rows.slice(0, 4).map(({ seat, ...row }) => ({ ...row, own: seat === from }));
      chats.get(from).page({ type: "chat-page", messages, more: rows.length > 4 });
    } else {
      let number = 0;
      if (!to) {
        number = 1 + room.stored.findIndex(({ id }) => id === rest.id);
        if (!number) {
          number = room.stored.length + 1;
          const { id, text, at } = rest;
          room.stored.push({ number, id, name: from, text, at, seat: from });
        }
      }
      for (const seat of to ?? seats) {
        const copy = { ...rest, type: "peer-chat", from, name: from, number };
        soon(() => chats.get(seat).fromServer(copy));
      }
    }
  };
  const people = (but) =>
    seats.filter((seat) => seat !== but).map((seat) => ({ seat, name: seat, forbidden: [] }));
  for (const own of seats) {
    const chat = new Chat(
      `i${own}`,
      {
        toPeer(seat, message) {
          if (room.bad && chance() < 0.4) return false;
          soon(() => chats.get(seat).fromPeer(own, message));
          return true;
        },
        toServer(message) {
          if (room.bad && chance() < 0.4) return false;
          soon(() => serve(own, message));
          return true;
        },
      },
      clock,
    );
    chat.keeps(kept);
    chats.set(own, chat);
    chat.welcome({ seat: own, name: own });
    chat.present(people(own));
  }
  for (let count = 0; count < 30; count += 1) {
    for (const own of seats) chats.get(own).send(`${own}${count}`);
    await clock.pass(chance() * 400);
    if (chance() < 0.1) chats.get(seats[count % 3]).opened(seats[(count + 1) % 3]);
  }
  room.bad = false;
  await clock.pass(120_000);
  for (const own of seats) {
    chats.get(own).welcome({ seat: own, name: own });
  }
  await clock.pass(120_000);
  await settle();
  for (const own of seats) {
    const { messages } = chats.get(own);
    const words = messages.map(({ text }) => text);
    assert.equal(words.length, 90, `seed ${seed}: ${own} has ${words.length}`);
    assert.equal(new Set(words).size, 90);
    assert.ok(
      messages.every(({ state }) => state === "sent"),
      `seed ${seed}: all sent`,
    );
    for (const writer of seats) {
      const counts = words
        .filter((text) => text[0] === writer)
        .map((text) => Number(text.slice(1)));
      if (!kept)
        assert.deepEqual(
          counts,
          counts.toSorted((a, b) => a - b),
          `seed ${seed}`,
        );
    }
    const numbers = messages.map(({ number }) => number);
    if (kept)
      assert.deepEqual(
        numbers,
        Array.from({ length: 90 }, (_, place) => place + 1),
      );
  }
}

// Who may not write

const B = { seat: "B", name: "Name of B", instance: "b1" };

test("nothing is shown of what somebody writes who may not, by whichever way, and it is not confirmed", () => {
  for (const kept of [false, true]) {
    const { chat, way, arrived } = writer({ kept });
    chat.present([{ ...B, forbidden: ["chat"] }]);
    chat.fromPeer("B", fact("b1-1", "past the server"));
    chat.fromServer({
      ...fact("b1-2", "late"),
      type: "peer-chat",
      from: "B",
      name: "B",
      number: 0,
    });
    assert.deepEqual([texts(chat), chat.unread, way.peers, way.served], [[], 0, [], []]);
    chat.present([{ ...B, forbidden: ["microphone"] }]);
    chat.fromPeer("B", fact("b1-3", "allowed again"));
    assert.deepEqual(arrived, ["allowed again"]);
    assert.deepEqual(way.peers, [["B", { type: "chat-ack", id: "b1-3" }]]);
  }
});

test("what was kept before it was forbidden is shown, and in everybody's history", () => {
  const { chat, arrived } = writer({ kept: true });
  chat.present([{ ...B, forbidden: ["chat"] }]);
  chat.fromServer({ ...fact("b1-1"), type: "peer-chat", from: "B", name: "B", number: 1 });
  assert.deepEqual(arrived, ["Hello"]);
});

test("who may not write any more says nothing again, and is shown what did not arrive", async () => {
  for (const kept of [false, true]) {
    const { chat, way, clock } = writer({ kept });
    for (const words of ["first", "second"]) chat.send(words);
    if (kept) {
      const first = { ...fact("Zk3vQ0c1-1", "first"), type: "peer-chat", from: "A", name: "Amara" };
      chat.fromServer({ ...first, number: 1 });
    } else chat.fromPeer("B", { type: "chat-ack", id: "Zk3vQ0c1-1" });
    chat.silenced();
    assert.deepEqual(
      chat.messages.map(({ text, state }) => `${text} ${state}`),
      ["first sent", "second refused"],
    );
    const said = () => [...way.peers, ...way.served].filter(({ type }) => type !== "chat-history");
    const before = said().length;
    chat.opened("B");
    chat.welcome({ seat: "A", name: "Amara" });
    await clock.pass(60_000);
    assert.equal(said().length, before);
  }
});

test("what the server kept all the same is no refused message", () => {
  const { chat } = writer({ kept: true });
  chat.send("Hello");
  chat.silenced();
  chat.fromServer({
    ...fact("Zk3vQ0c1-1"),
    type: "peer-chat",
    from: "A",
    name: "Amara",
    number: 1,
  });
  assert.deepEqual(
    chat.messages.map(({ state, number }) => [state, number]),
    [["sent", 1]],
  );
});
