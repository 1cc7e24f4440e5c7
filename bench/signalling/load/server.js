// What the kernel says of the servers: CPU time and memory of whole process groups.

import { readdirSync, readFileSync } from "node:fs";

const TICKS = 100;
const PAGE_KB = 4;

/** @param {string} pid */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It has ended since the folder was read.
    return null;
  }
}

/** @param {number[]} groups */
function* members(groups) {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const fields = stat(pid);
    if (fields !== null && groups.includes(Number(fields[2]))) yield { pid, fields };
  }
}

/**
 * Seconds of CPU, those of children that ended included.
 * @param {number[]} groups
 */
export function cpuSeconds(groups) {
  let ticks = 0;
  for (const { fields } of members(groups))
    for (const field of fields.slice(11, 15)) ticks += Number(field);
  return ticks / TICKS;
}

/**
 * Resident memory in kB.
 * @param {number[]} groups
 */
export function residentKb(groups) {
  let pages = 0;
  for (const { pid } of members(groups))
    pages += Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]);
  return pages * PAGE_KB;
}
