import assert from "node:assert/strict";
import { test } from "node:test";
import { pace } from "../fake_rtc.js";
import { random } from "../fakes.js";
import { World } from "./world.js";

const SEATS = ["a", "b", "c", "d"];

async function gathered(seed = 1) {
  const chance = random(seed);
  pace.turns = () => Math.floor(chance() * 3);
  const world = new World(SEATS, chance);
  await world.begin();
  for (const [one, other] of world.pairs) assert.ok(world.isWhole(one, other), `${one}${other}`);
  return { world, chance };
}

const wholeWithin = async (world, one, other, seconds) => {
  for (let left = seconds * 10; left > 0 && !world.isWhole(one, other); left -= 1) {
    await world.clock.pass(100);
  }
  assert.ok(world.isWhole(one, other), `${one}${other} within ${seconds} s`);
};

const inUse = (world, one, other) => world.ends(one, other)?.map(({ fragment }) => fragment);

test("without the server, a path that is cut comes back by way of a third, and no other pair is touched", async () => {
  const { world } = await gathered();
  world.serve(false);
  await world.clock.pass(3000);
  const before = world.pairs.map(([one, other]) => inUse(world, one, other));
  world.cut("a", "b");
  await world.clock.pass(2000);
  await wholeWithin(world, "a", "b", 6);
  const after = world.pairs.map(([one, other]) => inUse(world, one, other));
  assert.deepEqual(after.slice(1), before.slice(1));
  assert.notDeepEqual(after[0], before[0]);
  assert.ok(!world.person("a", "b").cut);
  world.end();
});

test("without the server, a search over a path that lives goes over that path", async () => {
  const { world } = await gathered();
  world.serve(false);
  const before = inUse(world, "c", "a");
  // Nobody else is there to help.
  for (const [one, other] of world.pairs) {
    if (one !== "a" || other !== "c") world.block(one, other);
  }
  await world.clock.pass(5000);
  world.ends("a", "c")?.[1].restartIce();
  await world.clock.pass(2000);
  assert.ok(world.isWhole("a", "c"));
  assert.notDeepEqual(inUse(world, "c", "a"), before);
  world.end();
});

test("with no neighbour left the tile says so, and the pairs are back soon after the server", async () => {
  const { world } = await gathered();
  world.serve(false);
  for (const other of ["b", "c", "d"]) world.block("a", other);
  await world.clock.pass(10_000);
  for (const other of ["b", "c", "d"]) {
    assert.ok(world.person("a", other).cut);
    assert.ok(world.person(other, "a").cut);
    world.cut("a", other);
    // It is in another network now, and nobody can tell it so.
    world.block("a", other, false);
  }
  await world.clock.pass(40_000);
  assert.ok(world.person("a", "b").cut);
  assert.ok(world.isWhole("b", "c"));
  world.serve(true);
  for (const other of ["b", "c", "d"]) await wholeWithin(world, "a", other, 3);
  await world.clock.pass(1000);
  assert.ok(!world.person("a", "b").cut);
  world.end();
});

test("whoever forwards can neither touch a pair that is heard, nor come between one that is not", async () => {
  const { world } = await gathered();
  await world.clock.pass(3000);
  const evil = world.page("c").mesh;
  const [a, b] = world.ends("a", "b") ?? [];
  const [c] = world.ends("c", "d") ?? [];
  const forge = (sdp) => {
    const epoch = world.page("a").mesh.known("b")?.epoch ?? 0;
    for (const signal of [
      { type: "offer", epoch: epoch + 1, number: 0, sdp },
      { type: "answer", epoch, number: 99, sdp },
      { type: "restart", epoch: 0, kind: "connection" },
      { type: "restart", epoch, kind: "ice" },
    ]) {
      for (const [to, from] of [
        ["a", "b"],
        ["b", "a"],
      ]) {
        evil.send(to, { type: "relayed", from, signal });
      }
    }
  };
  forge(a.localDescription.sdp);
  await world.clock.pass(3000);
  assert.deepEqual(world.ends("a", "b"), [a, b]);
  // The pair is lost, and so is the server: now thirds are listened to.
  world.serve(false);
  world.block("a", "b");
  await world.clock.pass(5000);
  for (let turn = 0; turn < 20; turn += 1) {
    forge(c.localDescription.sdp);
    for (let step = 0; step < 10; step += 1) {
      await world.clock.pass(50);
      for (const pc of ["a", "b"].flatMap((seat) => world.connections(seat))) {
        assert.ok(!pc.remoteDescription?.sdp.includes(c.fragment));
      }
    }
  }
  world.block("a", "b", false);
  await wholeWithin(world, "a", "b", 20);
  world.end();
});

test("a copy of somebody's description holds a lost pair up only until the server is back", async () => {
  const { world } = await gathered();
  const [, b] = world.ends("a", "b") ?? [];
  const evil = world.page("c").mesh;
  world.serve(false);
  world.block("a", "b");
  await world.clock.pass(4000);
  const epoch = (world.page("a").mesh.known("b")?.epoch ?? 0) + 3_600_000;
  const signal = { type: "offer", epoch, number: 0, sdp: b.localDescription.sdp };
  evil.send("a", { type: "relayed", from: "b", signal });
  await world.clock.pass(5000);
  world.block("a", "b", false);
  world.serve(true);
  await wholeWithin(world, "a", "b", 15);
  world.end();
});

test("everybody comes together whatever becomes of server and paths", async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const { world, chance } = await gathered(seed);
    world.chaos = true;
    for (let round = 0; round < 12; round += 1) {
      await world.clock.pass(chance() * 6000);
      if (chance() < 0.4) world.serve(chance() < 0.4);
      const [one, other] = world.pairs[Math.floor(chance() * world.pairs.length)] ?? [];
      const fate = chance();
      if (fate < 0.4) world.cut(one, other);
      else if (fate < 0.6) world.block(one, other, chance() < 0.5);
    }
    world.chaos = false;
    for (const [one, other] of world.pairs) world.block(one, other, false);
    world.serve(true);
    for (const [one, other] of world.pairs) await wholeWithin(world, one, other, 60);
    await world.clock.pass(20_000);
    for (const [one, other] of world.pairs) {
      assert.ok(world.isWhole(one, other), `seed ${seed}: ${one}${other} stays whole`);
    }
    for (const seat of SEATS) {
      assert.equal(world.connections(seat).length, SEATS.length - 1, `seed ${seed}: ${seat}`);
    }
    world.end();
  }
  pace.turns = () => 1;
});
