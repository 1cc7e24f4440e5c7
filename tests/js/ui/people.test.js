import assert from "node:assert/strict";
import { test } from "node:test";
import { emptySlots } from "../../../static/js/call/state.js";
import { FakeElement, install } from "./fake_dom.js";

install();
const { PeoplePanel } = await import("../../../static/js/call/ui/panels.js");

test("everybody's role stands beside the name, the own one too", () => {
  const root = new FakeElement();
  const panel = new PeoplePanel(/** @type {any} */ (root));
  const of = (name, role, more = {}) => ({
    ...{ seat: name, name, role, picture: "", slots: emptySlots(), connection: "connected" },
    ...more,
  });
  const people = [
    of("Amara", "owner"),
    of("Noor", "co-host"),
    of("Tomas", "member"),
    of("June", "guest"),
    of("Kenji", "co-host", { connection: "lost" }),
  ];
  panel.render(/** @type {any} */ ({ own: of("Mira", "co-host"), people }));
  const rows = root.part("people-panel").part("list").children;
  assert.deepEqual(
    rows.map((row) => [row.part("name").textContent, row.part("role").textContent]),
    [
      ["Mira (you)", "Co-host"],
      ["Amara", "Owner"],
      ["Noor", "Co-host"],
      ["Tomas", ""],
      ["June", "Guest"],
      ["Kenji", "Connecting again…"],
    ],
  );
});
