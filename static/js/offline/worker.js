/**
 * Answers for a page of this site that cannot be had with one that says so. All else goes to the
 * network as if there were no worker, and nothing of anybody is kept.
 *
 * It is served behind a line that sets KEPT, see conference/offline.py.
 *
 * @typedef {object} Kept
 * @property {string} name The cache's name; another one for each version.
 * @property {string} page
 * @property {string[]} parts Addresses of what the page is made of.
 *
 * @typedef {Event & { waitUntil: (work: Promise<unknown>) => void }} LifeEvent
 * @typedef {LifeEvent & { addRoutes?: (route: object) => Promise<void> }} InstallEvent
 * @typedef {LifeEvent & {
 *   request: Request,
 *   preloadResponse: Promise<Response | undefined>,
 *   respondWith: (answer: Promise<Response>) => void,
 * }} FetchEvent
 *
 * @typedef {object} Worker The few things of ServiceWorkerGlobalScope that are needed here.
 * @property {Kept} KEPT
 * @property {ServiceWorkerRegistration} registration
 * @property {() => Promise<void>} skipWaiting
 * @property {(name: string, heed: (event: any) => void) => void} addEventListener
 */

const NAMES = "parley-offline-";

const worker = /** @type {Worker} */ (/** @type {unknown} */ (self));
const kept = worker.KEPT;

/** Whether the last page could not be had: only then its parts come from here. */
let away = false;

/** Without cookies, as nobody in particular sees them. */
async function keep() {
  const cache = await caches.open(kept.name);
  const wanted = [kept.page, ...kept.parts];
  await cache.addAll(
    wanted.map((url) => new Request(url, { credentials: "omit", cache: "reload" })),
  );
  await worker.skipWaiting();
}

async function tidy() {
  for (const name of await caches.keys()) {
    if (name.startsWith(NAMES) && name !== kept.name) await caches.delete(name);
  }
  await worker.registration.navigationPreload?.enable();
}

/** @param {string} url */
async function found(url) {
  return await caches.match(url, { cacheName: kept.name });
}

/** @param {FetchEvent} event */
async function page(event) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    away = false;
    return answer;
  } catch {
    away = true;
    return (await found(kept.page)) ?? Response.error();
  }
}

/** @param {Request} request */
async function part(request) {
  return (await found(request.url)) ?? (await fetch(request));
}

worker.addEventListener("install", (/** @type {InstallEvent} */ event) => {
  // The call has many parts, and none of them waits for us where browsers can be told so.
  const call = { condition: { urlPattern: "/static/js/call/*" }, source: "network" };
  event.waitUntil(Promise.all([event.addRoutes?.(call), keep()]));
});
worker.addEventListener("activate", (/** @type {LifeEvent} */ event) => event.waitUntil(tidy()));
worker.addEventListener("fetch", (/** @type {FetchEvent} */ event) => {
  const { request } = event;
  // What was typed into a form is the browser's to send again.
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (away && kept.parts.includes(new URL(request.url).pathname)) {
    event.respondWith(part(request));
  }
});
