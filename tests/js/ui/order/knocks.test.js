import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeElement, install } from "../fake_dom.js";

install();
const { Alarm } = await import("../../../../static/js/call/ui/order/alarm.js");
const { KnockList } = await import("../../../../static/js/call/ui/order/knock_list.js");

const knocker = (seat, more = {}) => ({
  ...{ seat, name: `Name ${seat}`, picture: "", guest: true, lookalike: false, since: Date.now() },
  ...more,
});

/** A page in a tab that is seen or hidden; `permission` is what the system was told. */
function page(t, { hidden = false, permission = "granted" } = {}) {
  const shown = [];
  class FakeNotification extends EventTarget {
    static permission = permission;
    static asked = 0;
    static async requestPermission() {
      FakeNotification.asked += 1;
      FakeNotification.permission = "granted";
    }

    constructor(title) {
      super();
      this.title = title;
      shown.push(this);
    }

    close() {
      shown.splice(shown.indexOf(this), 1);
    }
  }
  const target = Object.assign(new EventTarget(), document, { hidden });
  Object.assign(globalThis, { document: target, isSecureContext: true });
  Object.assign(globalThis, { Notification: FakeNotification, focus() {} });
  globalThis.window = /** @type {any} */ (globalThis);
  const end = new AbortController();
  t.after(() => end.abort());
  return { shown, signal: end.signal, target, Notification: FakeNotification };
}

function alarm(t, how) {
  const told = page(t, how);
  const rings = [];
  const offers = [];
  const views = [];
  const acts = {
    offer: (words, label) => offers.push(`${words} [${label}]`),
    show: () => views.push("people"),
  };
  const made = new Alarm(acts, told.signal, () => rings.push("ring"));
  return { ...told, made, rings, offers, views };
}

test("each who knocks is told of once", (t) => {
  const { made, rings, offers } = alarm(t);
  made.render([]);
  made.render([knocker("a")]);
  made.render([knocker("a")]);
  made.render([knocker("a"), knocker("b"), knocker("c")]);
  made.render([]);
  made.render([knocker("a")]);
  assert.deepEqual(offers, [
    "Name a is waiting [Show]",
    "2 people are waiting [Show]",
    "Name a is waiting [Show]",
  ]);
  assert.equal(rings.length, 3);
});

test("the system tells as well while the tab is hidden, and stops when nobody waits", (t) => {
  const seen = alarm(t);
  seen.made.render([knocker("a")]);
  assert.equal(seen.shown.length, 0);
  const { made, shown, views } = alarm(t, { hidden: true });
  made.render([knocker("a")]);
  assert.deepEqual(
    shown.map(({ title }) => title),
    ["Name a is waiting"],
  );
  shown[0].dispatchEvent(new Event("click"));
  assert.deepEqual([shown.length, views.length], [0, 1]);
  made.render([knocker("a"), knocker("b")]);
  assert.equal(shown.length, 1);
  made.render([]);
  assert.equal(shown.length, 0);
});

test("who comes back to the tab needs no notification any more", (t) => {
  const { made, shown, target } = alarm(t, { hidden: true });
  made.render([knocker("a")]);
  target.hidden = false;
  target.dispatchEvent(new Event("visibilitychange"));
  assert.equal(shown.length, 0);
});

test("without leave the system is not used", (t) => {
  for (const permission of ["default", "denied"]) {
    const { made, shown, rings } = alarm(t, { hidden: true, permission });
    made.render([knocker("a")]);
    assert.deepEqual([shown.length, rings.length], [0, 1]);
  }
});

function list(t, how) {
  const told = page(t, how);
  const root = new FakeElement();
  const sent = [];
  const made = new KnockList(
    /** @type {any} */ (root),
    (message) => sent.push(message) > 0,
    told.signal,
  );
  const section = root.part("knocks");
  const cards = () => section.part("knock-list").children;
  return { ...told, root, section, cards, made, sent };
}

test("one is let in or refused by name, all at once", (t) => {
  const { root, cards, made, sent } = list(t);
  made.render([knocker("a"), knocker("b")]);
  cards()[1].part("admit").dispatchEvent(new Event("click"));
  cards()[0].part("refuse").dispatchEvent(new Event("click"));
  root.part("admit-all").dispatchEvent(new Event("click"));
  root.part("refuse-all").dispatchEvent(new Event("click"));
  assert.deepEqual(sent, [
    { type: "admit", seats: ["b"] },
    { type: "refuse", seats: ["a"] },
    { type: "admit", seats: ["a", "b"] },
    { type: "refuse", seats: ["a", "b"] },
  ]);
});

test("the list follows those who wait, and is gone with the last", (t) => {
  const { root, section, cards, made } = list(t);
  made.render([knocker("a"), knocker("b", { guest: false, lookalike: true })]);
  const [, second] = cards();
  assert.deepEqual([second.part("guest").hidden, second.part("lookalike").hidden], [true, false]);
  assert.equal(section.part("knocks-all").hidden, false);
  assert.equal(root.part("knock-words").textContent, "2 waiting outside");
  made.render([knocker("b", { guest: false, lookalike: true })]);
  assert.deepEqual(cards(), [second]);
  assert.equal(section.part("knocks-all").hidden, true);
  made.render([]);
  assert.equal(section.hidden, true);
  assert.equal(root.part("knock-count").hidden, true);
});

test("the system is asked for leave on a click alone", async (t) => {
  const { root, section, made, Notification } = list(t, { permission: "default" });
  made.render([knocker("a")]);
  assert.equal(section.part("notify").hidden, false);
  assert.equal(Notification.asked, 0);
  root.part("notify").dispatchEvent(new Event("click"));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([Notification.asked, section.part("notify").hidden], [1, true]);
});
