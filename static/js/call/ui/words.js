/**
 * Every sentence the call makes from facts. No DOM.
 *
 * @typedef {import("../state.js").Person} Person
 */

/** How long a lost person is said to come back by themselves, in milliseconds. */
export const PATIENCE_MS = 30_000;
/** So long nothing is said of a path to somebody whom the server has: by then a search for another has failed. */
const SEARCH_MS = 7000;

/**
 * First letters of the first two words of a name.
 *
 * @param {string} name
 */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean).slice(0, 2);
  return words.map((word) => (Array.from(word)[0] ?? "").toLocaleUpperCase()).join("");
}

/**
 * A name in two: what a narrow tile keeps, and the rest with its space in front.
 *
 * @param {string} name
 * @returns {[string, string]}
 */
export function splitName(name) {
  const [first = "", ...rest] = name.split(/\s+/).filter(Boolean);
  return [first, rest.length > 0 ? ` ${rest.join(" ")}` : ""];
}

/**
 * "Amara", "Amara and Tomas", "Amara, Tomas and 3 others".
 *
 * @param {string[]} names
 */
export function listNames(names) {
  if (names.length > 3) return `${names.slice(0, 2).join(", ")} and ${names.length - 2} others`;
  const before = names.slice(0, -1).join(", ");
  return [before, names.at(-1) ?? ""].filter(Boolean).join(" and ");
}

/**
 * Who is inside, said at the door.
 *
 * @param {string[]} names
 * @param {boolean} [lobby] Whether a host lets people in: those who would wait are told no names.
 */
export function hereWords(names, lobby = false) {
  if (names.length === 0) return lobby ? "A host lets people in here" : "Nobody is there yet";
  return `${listNames(names)} ${names.length === 1 ? "is" : "are"} there`;
}

/**
 * What keeps somebody at the door, or null.
 *
 * @param {object} door
 * @param {boolean} door.full
 * @param {boolean} door.locked
 * @param {boolean} door.tried Whether they wanted in meanwhile.
 * @returns {{title: string, text: string}|null}
 */
export function barWords({ full, locked, tried }) {
  if (locked) {
    const text = "Nobody new comes in just now, hosts excepted. Ask one of them to open it.";
    return { title: `The room is ${tried ? "still " : ""}locked`, text };
  }
  if (!full) return null;
  const text = "Press Join to wait here: you come in when somebody leaves.";
  return { title: "The room is full", text };
}

/**
 * What to do with the link, said to somebody who is alone.
 *
 * @param {import("../state.js").Access} access
 */
export function aloneWords(access) {
  if (access === "invited") {
    return "This room is for invited people: the link alone opens nothing for others.";
  }
  return `Send the link. Whoever opens it${access === "signed-in" ? " and is logged in" : ""} appears beside you.`;
}

/**
 * How many wait in front.
 *
 * @param {number} ahead
 */
export function aheadWords(ahead) {
  if (ahead === 0) return "You are the next.";
  return ahead === 1 ? "One person waits before you." : `${ahead} people wait before you.`;
}

/**
 * Running time as 12:04 or 1:02:03.
 *
 * @param {number} milliseconds
 */
export function runningTime(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const pad = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const rest = `${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/**
 * What a person's tile says instead of their picture, or null where all is well.
 *
 * @param {Pick<Person, "name"|"connection"|"lostSince"|"cut">} person
 * @param {number} now Milliseconds since 1970.
 * @param {boolean} [hasOthers] Whether anybody else is in the call.
 * @param {boolean} [isServed] Whether the server, which this page hears, has them.
 * @returns {{title: string, text: string}|null}
 */
export function troubleWords(person, now, hasOthers = true, isServed = false) {
  const [first] = splitName(person.name);
  const waited = person.lostSince === null ? 0 : now - person.lostSince;
  if (person.cut) {
    return {
      title: `The path to ${first} is lost`,
      text: "The server is away as well. We go on trying.",
    };
  }
  if (
    person.connection === "unreachable" ||
    (person.connection === "lost" && waited > PATIENCE_MS)
  ) {
    const text = hasOthers ? "The others still can hear you." : "We keep trying.";
    return { title: `We cannot reach ${first}`, text };
  }
  if (person.connection === "lost" && !(isServed && waited < SEARCH_MS)) {
    return { title: `Connecting to ${first} again…`, text: "The picture comes back by itself." };
  }
  return null;
}
