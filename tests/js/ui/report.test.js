import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleOf } from "../../../static/js/call/upkeep/sample.js";
import { recorded } from "../upkeep/reports.js";
import { install } from "./fake_dom.js";

install();
const { factsOf, rowsOf } = await import("../../../static/js/call/ui/pair_view.js");
const { cellsOf } = await import("../../../static/js/call/ui/matrix.js");
const { reportText } = await import("../../../static/js/call/ui/report.js");

const ON = { microphone: "on", camera: "on", screen: "off", screenAudio: "off" };
const AT = Date.UTC(2026, 10, 20, 14, 0, 0);

const person = (more = {}) =>
  /** @type {any} */ ({
    ...{ seat: "b", name: "Amara Osei", connection: "connected", trouble: null },
    ...{ slots: ON, watched: true, ...more },
  });
const report = (more = {}) =>
  reportText(
    /** @type {any} */ ({
      ...{ at: AT, browser: "Mozilla/5.0 (X11) Test/1", seat: "a", person: person() },
      ...{ server: "open", sample: null, search: null },
      moments: [
        { at: AT - 2000, state: "connecting", code: "" },
        { at: AT - 1000, state: "connected", code: "" },
      ],
      ...more,
    }),
  );

/** Whatever looks like an address of either kind, or a name of one. */
const ADDRESS = /\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f]*:[0-9a-f:]+|\.local/i;

test("a report has the browser, the times, the path, both ways and the states before", () => {
  const text = report();
  for (const line of [
    "Made: 2026-11-20T14:00:00.000Z",
    "Browser: Mozilla/5.0 (X11) Test/1",
    "Pair: a (here), b (there)",
    "State: connected",
    "  2026-11-20T13:59:58.000Z connecting",
    "  2026-11-20T13:59:59.000Z connected",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  }
});

test("a report of a pair without a path says what both searches found", () => {
  const text = report({
    person: person({ connection: "unreachable", trouble: { code: "no-turn" } }),
    search: { own: { turn: "none", udp: "ok" }, theirs: null },
  });
  assert.match(text, /^State: unreachable, no-turn$/m);
  assert.match(text, /^Search here: relay none, UDP ok$/m);
  assert.match(text, /^Search there: nothing was said$/m);
});

for (const browser of /** @type {const} */ (["chromium", "firefox"])) {
  test(`what ${browser} reports fills both ways, and no address and no name gets out`, () => {
    const [first, second] = recorded(browser);
    assert.ok(first && second);
    const sample = sampleOf(second, sampleOf(first, null));
    const text = report({ sample });
    assert.match(text, /^Path: \w+ – \w+, UDP, round trip/m);
    assert.match(text, /^ {2}camera: \w+, .*\d+×\d+, \d+\/s/m);
    assert.match(text, /^ {2}microphone: opus/m);
    const without = text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "");
    assert.doesNotMatch(without.replace(/\w+: /g, ""), ADDRESS);
    assert.doesNotMatch(text, /Amara/);
    const rows = Object.fromEntries(
      rowsOf(sample, person(), /** @type {any} */ (ON)).map(([label, ...both]) => [label, both]),
    );
    assert.match(rows.Picture?.join() ?? "", /^\d+×\d+, \d+\/s,\d+×\d+, \d+\/s$/);
    assert.equal(rows.Screen, undefined);
    assert.deepEqual(factsOf(sample, AT).length, 3);
  });
}

test("what is off, muted or not shown is said in words", () => {
  const rows = (their, own) =>
    Object.fromEntries(
      rowsOf(null, person(their), /** @type {any} */ ({ ...ON, ...own })).map(
        ([label, ...both]) => [label, both],
      ),
    );
  const off = rows({ slots: { ...ON, camera: "off", microphone: "muted" } }, { camera: "off" });
  assert.deepEqual(
    [off.Picture, off.Sound],
    [
      ["Off", "Off"],
      ["Muted", "–"],
    ],
  );
  assert.deepEqual(rows({ watched: false }, {}).Picture, ["Not shown", "–"]);
  assert.deepEqual(rows({}, { screen: "on" }).Screen, ["Off", "–"]);
});

test("the table shows what each page says of each pair, and what nobody said", () => {
  const link = (seat, more) =>
    /** @type {any} */ ({ seat, state: "connected", path: "host", rtt: 12, loss: 0, ...more });
  const cells = cellsOf([
    { seat: "a", name: "Mira", own: true, links: [link("b"), link("c", { state: "connecting" })] },
    { seat: "b", name: "Amara", own: false, links: [link("a", { path: "relay", rtt: 450 })] },
    { seat: "c", name: "Noor", own: false, links: null },
  ]);
  assert.deepEqual(
    cells.map((row) => row.map(({ words, more }) => [words, more].filter(Boolean).join(" "))),
    [
      ["–", "Good 12 ms, direct", "Connecting"],
      ["Weak 450 ms, relay", "–", "Not yet"],
      ["No word", "No word", "–"],
    ],
  );
});
