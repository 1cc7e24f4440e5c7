import { readFileSync } from "node:fs";

/**
 * What real browsers reported of one connection between them, two seconds apart: Chromium 156, which shares a screen
 * with sound, and Firefox 153, which shares none.
 *
 * @param {"chromium"|"firefox"} browser
 * @returns {RTCStatsReport[]}
 */
export function recorded(browser) {
  const path = new URL(`reports/${browser}.json`, import.meta.url);
  const looks = /** @type {Record<string, any>[][]} */ (JSON.parse(readFileSync(path, "utf-8")));
  return looks.map(reportOf);
}

/**
 * @param {Record<string, any>[]} parts
 * @returns {RTCStatsReport}
 */
export function reportOf(parts) {
  return /** @type {any} */ (new Map(parts.map((part) => [part.id, part])));
}
