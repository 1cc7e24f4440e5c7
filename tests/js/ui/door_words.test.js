import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { refusalOf } from "../../../static/js/call/entry.js";
import { faultWords, reasonWords, refusalWords } from "../../../static/js/call/ui/door_words.js";

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
  assert.equal(refusalWords({ code: "moved" }).act, "reload");
  assert.equal(refusalWords({ code: "new-one", why: "Not today." }).text, "Not today.");
});

test("whose place is gone is not told that somebody took it, and may try the door", () => {
  const { title, text, act } = refusalWords({ code: "revoked" });
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
      assert.equal(reasonWords({ code: how, why: usual }), "");
      assert.equal(reasonWords({ code: how, why: "Shouting" }), "Shouting");
    }
  }
  assert.equal(reasonWords({ code: "removed" }), "");
  assert.equal(reasonWords({ code: "moved", why: "Shouting" }), "");
});

test("every end of a connection that is final has words of its own", () => {
  const other = refusalWords({ code: "new-one" }).title;
  const final = Array.from({ length: 1000 }, (_, code) => refusalOf(4000 + code));
  const known = final.filter((refusal) => refusal !== null);
  assert.ok(known.length >= 9);
  for (const refusal of known) {
    const { title, text } = refusalWords(refusal);
    assert.notEqual(title, other, refusal.code);
    assert.match(text, /\.$/);
  }
});
