import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { SeatLock } from "../../static/js/call/seat_lock.js";
import { FakeClock, settle } from "./fakes.js";

/** The browser's locks (W3C Web Locks): one queue for each name. */
class FakeLocks {
  /** @type {Map<string, Promise<unknown>>} */
  #last = new Map();

  async request(name, { signal }, act) {
    const before = this.#last.get(name) ?? Promise.resolve();
    let done;
    this.#last.set(name, Promise.all([before, new Promise((resolve) => (done = resolve))]));
    try {
      await Promise.race([
        before,
        new Promise((_, reject) => {
          const abort = () => reject(new DOMException("Given up", "AbortError"));
          if (signal.aborted) abort();
          signal.addEventListener("abort", abort);
        }),
      ]);
      return await act();
    } finally {
      done();
    }
  }
}

const offer = (locks) =>
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });

/** @type {FakeClock} */
let clock;
beforeEach(() => {
  clock = new FakeClock();
  offer(new FakeLocks());
});

const tab = () => new SeatLock(clock);

/** What a claim comes to within its patience. */
async function claimed(lock, seat) {
  let found;
  lock.claim(seat).then((isHeld) => {
    found = isHeld;
  });
  await clock.pass(0);
  const atOnce = found;
  await clock.pass(1500);
  await settle();
  return { atOnce, found };
}

test("a seat that nobody has is there at once", async () => {
  assert.deepEqual(await claimed(tab(), "a"), { atOnce: true, found: true });
  assert.equal(clock.next, null);
});

test("a seat that another tab has is not, until that one lets go", async () => {
  const [first, second] = [tab(), tab()];
  await first.hold("a");
  assert.deepEqual(await claimed(second, "a"), { atOnce: undefined, found: false });
  assert.deepEqual(await claimed(second, "b"), { atOnce: true, found: true });
  first.release();
  assert.deepEqual(await claimed(second, "a"), { atOnce: true, found: true });
});

test("the page before a reload may take a moment to let go", async () => {
  const [old, fresh] = [tab(), tab()];
  await old.hold("a");
  let found;
  fresh.claim("a").then((isHeld) => {
    found = isHeld;
  });
  await clock.pass(300);
  old.release();
  await clock.pass(0);
  assert.equal(found, true);
});

test("who was moved here has the lock when the other tab lets go, without asking again", async () => {
  const [first, second] = [tab(), tab()];
  await first.hold("a");
  await claimed(second, "a");
  const held = second.hold("a");
  first.release();
  assert.equal(await held, true);
  assert.deepEqual((await claimed(tab(), "a")).found, false);
});

test("another seat lets go of the one before", async () => {
  const lock = tab();
  await lock.hold("a");
  await lock.hold("b");
  assert.equal((await claimed(tab(), "a")).found, true);
  assert.equal((await claimed(tab(), "b")).found, false);
});

test("where a browser has no locks, or refuses them, every page goes on alone", async () => {
  const refusing = {
    request: async () => {
      throw new DOMException("No", "SecurityError");
    },
  };
  for (const locks of [undefined, refusing]) {
    offer(locks);
    assert.deepEqual(await claimed(tab(), "a"), { atOnce: true, found: true });
    assert.deepEqual(await claimed(tab(), "a"), { atOnce: true, found: true });
  }
});
