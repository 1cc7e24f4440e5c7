const TICK_MS = 1000;
/** A second that takes this much longer was a sleep. */
const SLEEP_MS = 5000;
/** Who comes back to a page after this time may come back on another network. */
const HIDDEN_MS = 30_000;

/**
 * Calls `doubt` whenever the page has reason to think that its socket is dead, long before the socket itself finds out:
 * another network, a page that wakes.
 *
 * @param {() => void} doubt
 * @param {import("../lib/clock.js").Clock} clock
 * @param {AbortSignal} signal Ends it.
 */
export function watchForDoubts(doubt, clock, signal) {
  const page = globalThis.document;
  /** @type {EventTarget|undefined} */
  const network = /** @type {any} */ (globalThis.navigator)?.connection;
  globalThis.addEventListener?.("online", doubt, { signal });
  globalThis.addEventListener?.("pageshow", ({ persisted }) => persisted && doubt(), { signal });
  network?.addEventListener("change", doubt, { signal });
  page?.addEventListener("resume", doubt, { signal });
  let hiddenAt = page?.hidden ? clock.now() : 0;
  page?.addEventListener(
    "visibilitychange",
    () => {
      if (!page.hidden && hiddenAt && clock.now() - hiddenAt > HIDDEN_MS) doubt();
      hiddenAt = page.hidden ? clock.now() : 0;
    },
    { signal },
  );
  let tickedAt = clock.now();
  const stop = clock.every(TICK_MS, () => {
    const slept = clock.now() - tickedAt - TICK_MS;
    tickedAt = clock.now();
    if (slept > SLEEP_MS) doubt();
  });
  signal.addEventListener("abort", stop);
}
