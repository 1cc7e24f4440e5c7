import assert from "node:assert/strict";
import { test } from "node:test";
import { pace } from "../fake_rtc.js";
import { random } from "../fakes.js";
import { World } from "./world.js";

/** `h` is who is sent away; `c` is their friend, who goes on forwarding for them. */
const SEATS = ["a", "b", "c", "h"];

/** Everybody sees everybody; what is said to and of `h` on channels is kept. */
async function gathered() {
  const chance = random(7);
  pace.turns = () => Math.floor(chance() * 3);
  const world = new World(SEATS, chance);
  await world.begin();
  for (const [one, other] of world.pairs) assert.ok(world.isWhole(one, other), `${one}${other}`);
  const said = [];
  const taken = [];
  for (const { seat, mesh } of world.pages) {
    const send = mesh.send.bind(mesh);
    mesh.send = (to, message) => {
      said.push({ by: seat, to, message });
      return send(to, message);
    };
    const signal = mesh.signal.bind(mesh);
    mesh.signal = (message) => {
      if (message.from === "h" && mesh.known("h")) taken.push(seat);
      signal(message);
    };
  }
  return { world, said, taken };
}

const revoke = (world, ...seats) => {
  for (const seat of seats) world.page(seat).mesh.revoked("h");
};
const about = (said, seat) =>
  said.filter(
    ({ by, to, message }) =>
      by === seat && (to === "h" || message.to === "h" || message.from === "h"),
  );

test("who was sent away reaches nobody, neither past the server nor through a friend", async () => {
  const { world, said, taken } = await gathered();
  const others = world.pairs.filter((pair) => !pair.includes("h"));
  const inUse = () => others.map(([one, other]) => world.ends(one, other)?.[0].fragment);
  const before = inUse();
  revoke(world, "a", "b");
  world.serve(false);
  said.length = 0;
  await world.clock.pass(5000);
  for (const seat of ["a", "b"]) world.page("h").mesh.renew(seat);
  await world.clock.pass(120_000);
  // The friend did what they could.
  const forwarded = about(said, "c").filter(({ message }) => message.type === "relayed");
  assert.ok(forwarded.some(({ to }) => to === "a") && forwarded.some(({ to }) => to === "b"));
  for (const seat of ["a", "b"]) {
    assert.equal(world.ends(seat, "h"), null);
    assert.equal(world.page(seat).mesh.known("h"), null);
    assert.deepEqual(about(said, seat), [], seat);
  }
  assert.ok(!taken.includes("a") && !taken.includes("b"));
  assert.ok(world.isWhole("c", "h"));
  assert.deepEqual(inUse(), before);
  world.end();
});

test("nobody forwards to who was sent away, nor what is said in their name", async () => {
  const { world, said } = await gathered();
  revoke(world, "a", "b", "c");
  await world.clock.pass(100);
  said.length = 0;
  const restart = /** @type {const} */ ({ type: "restart", epoch: 0, kind: "connection" });
  const { mesh } = world.page("a");
  for (const from of ["b", "c"]) {
    mesh.emit("message", { from, message: { type: "relay", to: "h", signal: restart } });
    mesh.emit("message", { from, message: { type: "relayed", from: "h", signal: restart } });
  }
  mesh.emit("message", { from: "h", message: { type: "relay", to: "b", signal: restart } });
  mesh.emit("message", { from: "h", message: { type: "signal", signal: restart } });
  // The server still knows them, elsewhere.
  mesh.signal({ type: "peer-restart", from: "h", epoch: 0, kind: "connection" });
  await world.clock.pass(60_000);
  for (const seat of ["a", "b", "c"]) assert.deepEqual(about(said, seat), []);
  for (const seat of ["a", "b", "c"]) assert.equal(world.ends(seat, "h"), null);
  for (const [one, other] of world.pairs) {
    if (other !== "h") assert.ok(world.isWhole(one, other));
  }
  world.end();
});
