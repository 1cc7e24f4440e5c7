import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codecWords,
  grade,
  kindWords,
  limitWords,
  loadWords,
  lossIn,
  lossOut,
  lossWords,
  rateWords,
  routeWords,
  shortRoute,
  sizeWords,
  timeWords,
} from "../../../static/js/call/ui/link_words.js";
import { loadNotice } from "../../../static/js/call/ui/load_notice.js";
import { loadOf } from "../../../static/js/call/upkeep/load.js";

const viewer = (seat) =>
  /** @type {any} */ ({ seat, asked: { camera: { width: 320 }, screen: { width: 0 } } });
const stream = (more) => /** @type {any} */ ({ bitrate: 0, lostShare: 0, ...more });

test("a pair is as good as the worse of its round trip and its loss", () => {
  const of = (rtt, loss, state = "connected") => grade(/** @type {any} */ ({ state, rtt, loss }));
  assert.deepEqual(
    [of(20, 0), of(200, 0), of(20, 20), of(400, 0), of(20, 80)],
    ["good", "fair", "fair", "weak", "weak"],
  );
  assert.deepEqual(
    ["connecting", "lost", "unreachable"].map((state) => of(20, 0, state)),
    ["wait", "none", "none"],
  );
});

test("a route is direct unless either end goes through a relay", () => {
  assert.equal(routeWords("host", "host", 1), "Direct, in one network");
  // Open addresses on both ends, as IPv6 has them, are no sign of one building.
  assert.equal(routeWords("host", "host", 40), "Direct");
  assert.equal(routeWords("host", "host", null), "Direct");
  assert.equal(routeWords("host", "srflx", 1), "Direct, through the internet");
  assert.equal(routeWords("prflx", "host", 1), "Direct, through the internet");
  for (const pair of [
    ["relay", "host"],
    ["prflx", "relay"],
  ]) {
    assert.equal(routeWords(pair[0], pair[1], 1), "Through the relay");
  }
  assert.equal(routeWords("", "", null), "No path yet");
  assert.deepEqual(/** @type {const} */ (["", "host", "srflx", "relay"]).map(shortRoute), [
    "",
    "direct",
    "direct",
    "relay",
  ]);
});

test("numbers that are not there are dashes", () => {
  const nothing = [timeWords, lossWords, rateWords, sizeWords, codecWords, kindWords].map((words) =>
    words(/** @type {any} */ (null)),
  );
  assert.deepEqual(nothing, ["–", "–", "–", "–", "–", "–"]);
  assert.deepEqual([lossIn(null), lossOut(null)], [null, null]);
});

test("numbers in their units", () => {
  assert.equal(timeWords(23.6), "24 ms");
  assert.equal(lossWords(0.0123), "1.2 %");
  assert.deepEqual([0, 31_600, 999_499, 999_500, 2_340_000].map(rateWords), [
    "0 kbit/s",
    "32 kbit/s",
    "999 kbit/s",
    "1.0 Mbit/s",
    "2.3 Mbit/s",
  ]);
  assert.equal(sizeWords({ width: 640, height: 360, rate: 19.7 }), "640×360, 20/s");
  assert.equal(codecWords("VP8"), "VP8");
  const path = { local: "relay", remote: "srflx", protocol: "tls", rtt: 1, available: null };
  assert.equal(kindWords(/** @type {any} */ (path)), "relay – srflx, TLS");
  assert.deepEqual(["none", "bandwidth", "cpu", "other", "", undefined].map(limitWords), [
    "Nothing",
    "The line",
    "The computer",
    "Something else",
    "Nothing",
    "Nothing",
  ]);
});

test("loss of all that comes counts by how much it is; of what goes, the worst is told", () => {
  const sample = /** @type {any} */ ({
    in: {
      microphone: stream({ bitrate: 30_000, lostShare: 0 }),
      camera: stream({ bitrate: 270_000, lostShare: 0.1 }),
      screen: null,
      screenAudio: null,
    },
    out: {
      microphone: stream({ lostShare: 0.01 }),
      camera: stream({ lostShare: 0.2 }),
      screen: stream({ lostShare: null }),
      screenAudio: null,
    },
  });
  assert.ok(Math.abs((lossIn(sample) ?? 0) - 0.09) < 1e-9);
  assert.equal(lossOut(sample), 0.2);
});

test("the load is said in whole people", () => {
  const of = (to, all, limit = "") => loadWords(/** @type {any} */ ({ to, of: all, limit }));
  assert.equal(of(6, 7, "line"), "Your connection carries video to 6 of 7.");
  assert.equal(of(7, 7, "machine"), "Your computer is busy and sends smaller pictures.");
  // Who asks is not everybody who is here: some pages are hidden.
  assert.equal(of(7, 7), "Your connection carries video to everybody who watches you.");
  assert.equal(of(2, 2), "Your connection carries video to everybody who watches you.");
  assert.equal(of(1, 1), "Your connection carries your video.");
  for (const all of [1, 2, 7]) {
    assert.equal(of(0, all, "line"), "Your connection is too weak for video just now.");
  }
  assert.equal(of(0, 0), "Nobody asks for your video just now.");
});

test("the banner has a reason, and one thing to do", () => {
  const of = (uplink, saving, camera = "on") =>
    loadNotice(/** @type {any} */ ({ uplink, saving, own: { slots: { camera } } }));
  const short = { to: 1, of: 3, limit: "line" };
  const whole = { to: 3, of: 3, limit: "" };
  assert.equal(of(whole, "off"), null);
  assert.equal(of(whole, "chosen"), null);
  assert.deepEqual(
    [of(short, "off")?.act, of(short, "chosen")?.act, of(short, "chosen", "off")?.act],
    ["save", "camera", null],
  );
  assert.equal(of(whole, "automatic")?.title, "Your network is weak.");
  assert.match(of(short, "off")?.text ?? "", /^The others hear you\. Some do not see/);
  for (const all of [1, 3]) {
    const none = of({ to: 0, of: all, limit: "line" }, "off");
    assert.equal(none?.text, "You are still heard.");
  }
});

test("of a computer that cannot keep up, the banner says what helps", () => {
  const viewers = [1, 2].map((seat) => viewer(`s${seat}`));
  const given = new Map(viewers.map(({ seat }) => [seat, { camera: 90_000, screen: 0 }]));
  const notice = (part) => {
    const uplink = loadOf(viewers, given, /** @type {any} */ ({ camera: {}, screen: null }), part);
    const own = { slots: { camera: "on" } };
    return loadNotice(/** @type {any} */ ({ uplink, saving: "off", own }));
  };
  assert.equal(notice(1), null);
  const words = notice(0.5);
  assert.equal(words?.title, "Your computer is busy and sends smaller pictures.");
  assert.match(words?.text ?? "", /programs/);
  assert.equal(words?.act, "save");
});
