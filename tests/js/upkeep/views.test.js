import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePeer } from "../../../static/js/call/messages.js";
import { FIRST, NOTHING } from "../../../static/js/call/upkeep/policy.js";
import { Views } from "../../../static/js/call/upkeep/views.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock, settle } from "../fakes.js";

const view = (width, height = 180, rate = 15) => ({ width, height, rate });

/** People and open channels; the test is the others. */
class FakeMesh extends Emitter {
  people = [];
  /** @type {Record<string, any>[]} */
  sent = [];
  isOpen = true;

  join(seat, more = {}) {
    this.people.push({
      seat,
      instance: `${seat}1`,
      speaking: false,
      watched: true,
      spared: false,
      rank: 0,
      ...more,
    });
    this.emit("change", undefined);
    return this.people.at(-1);
  }

  left(seat) {
    this.people = this.people.filter((person) => person.seat !== seat);
    this.emit("change", undefined);
  }

  mark(seat, facts) {
    Object.assign(
      this.people.find((person) => person.seat === seat),
      facts,
    );
    this.emit("change", undefined);
  }

  send(seat, message) {
    if (this.isOpen) this.sent.push({ seat, at: this.clock.now(), ...message });
    return this.isOpen;
  }

  say(from, message) {
    this.emit("message", { from, message });
  }
}

async function call(...seats) {
  const clock = new FakeClock();
  const mesh = Object.assign(new FakeMesh(), { clock });
  const views = new Views(/** @type {any} */ (mesh), clock);
  for (const seat of seats) mesh.join(seat);
  await settle();
  /** What was said since this was asked last. */
  const heard = () => mesh.sent.splice(0).map(({ seat, camera }) => [seat, camera.width]);
  return { clock, mesh, views, heard };
}

test("what becomes visible is said at once, both slots in one message of the protocol", async () => {
  const { mesh, views } = await call("a");
  views.show("a", "camera", { ...view(640, 360, 30), large: true });
  views.show("a", "screen", view(1280, 720));
  await settle();
  const [{ seat, at, ...message }] = mesh.sent;
  assert.deepEqual([mesh.sent.length, seat], [1, "a"]);
  assert.deepEqual(message, {
    type: "views",
    camera: view(640, 360, 30),
    screen: view(1280, 720),
  });
  assert.deepEqual(parsePeer(JSON.stringify(message)), message);
  views.close();
});

test("nothing is said of somebody whom the page has not laid out yet", async () => {
  const { clock, heard, mesh } = await call("a");
  mesh.emit("open", { seat: "a" });
  await clock.pass(5000);
  assert.deepEqual(heard(), []);
});

test("a size that wobbles is not worth a word, one that shrinks is said a little later", async () => {
  const { clock, views, heard } = await call("a");
  views.show("a", "camera", view(640, 360));
  await clock.pass(1000);
  assert.deepEqual(heard(), [["a", 640]]);
  for (const width of [650, 630, 640, 610]) {
    views.show("a", "camera", view(width, 360));
    await clock.pass(400);
  }
  assert.deepEqual(heard(), []);
  views.show("a", "camera", view(320));
  await clock.pass(149);
  assert.deepEqual(heard(), []);
  await clock.pass(1);
  assert.deepEqual(heard(), [["a", 320]]);
});

test("a window that is being resized is followed, at most four times a second", async () => {
  const { clock, mesh, views } = await call("a", "b");
  let width = 1280;
  for (let frame = 0; frame < 300; frame += 1) {
    width = Math.max(160, width * (frame < 150 ? 0.985 : 1.015));
    for (const seat of "ab") views.show(seat, "camera", view(Math.round(width), 360));
    await clock.pass(16);
  }
  await clock.pass(1000);
  for (const seat of "ab") {
    const said = mesh.sent.filter((message) => message.seat === seat);
    assert.ok(said.length > 6, `${said.length} words`);
    for (const [index, { at }] of said.entries()) {
      assert.ok(index === 0 || at - said[index - 1].at >= 250);
    }
    assert.ok(Math.abs(said.at(-1).camera.width / width - 1) < 0.06);
  }
});

test("what is hidden is said soon, what was away for a moment never", async () => {
  const { clock, views, heard } = await call("a");
  views.show("a", "camera", view(640));
  await clock.pass(1000);
  heard();
  views.show("a", "camera", NOTHING);
  await clock.pass(200);
  views.show("a", "camera", view(640));
  await clock.pass(2000);
  assert.deepEqual(heard(), []);
  views.show("a", "camera", NOTHING);
  await clock.pass(300);
  assert.deepEqual(heard(), [["a", 0]]);
  await clock.pass(1000);
  views.show("a", "camera", view(640));
  await settle();
  assert.deepEqual(heard(), [["a", 640]]);
});

test("a page that hides says so without waiting for timers", async () => {
  const { views, heard } = await call("a", "b");
  for (const seat of "ab") views.show(seat, "camera", view(640));
  await settle();
  heard();
  for (const seat of "ab") views.show(seat, "camera", NOTHING);
  views.hurry();
  assert.deepEqual(heard(), [
    ["a", 0],
    ["b", 0],
  ]);
});

test("all is said again on a pair's next channel, and to a newcomer", async () => {
  const { clock, mesh, views, heard } = await call("a");
  views.show("a", "camera", view(640));
  await clock.pass(100);
  heard();
  mesh.isOpen = false;
  views.show("a", "camera", view(320));
  await clock.pass(3000);
  mesh.isOpen = true;
  mesh.emit("open", { seat: "a" });
  assert.deepEqual(heard(), [["a", 320]]);
  mesh.emit("open", { seat: "a" });
  assert.deepEqual(heard(), [["a", 320]]);
  mesh.join("b");
  views.show("b", "camera", view(200));
  await settle();
  assert.deepEqual(heard(), [["b", 200]]);
});

test("before others have said what they show, they are sent a small picture", async () => {
  const { mesh, views } = await call("a");
  const wanted = [];
  views.on("wanted", ({ seat }) => wanted.push(seat));
  assert.deepEqual(views.wanted("a"), { camera: FIRST, screen: FIRST });
  const message = { type: "views", camera: view(640), screen: NOTHING };
  mesh.say("a", message);
  mesh.say("a", message);
  mesh.say("nobody", message);
  mesh.say("a", { type: "chat-ack", id: "x" });
  assert.deepEqual(wanted, ["a"]);
  assert.deepEqual(views.wanted("a"), { camera: view(640), screen: NOTHING });
  // The connection is another, the page is not.
  mesh.emit("pair", { seat: "a" });
  mesh.emit("change", undefined);
  assert.deepEqual(views.wanted("a").camera, view(640));
  mesh.left("a");
  mesh.join("a", { instance: "a2" });
  assert.deepEqual(views.wanted("a").camera, FIRST);
});

test("nobody is followed faster than a page needs, and the newest word counts", async () => {
  const { clock, mesh, views } = await call("a", "b");
  const wanted = [];
  views.on("wanted", ({ seat }) => wanted.push(seat));
  const say = (width) => mesh.say("a", { type: "views", camera: view(width), screen: NOTHING });
  const flood = () => {
    wanted.length = 0;
    for (let width = 1; width <= 500; width += 1) say(width);
  };
  flood();
  assert.equal(wanted.length, 20);
  assert.equal(views.wanted("a").camera.width, 20);
  // What others say goes on.
  mesh.say("b", { type: "views", camera: view(640), screen: NOTHING });
  assert.equal(views.wanted("b").camera.width, 640);
  await clock.pass(250);
  assert.equal(views.wanted("a").camera.width, 500);
  wanted.length = 0;
  for (let second = 0; second < 10; second += 1) {
    for (let turn = 0; turn < 100; turn += 1) say(1000 * second + turn + 1);
    await clock.pass(1000);
  }
  assert.ok(wanted.length >= 10 && wanted.length <= 50, `${wanted.length}`);
  assert.equal(views.wanted("a").camera.width, 9100);
  // Of somebody who is gone nothing waits.
  flood();
  wanted.length = 0;
  mesh.left("a");
  await clock.pass(1000);
  assert.deepEqual(wanted, []);
  views.close();
});

test("a video begins no more than once a second at somebody's word", async () => {
  const { clock, mesh, views } = await call("a");
  let beginnings = 0;
  let width = 1;
  views.on("wanted", () => {
    const now = views.wanted("a").camera.width;
    if (now && !width) beginnings += 1;
    width = now;
  });
  const flood = async (seconds) => {
    beginnings = 0;
    for (let step = 0; step < seconds * 10; step += 1) {
      mesh.say("a", { type: "views", camera: step % 2 ? view(640) : NOTHING, screen: NOTHING });
      await clock.pass(100);
    }
    return beginnings;
  };
  await flood(10);
  const often = await flood(60);
  assert.ok(often >= 20 && often <= 60, `${often}`);
  views.close();
});

test("somebody who is not to be seen is asked for nothing, until they are", async () => {
  const { clock, mesh, views, heard } = await call("a", "b");
  for (const seat of "ab") views.show(seat, "camera", view(640));
  await clock.pass(1000);
  heard();
  views.watch("a", false);
  await clock.pass(1000);
  assert.deepEqual(heard(), [["a", 0]]);
  assert.deepEqual(
    mesh.people.map(({ watched, spared }) => [watched, spared]),
    [
      [false, false],
      [true, false],
    ],
  );
  // They load their page anew.
  mesh.left("a");
  assert.equal(mesh.join("a", { instance: "a2" }).watched, false);
  views.show("a", "camera", view(640));
  await clock.pass(1000);
  assert.deepEqual(heard(), [["a", 0]]);
  views.watch("a", true);
  await settle();
  assert.deepEqual(heard(), [["a", 640]]);
});

test("in a room of thirteen the silent give way to who begins to speak, once", async () => {
  const seats = [..."abcdefghijkl"];
  const { clock, mesh, views, heard } = await call(...seats);
  for (const seat of seats) views.show(seat, "camera", view(320));
  await clock.pass(1000);
  const asked = heard().filter(([, width]) => width > 0);
  assert.deepEqual(
    asked.map(([seat]) => seat),
    seats.slice(0, 9),
  );
  const spared = () => mesh.people.filter((person) => person.spared).map(({ seat }) => seat);
  assert.deepEqual(spared(), ["j", "k", "l"]);
  mesh.people[11].speaking = true;
  await clock.pass(3000);
  mesh.people[11].speaking = false;
  await clock.pass(60_000);
  assert.deepEqual(heard(), [
    ["l", 320],
    ["i", 0],
  ]);
  assert.deepEqual(spared(), ["i", "j", "k"]);
  assert.equal(mesh.people[11].rank, 0);
});

test("a spared line asks for the last speaker alone, and for all again afterwards", async () => {
  const { clock, mesh, views, heard } = await call("a", "b");
  for (const seat of "ab") views.show(seat, "camera", view(640, 360, 30));
  mesh.people[1].speaking = true;
  await clock.pass(3000);
  heard();
  views.spare("automatic");
  await clock.pass(1000);
  const said = heard();
  assert.deepEqual(
    said.map(([seat]) => seat),
    ["b", "a"],
  );
  assert.deepEqual([said[0][1] <= 320, said[1][1]], [true, 0]);
  views.spare("off");
  await clock.pass(1000);
  assert.deepEqual(heard(), [
    ["a", 640],
    ["b", 640],
  ]);
});

test("after the call nothing is said, whatever waited", async () => {
  const { clock, mesh, views, heard } = await call("a");
  views.show("a", "camera", view(640));
  await settle();
  heard();
  views.show("a", "camera", view(100));
  await settle();
  views.show("a", "screen", view(100));
  views.close();
  mesh.emit("open", { seat: "a" });
  await clock.pass(5000);
  assert.deepEqual(heard(), []);
  assert.equal(clock.next, null);
});
