import assert from "node:assert/strict";
import { test } from "node:test";
import { emptySlots } from "../../../../static/js/call/state.js";
import { FakeElement, install } from "../fake_dom.js";

install();
const { PeoplePanel, rowsOf } = await import("../../../../static/js/call/ui/order/people_panel.js");

const of = (name, role, more = {}) => ({
  ...{ seat: name, name, role, picture: "", slots: emptySlots(), connection: "connected" },
  ...{ guest: role === "guest", lookalike: false, forbidden: [] },
  ...more,
});
const stateOf = (own, people, forbidden = []) =>
  /** @type {any} */ ({ own, people, room: { forbidden }, order: { hushed: [], spotlight: "" } });

test("everybody's role stands beside the name, the own one too, and a guest has a badge", () => {
  const root = new FakeElement();
  const { signal } = new AbortController();
  const panel = new PeoplePanel(
    /** @type {any} */ (root),
    /** @type {any} */ ({}),
    () => {},
    signal,
  );
  const people = [
    of("Amara", "owner"),
    of("Noor", "co-host"),
    of("Tomas", "member"),
    of("June", "guest"),
    of("Ines", "guest", { guest: false }),
    of("Mira", "guest", { lookalike: true, seat: "m" }),
    of("Kenji", "co-host", { connection: "lost" }),
  ];
  panel.render(stateOf(of("Mira", "co-host"), people));
  const rows = root.part("people-panel").part("list").children;
  assert.deepEqual(
    rows.map((row) => [
      row.part("name").textContent,
      row.part("role").textContent,
      row.part("guest").hidden,
      row.part("lookalike").hidden,
    ]),
    [
      ["Mira (you)", "Co-host", true, true],
      ["Amara", "Owner", true, true],
      ["Noor", "Co-host", true, true],
      ["Tomas", "Member", true, true],
      ["June", "", false, true],
      ["Ines", "Has an account", true, true],
      ["Mira", "", false, false],
      ["Kenji", "Connecting again…", true, true],
    ],
  );
});

test("a row is the same element while its person is here, and goes with them", () => {
  const root = new FakeElement();
  const { signal } = new AbortController();
  const panel = new PeoplePanel(
    /** @type {any} */ (root),
    /** @type {any} */ ({}),
    () => {},
    signal,
  );
  const own = of("Mira", "owner");
  const [amara, june, noor] = [of("Amara", "member"), of("June", "guest"), of("Noor", "guest")];
  panel.render(stateOf(own, [amara, june]));
  const list = root.part("people-panel").part("list");
  const before = [...list.children];
  panel.render(
    stateOf(own, [{ ...amara, slots: { ...amara.slots, microphone: "on" } }, june, noor]),
  );
  assert.deepEqual(list.children.slice(0, 3), before);
  assert.equal(before[1].attributes.has("data-muted"), false);
  panel.render(stateOf(own, [june, noor]));
  assert.deepEqual(
    list.children.map((row) => row.part("name").textContent),
    ["Mira (you)", "June", "Noor"],
  );
});

test("hosts see what somebody may not do, others do not", () => {
  const june = of("June", "guest", { forbidden: ["screen", "chat", "camera"] });
  const seen = (role) => rowsOf(stateOf(of("Mira", role), [june], ["camera"]))[1]?.role;
  assert.equal(seen("co-host"), "May not share a screen or write");
  assert.equal(seen("member"), "");
});
