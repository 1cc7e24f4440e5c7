import { tabStorage } from "../memory.js";

/**
 * The room has another link than the one that the page was opened by: what is asked from now on, and a page loaded
 * anew, goes by that.
 *
 * @param {import("../state.js").PageData} page Its addresses are changed.
 * @param {string} link
 */
export function moveTo(page, link) {
  const { room } = page;
  const old = room.link;
  /** @param {string} address */
  const moved = (address) => address.replace(`/${old}/`, `/${link}/`);
  for (const name of /** @type {const} */ ([
    "socket",
    "ticketUrl",
    "leftUrl",
    "qrUrl",
    "roomUrl",
  ])) {
    page[name] = moved(page[name]);
  }
  Object.assign(room, { link, url: moved(room.url) });
  history.replaceState(history.state, "", moved(location.href));
  remember(old, link);
}

/**
 * What the tab knows of the room is found by its link.
 *
 * @param {string} old
 * @param {string} link
 */
function remember(old, link) {
  const storage = tabStorage();
  const known = storage?.getItem(`parley:${old}`);
  if (!storage || !known) return;
  storage.removeItem(`parley:${old}`);
  try {
    storage.setItem(`parley:${link}`, known);
  } catch {
    // The storage is full: a reload then begins at the door.
  }
}
