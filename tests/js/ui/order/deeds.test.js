import assert from "node:assert/strict";
import { test } from "node:test";
import { DEEDS } from "../../../../static/js/call/ui/order/acts.js";
import { Deeds, messageOf } from "../../../../static/js/call/ui/order/deeds.js";
import { QUESTIONS } from "../../../../static/js/call/ui/order/words.js";
import { assertDocumented } from "../../protocol.js";

const JUNE = { seat: "s", name: "June Park", role: "member" };

function start({ answer = /** @type {string|null} */ (""), isThere = true } = {}) {
  const said = [];
  const sent = [];
  const asked = [];
  const noted = [];
  const call = {
    state: { people: [JUNE], order: { hushed: [], spotlight: "" } },
    order(message) {
      if (isThere) sent.push(message);
      return isThere;
    },
    note(facts) {
      noted.push(facts);
      Object.assign(call.state.order, facts);
    },
  };
  const ask = {
    async ask(question) {
      asked.push(question.title);
      return answer;
    },
  };
  const opened = [];
  const powers = { open: (seat) => opened.push(`powers ${seat}`) };
  const report = { open: (person) => opened.push(`report ${person.name}`) };
  const parts = /** @type {any} */ ({ ask, powers, report, say: (words) => said.push(words) });
  return {
    deeds: new Deeds(/** @type {any} */ (call), parts),
    call,
    said,
    sent,
    asked,
    noted,
    opened,
  };
}

test("every message that a menu leads to stands in the protocol", () => {
  const messages = DEEDS.map((deed) => messageOf(deed, /** @type {any} */ (JUNE), "words"));
  const known = messages.filter((message) => message !== null);
  assert.equal(known.length, DEEDS.length - 4);
  for (const message of known) assertDocumented(message);
});

test("nothing that others feel happens before it is agreed to", async () => {
  for (const deed of /** @type {const} */ ([
    "remove",
    "ban",
    "transfer",
    "co-host",
    "demote",
    "rename",
  ])) {
    const refused = start({ answer: null });
    await refused.deeds.do(deed, "s");
    assert.equal(refused.asked.length, 1, deed);
    assert.deepEqual(refused.sent, [], deed);
    const agreed = start({ answer: "words" });
    await agreed.deeds.do(deed, "s");
    assert.equal(agreed.sent.length, 1, deed);
  }
});

test("a ban is a removal that lasts, and takes its reason along", async () => {
  for (const [deed, ban] of /** @type {const} */ ([
    ["remove", false],
    ["ban", true],
  ])) {
    const { deeds, sent } = start({ answer: "Shouting" });
    await deeds.do(deed, "s");
    assert.deepEqual(sent, [{ type: "remove", to: "s", ban, reason: "Shouting" }]);
  }
});

test("who loses a role falls by one step", () => {
  const demoted = (role) => messageOf("demote", { seat: "s", role }, "");
  assert.deepEqual(demoted("co-host"), { type: "promote", to: "s", role: "member" });
  assert.deepEqual(demoted("member"), { type: "promote", to: "s", role: "guest" });
});

test("the same row shows somebody large and stops it", async () => {
  const { deeds, call, sent } = start();
  await deeds.do("spotlight", "s");
  call.state.order.spotlight = "s";
  await deeds.do("spotlight", "s");
  assert.deepEqual(sent, [
    { type: "spotlight", seat: "s" },
    { type: "spotlight", seat: "" },
  ]);
});

test("messages are hidden here alone, and shown again", async () => {
  const { deeds, sent, noted } = start();
  await deeds.do("hush", "s");
  await deeds.do("hush", "s");
  assert.deepEqual(noted, [{ hushed: ["s"] }, { hushed: [] }]);
  assert.deepEqual(sent, []);
});

test("what the server cannot hear is said", async () => {
  const { deeds, said } = start({ isThere: false });
  await deeds.do("mute", "s");
  assert.match(said[0] ?? "", /Nothing was changed/);
});

test("somebody who is gone is left alone", async () => {
  const { deeds, sent, asked } = start();
  await deeds.do("remove", "gone");
  assert.deepEqual([sent, asked], [[], []]);
});

test("each question's safe answer says what is kept", () => {
  for (const question of Object.values(QUESTIONS)) {
    const { title, safe, act } = question(/** @type {any} */ (JUNE));
    assert.match(title, /June|owner/);
    assert.notEqual(safe, act);
    assert.match(safe, /^(Keep|Leave)/);
  }
});
