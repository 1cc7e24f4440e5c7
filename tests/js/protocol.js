import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const document = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const [toServer, fromServer] = document.split("## Server → client");

/**
 * @param {string} words
 * @param {string} fence
 * @returns {Record<string, any>[]}
 */
function samples(words, fence) {
  const pattern = new RegExp(`^\`\`\`${fence}\\n(.*?)^\`\`\``, "gms");
  return [...words.matchAll(pattern)].map(([, sample]) => JSON.parse(sample));
}

export const clientSamples = samples(toServer, "json");
export const serverSamples = samples(fromServer, "json");
export const peerSamples = samples(fromServer, "json peer");

/**
 * The message could stand in the document: a sample of its type has the same fields with values of the same types.
 *
 * @param {Record<string, any>} message
 */
export function assertDocumented(message) {
  const shapes = clientSamples.filter(({ type }) => type === message.type).map(shape);
  assert.ok(shapes.includes(shape(message)), `${shape(message)} is none of ${shapes.join(" | ")}`);
}

/** @param {Record<string, any>} message */
function shape(message) {
  return Object.entries(message)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? "list" : typeof value}`)
    .sort()
    .join(", ");
}
