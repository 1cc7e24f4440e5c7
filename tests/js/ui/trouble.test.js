import assert from "node:assert/strict";
import { test } from "node:test";
import { explain, spokenTrouble, tileWords } from "../../../static/js/call/ui/trouble.js";

const CODES = [
  "no-turn",
  "relay-missing",
  "udp-blocked-here",
  "udp-blocked-there",
  "udp-blocked-both",
  "turn-refused",
  "turn-unreachable",
  "unknown",
];
const person = (code) => ({ name: "Mira Lindqvist", trouble: code ? { code } : null });

test("every cause has words of its own, and says who, what to do, and what the site can do", () => {
  const said = CODES.map((code) => explain(person(code)));
  for (const words of said) {
    assert.equal(words?.title, "You and Mira cannot reach each other");
    for (const part of [words?.text, words?.guest, words?.site]) assert.ok(part?.endsWith("."));
  }
  assert.equal(new Set(said.map((words) => words?.text)).size, CODES.length);
});

test("where nothing is wrong nothing is said; a cause of a later version is unknown", () => {
  assert.equal(explain(person(null)), null);
  assert.equal(tileWords(person(null)), null);
  assert.equal(explain(person("solar-wind"))?.text, explain(person("unknown"))?.text);
});

test("the tile says that we go on", () => {
  assert.match(tileWords(person("no-turn"))?.text ?? "", /no relay.* We keep trying\.$/);
});

test("whose network it is stands in the words of the other side alone", () => {
  assert.match(explain(person("udp-blocked-there"))?.text ?? "", /network of Mira blocks UDP/);
  assert.match(explain(person("udp-blocked-here"))?.text ?? "", /^Your network blocks UDP/);
});

test("one sentence for all whom the same keeps away", () => {
  assert.equal(
    spokenTrouble(["Mira Lindqvist"], "turn-unreachable"),
    "You and Mira cannot reach each other. This site’s relay (TURN) server does not answer.",
  );
  assert.match(
    spokenTrouble(["Ada", "Bo", "Cy", "Di"], "no-turn"),
    /^You cannot reach Ada, Bo and 2 others, nor they you\. This site has no relay/,
  );
});

test("what is said of several is said of several, whatever keeps them away", () => {
  const said = CODES.map((code) => spokenTrouble(["Mira Ott", "Amara B"], code));
  for (const sentence of said) {
    assert.match(sentence, /^You cannot reach Mira and Amara, nor they you\. [A-Z].*\.$/);
    assert.doesNotMatch(sentence, /\bthe (?:blocks?|of)\b|\b(?:two|both)\b/i);
  }
  const there = said[CODES.indexOf("udp-blocked-there")];
  assert.match(there ?? "", /The networks of the others block UDP, by which calls go/);
});
