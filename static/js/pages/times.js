/**
 * Says each `<time data-part="moment">` as the reader's own clock and calendar do, and what day it is there. One that
 * stands within a sentence has `data-within`.
 */

/** Dates in the words of the pages: 20 November, 18:30. */
const language = "en-GB";
const DAY_MS = 86_400_000;

/** @param {Date} moment Its day as a number, to compare days with. */
function dayOf(moment) {
  return Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate()) / DAY_MS;
}

/**
 * @param {Date} moment
 * @param {Date} now
 */
function words(moment, now) {
  const time = moment.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  const away = dayOf(moment) - dayOf(now);
  const named = ["Today", "Tomorrow"][away];
  if (named) return `${named} at ${time}`;
  const year = moment.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const day = moment.toLocaleDateString(language, { day: "numeric", month: "long", year });
  return `${day} at ${time}`;
}

const now = new Date();
for (const each of document.querySelectorAll('[data-part="moment"]')) {
  const time = /** @type {HTMLTimeElement} */ (each);
  const said = words(new Date(time.dateTime), now);
  time.textContent =
    "within" in time.dataset ? said.slice(0, 1).toLowerCase() + said.slice(1) : said;
}
for (const each of document.querySelectorAll('[data-part="today"]')) {
  const field = /** @type {HTMLInputElement} */ (each);
  field.value = new Date(dayOf(now) * DAY_MS).toISOString().slice(0, 10);
}
