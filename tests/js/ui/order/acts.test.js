import assert from "node:assert/strict";
import { test } from "node:test";
import { emptySlots } from "../../../../static/js/call/state.js";
import { DEEDS, offersOn, offersOnOneself } from "../../../../static/js/call/ui/order/acts.js";

const ALL_ON = { microphone: "on", camera: "on", screen: "on", screenAudio: "on" };

function stateOf(role, order = {}) {
  return /** @type {any} */ ({
    own: { role, seat: "me" },
    order: { hushed: [], spotlight: "", ...order },
  });
}

function personOf(role, more = {}) {
  const slots = { ...emptySlots(), ...ALL_ON };
  return /** @type {any} */ ({
    seat: "s",
    role,
    guest: role === "guest",
    forbidden: [],
    slots,
    ...more,
  });
}

const deeds = (own, person) => offersOn(stateOf(own), person).map(({ deed }) => deed);

test("somebody without a right is offered what is theirs alone", () => {
  for (const own of ["guest", "member"]) {
    for (const other of ["guest", "member", "co-host", "owner"]) {
      assert.deepEqual(deeds(own, personOf(other)), ["hush", "report"]);
    }
  }
});

test("co-hosts keep order among those below them, and give no roles", () => {
  assert.deepEqual(deeds("co-host", personOf("guest")), [
    ...["mute", "spotlight", "rename", "allow", "hush"],
    ...["stop-camera", "stop-share", "report", "remove", "ban"],
  ]);
  assert.deepEqual(deeds("co-host", personOf("co-host")), [
    ...["mute", "spotlight", "hush", "stop-camera", "stop-share", "report"],
  ]);
  assert.deepEqual(deeds("co-host", personOf("owner")), ["spotlight", "hush", "report"]);
});

test("the owner gives and takes roles, of people with an account", () => {
  const roles = ["member", "co-host", "transfer", "demote"];
  const offered = (person) => deeds("owner", person).filter((deed) => roles.includes(deed));
  assert.deepEqual(offered(personOf("guest")), []);
  assert.deepEqual(offered(personOf("guest", { guest: false })), ["member", "co-host", "transfer"]);
  assert.deepEqual(offered(personOf("member")), ["co-host", "transfer", "demote"]);
  assert.deepEqual(offered(personOf("co-host")), ["transfer", "demote"]);
});

test("what is off cannot be stopped, and who may not speak is not asked to", () => {
  const muted = { ...emptySlots(), microphone: "muted" };
  const quiet = deeds("owner", personOf("member", { slots: muted }));
  for (const deed of ["mute", "stop-camera", "stop-share"]) assert.ok(!quiet.includes(deed), deed);
  assert.ok(quiet.includes("ask"));
  const barred = personOf("member", { slots: muted, forbidden: ["microphone"] });
  assert.ok(!deeds("owner", barred).includes("ask"));
  assert.ok(!deeds("owner", personOf("member", { slots: emptySlots() })).includes("ask"));
});

test("what holds already is offered the other way round", () => {
  const state = stateOf("owner", { hushed: ["s"], spotlight: "s" });
  const labels = new Map(
    offersOn(state, personOf("member")).map(({ deed, label }) => [deed, label]),
  );
  assert.equal(labels.get("hush"), "Show their messages");
  assert.equal(labels.get("spotlight"), "Stop showing large");
  assert.deepEqual(offersOnOneself(stateOf("co-host", { spotlight: "me" })), [
    { deed: "spotlight", label: "Stop showing large" },
  ]);
  assert.deepEqual(offersOnOneself(stateOf("member")), []);
});

test("rows come in the order that the menu has them in", () => {
  const offered = deeds("owner", personOf("member"));
  assert.deepEqual(
    offered,
    DEEDS.filter((deed) => offered.includes(deed)),
  );
});
