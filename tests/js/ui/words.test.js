import assert from "node:assert/strict";
import { test } from "node:test";

import {
  aheadWords,
  aloneWords,
  hereWords,
  initials,
  listNames,
  runningTime,
  splitName,
  troubleWords,
} from "../../../static/js/call/ui/words.js";

test("initials are the first letters of the first two words, whatever the script", () => {
  assert.equal(initials("Paul Brandt"), "PB");
  assert.equal(initials("  june "), "J");
  assert.equal(initials("Ana María de la Cruz"), "AM");
  assert.equal(initials("𝒜da Ünal"), "𝒜Ü");
  assert.equal(initials(""), "");
});

test("a narrow tile keeps the first name", () => {
  assert.deepEqual(splitName("Amara Osei"), ["Amara", " Osei"]);
  assert.deepEqual(splitName("June"), ["June", ""]);
});

test("who is alone is told what the link opens", () => {
  assert.match(aloneWords("anyone"), /Whoever opens it appears/);
  assert.match(aloneWords("signed-in"), /Whoever opens it and is logged in appears/);
  assert.match(aloneWords("invited"), /the link alone opens nothing for others/);
});

test("names are listed as one says them", () => {
  assert.equal(listNames(["Amara Osei"]), "Amara Osei");
  assert.equal(listNames(["Amara", "Tomas"]), "Amara and Tomas");
  assert.equal(listNames(["Amara", "Tomas", "June"]), "Amara, Tomas and June");
  assert.equal(listNames(["A", "B", "C", "D", "E"]), "A, B and 3 others");
  assert.equal(hereWords([]), "Nobody is there yet");
  assert.equal(hereWords(["Amara"]), "Amara is there");
  assert.equal(hereWords(["Amara", "June"]), "Amara and June are there");
  assert.equal(aheadWords(0), "You are the next.");
  assert.equal(aheadWords(1), "One person waits before you.");
  assert.equal(aheadWords(4), "4 people wait before you.");
});

test("running time has hours only when there are any", () => {
  assert.equal(runningTime(-5), "00:00");
  assert.equal(runningTime(724_000), "12:04");
  assert.equal(runningTime(3_723_000), "1:02:03");
});

test("a lost person is said to come back, and after half a minute not to", () => {
  const tomas = { name: "Tomas Weber", lostSince: 1000 };
  assert.equal(troubleWords({ ...tomas, connection: "connected" }, 1000), null);
  assert.equal(
    troubleWords({ ...tomas, connection: "lost" }, 2000)?.title,
    "Connecting to Tomas again…",
  );
  assert.equal(
    troubleWords({ ...tomas, connection: "lost" }, 40_000)?.title,
    "We cannot reach Tomas",
  );
  assert.equal(
    troubleWords({ ...tomas, connection: "unreachable" }, 1000)?.title,
    "We cannot reach Tomas",
  );
});

test("of somebody whom the server has nothing is said before a search for a path has failed", () => {
  const tomas = /** @type {any} */ ({ name: "Tomas", connection: "lost", lostSince: 1000 });
  assert.equal(troubleWords(tomas, 7999, true, true), null);
  assert.equal(troubleWords(tomas, 8000, true, true)?.title, "Connecting to Tomas again…");
  assert.equal(troubleWords(tomas, 3000, true, false)?.title, "Connecting to Tomas again…");
  const unreachable = { ...tomas, connection: "unreachable" };
  assert.equal(troubleWords(unreachable, 3000, true, true)?.title, "We cannot reach Tomas");
  const cut = { ...tomas, cut: true };
  assert.equal(troubleWords(cut, 3000, true, true)?.title, "The path to Tomas is lost");
});

test("others are spoken of where there are others", () => {
  const tomas = /** @type {any} */ ({ name: "Tomas", connection: "unreachable", lostSince: 1 });
  assert.equal(troubleWords(tomas, 1000, true)?.text, "The others still can hear you.");
  assert.equal(troubleWords(tomas, 1000, false)?.text, "We keep trying.");
});

test("of a person whom nobody can reach just now, the server included, it is said", () => {
  const tomas = { name: "Tomas Weber", lostSince: 1000, cut: true };
  for (const connection of /** @type {const} */ (["lost", "unreachable"])) {
    const words = troubleWords({ ...tomas, connection }, 90_000);
    assert.equal(words?.title, "The path to Tomas is lost");
    assert.match(words?.text ?? "", /server is away.*trying/);
  }
});
