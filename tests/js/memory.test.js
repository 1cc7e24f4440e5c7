import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../static/js/call/memory.js";

test("a tab remembers a room across a reload, and forgets what it is told to", () => {
  const held = new Map();
  const storage = /** @type {any} */ ({
    getItem: (key) => held.get(key) ?? null,
    setItem: (key, value) => held.set(key, value),
  });
  new Memory({ link: "abcd" }, storage).write({ resume: "token", name: "Mira" });
  new Memory({ link: "abcd" }, storage).write({ resume: undefined });
  assert.deepEqual(new Memory({ link: "abcd" }, storage).read(), { name: "Mira" });
  assert.deepEqual(new Memory({ link: "efgh" }, storage).read(), {});
  held.set("parley:abcd", "{");
  assert.deepEqual(new Memory({ link: "abcd" }, storage).read(), {});
});

test("a browser that stores nothing begins at the door", () => {
  const memory = new Memory({ link: "abcd" }, null);
  memory.write({ name: "Mira" });
  assert.deepEqual(memory.read(), {});
});
