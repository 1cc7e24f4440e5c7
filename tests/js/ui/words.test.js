import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  aheadWords,
  aloneWords,
  faultWords,
  hereWords,
  initials,
  listNames,
  reasonWords,
  refusalWords,
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

test("every fault of a device has words and a next step", () => {
  const faults = /** @type {const} */ (["denied", "busy", "none", "failed"]);
  for (const fault of faults) {
    const [camera] = faultWords({ camera: fault, microphone: null });
    const [microphone] = faultWords({ camera: null, microphone: fault });
    assert.ok(camera?.title && camera.text && camera.retry);
    assert.ok(microphone?.title && microphone.text && microphone.retry);
  }
  assert.deepEqual(faultWords({ camera: null, microphone: null }), []);
});

test("one cause for both devices is said once", () => {
  assert.equal(faultWords({ camera: "denied", microphone: "denied" }).length, 1);
  assert.equal(faultWords({ camera: "none", microphone: "denied" }).length, 2);
  assert.equal(faultWords({ camera: "busy", microphone: "busy" }).length, 2);
  const [insecure] = faultWords({ camera: "insecure", microphone: "insecure" });
  assert.equal(insecure?.retry, false);
});

test("a refusal that is not known is said in the server's words", () => {
  assert.equal(refusalWords({ code: "moved", message: "" }).act, "reload");
  assert.equal(refusalWords({ code: "new-one", message: "Not today." }).text, "Not today.");
});

test("whose place is gone is not told that somebody took it, and may try the door", () => {
  const { title, text, act } = refusalWords({ code: "revoked", message: "" });
  assert.equal(title, "Your place in this call is gone");
  assert.match(text, /You left it in another tab, or/);
  assert.equal(act, "reload");
});

test("a reason that somebody gave is shown, what the server always says is not", () => {
  const file = new URL("../../../rooms/signalling/protocol/codes.py", import.meta.url);
  const codes = readFileSync(file, "utf8");
  for (const code of ["kept-out", "ticket-refused"]) {
    const [, usual = ""] = codes.match(new RegExp(`"${code}": "(.+)",`)) ?? [];
    assert.notEqual(usual, "");
    for (const how of ["removed", "revoked"]) {
      assert.equal(reasonWords({ code: how, message: "", why: usual }), "");
      assert.equal(reasonWords({ code: how, message: "", why: "Shouting" }), "Shouting");
    }
  }
  assert.equal(reasonWords({ code: "removed", message: "" }), "");
  assert.equal(reasonWords({ code: "moved", message: "", why: "Shouting" }), "");
});
