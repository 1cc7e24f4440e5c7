import assert from "node:assert/strict";
import { test } from "node:test";
import { Renewals } from "../../../static/js/call/upkeep/renewals.js";
import { Emitter } from "../../../static/js/lib/emitter.js";
import { FakeClock } from "../fakes.js";

function newRenewals() {
  const clock = new FakeClock();
  const renewed = [];
  const mesh = Object.assign(new Emitter(), {
    people: [{ seat: "a" }, { seat: "b" }],
    renew: (seat) => renewed.push(seat),
  });
  const renewals = new Renewals(/** @type {any} */ (mesh), clock);
  return { clock, mesh, renewals, renewed };
}

test("each pair is built anew ever less often, whoever wants it", async () => {
  const { clock, renewals, renewed } = newRenewals();
  const since = clock.now();
  const times = [];
  while (clock.now() - since < 3_600_000) {
    if (renewals.renew("a")) times.push((clock.now() - since) / 60_000);
    await clock.pass(10_000);
  }
  assert.deepEqual(times, [0, 1, 3, 7, 15, 31, 47]);
  assert.equal(renewed.length, 7);
  assert.ok(renewals.renew("b"));
});

test("who left and comes back begins anew", () => {
  const { mesh, renewals } = newRenewals();
  assert.ok(renewals.renew("a") && !renewals.renew("a"));
  const { people } = mesh;
  mesh.people = [];
  mesh.emit("change", undefined);
  mesh.people = people;
  assert.ok(renewals.renew("a"));
  renewals.close();
});
