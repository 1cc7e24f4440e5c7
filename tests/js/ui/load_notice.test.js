import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeElement, install } from "./fake_dom.js";

install();
const { LoadNotice } = await import("../../../static/js/call/ui/load_notice.js");

const WHOLE = { to: 3, of: 3, limit: "" };
const SHORT = { to: 1, of: 3, limit: "line" };

function open(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const root = new FakeElement();
  const banner = root.part("load");
  banner.hidden = true;
  const done = [];
  const call = {
    state: /** @type {any} */ ({}),
    setCamera: (on) => done.push(`camera ${on}`),
    upkeep: { saving: { choose: (on) => done.push(`save ${on}`) } },
  };
  const told = [];
  const end = new AbortController();
  t.after(() => end.abort());
  const notice = new LoadNotice(
    /** @type {any} */ (root),
    /** @type {any} */ (call),
    (words) => told.push(words),
    end.signal,
  );
  const show = (uplink, { saving = "off", server = "open" } = {}) => {
    call.state = { uplink, saving, server, own: { slots: { camera: "on" } } };
    notice.render(call.state);
  };
  const press = (name) => banner.part(name).dispatchEvent(new Event("click"));
  return { banner, done, told, show, press, pass: (ms) => t.mock.timers.tick(ms) };
}

test("a short line is shown and told once it lasts, and goes once it is over", (t) => {
  const { banner, told, show, pass } = open(t);
  show(SHORT);
  pass(4900);
  assert.equal(banner.hidden, true);
  pass(200);
  assert.equal(banner.hidden, false);
  assert.equal(banner.part("load-title").textContent, "Your connection carries video to 1 of 3.");
  assert.equal(told.length, 1);
  show({ ...SHORT, to: 2 });
  assert.equal(banner.part("load-title").textContent, "Your connection carries video to 2 of 3.");
  show(WHOLE);
  pass(4900);
  assert.equal(banner.hidden, false);
  pass(200);
  assert.equal(banner.hidden, true);
  assert.equal(told.length, 1);
});

test("what comes and goes within seconds moves nothing", (t) => {
  const { banner, show, pass } = open(t);
  for (let round = 0; round < 10; round += 1) {
    show(SHORT);
    pass(3000);
    show(WHOLE);
    pass(3000);
  }
  assert.equal(banner.hidden, true);
});

test("whoever closed it sees it again after the line was whole", (t) => {
  const { banner, show, press, pass } = open(t);
  show(SHORT);
  pass(5000);
  press("load-close");
  show({ ...SHORT, to: 0 });
  pass(60_000);
  assert.equal(banner.hidden, true);
  show(WHOLE);
  pass(5000);
  show(SHORT);
  pass(5000);
  assert.equal(banner.hidden, false);
});

test("that the server is away says more; what begins by itself has been told", (t) => {
  const { banner, told, show, pass } = open(t);
  show(WHOLE, { saving: "automatic" });
  pass(5000);
  assert.equal(banner.part("load-title").textContent, "Your network is weak.");
  assert.deepEqual(told, []);
  show(WHOLE, { saving: "automatic", server: "lost" });
  assert.equal(banner.hidden, true);
});

test("its button does what it says", (t) => {
  const { banner, done, show, press, pass } = open(t);
  show(SHORT);
  pass(5000);
  assert.equal(banner.part("load-act").textContent, "Save data");
  press("load-act");
  show(SHORT, { saving: "chosen" });
  assert.equal(banner.part("load-act").textContent, "Camera off");
  press("load-act");
  assert.deepEqual(done, ["save true", "camera false"]);
});
