/**
 * Sentences about order in the room. No DOM.
 *
 * @typedef {import("../../state.js").Person} Person
 * @typedef {import("../../messages.js").Power} Power
 * @typedef {{title: string, text: string, safe: string, act: string, isHarmful: boolean, field?: string,
 *   value?: string, most?: number}} Question `safe` and `act` are the words of its buttons; `field` labels a line to
 *   write in.
 */
import { splitName } from "../words.js";

const MINUTE_MS = 60_000;
/** A clock that is wrong by more says nothing. */
const LONGEST_WAIT_MS = 12 * 60 * MINUTE_MS;

/** @type {Readonly<Record<Power, string>>} What each power is for, after "may not". */
const POWERS = Object.freeze({
  microphone: "speak",
  camera: "show a camera",
  screen: "share a screen",
  chat: "write",
});

/** @type {Readonly<Record<import("../../state.js").Role, string>>} Who has no account has a badge instead. */
const ROLES = Object.freeze({
  owner: "Owner",
  "co-host": "Co-host",
  member: "Member",
  guest: "Has an account",
});

/**
 * What stands below somebody's name.
 *
 * @param {Pick<Person, "role"|"guest"|"forbidden"> & {connection?: string}} person
 * @param {readonly Power[]} all What the room forbids to all: said once, not of each.
 */
export function standingWords({ role, guest, forbidden, connection }, all) {
  if (connection === "lost") return "Connecting again…";
  const missing = forbidden.filter((power) => !all.includes(power)).map((power) => POWERS[power]);
  const may = missing.length > 0 ? `may not ${alternatives(missing)}` : "";
  const words = [guest ? "" : ROLES[role], may].filter(Boolean).join(", ");
  return words && words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string[]} words "a", "a or b", "a, b or c" */
function alternatives(words) {
  const before = words.slice(0, -1).join(", ");
  return [before, words.at(-1) ?? ""].filter(Boolean).join(" or ");
}

/**
 * How long somebody has stood outside.
 *
 * @param {number} since
 * @param {number} now Both in milliseconds since 1970, of two clocks.
 */
export function outsideWords(since, now) {
  const waited = now - since;
  if (waited < MINUTE_MS || waited > LONGEST_WAIT_MS) return "Waits outside";
  const minutes = Math.floor(waited / MINUTE_MS);
  return `Waits outside, ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/**
 * Said when people begin to wait.
 *
 * @param {string[]} names
 */
export function knockWords(names) {
  if (names.length === 1) return `${names[0]} is waiting`;
  return `${names.length} people are waiting`;
}

/**
 * Until the call ends for everybody. The two clocks may differ: what cannot be is not said.
 *
 * @param {{at: number, name: string}} ending
 * @param {number} now
 */
export function endingWords({ at, name }, now) {
  const seconds = Math.ceil((at - now) / 1000);
  const who = name || "The host";
  if (seconds < 1) return `${who} ends the call for everybody now.`;
  if (seconds > 60) return `${who} ends the call for everybody soon.`;
  return `${who} ends the call for everybody in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
}

/** @param {{name: string, slot: "microphone"|"camera"}} asked */
export function askedWords({ name, slot }) {
  const who = name || "The host";
  return slot === "microphone"
    ? `${who} asks you to unmute.`
    : `${who} asks you to turn your camera on.`;
}

/**
 * Asked before the deeds that others feel, or that cannot be undone.
 *
 * @type {Readonly<Record<"remove"|"ban"|"transfer"|"co-host"|"demote"|"rename", (person: Person) => Question>>}
 */
export const QUESTIONS = Object.freeze({
  remove: ({ name }) => ({
    title: `Remove ${name} from the call?`,
    text: `${first(name)} sees that a host did it, and cannot come back for 12 hours, unless somebody lets them back in on the room’s page.`,
    safe: `Keep ${first(name)} here`,
    act: "Remove",
    isHarmful: true,
    field: `What to tell ${first(name)} (may stay empty)`,
    most: 200,
  }),
  ban: ({ name }) => ({
    title: `Ban ${name} from this room?`,
    text: `${first(name)} leaves the call at once and cannot come back by any link, until a host lifts the ban on the room’s page.`,
    safe: `Keep ${first(name)} here`,
    act: "Ban",
    isHarmful: true,
    field: `What to tell ${first(name)} (may stay empty)`,
    most: 200,
  }),
  transfer: ({ name }) => ({
    title: `Make ${name} the owner of this room?`,
    text: `You stay as a co-host. From then on only ${first(name)} can give the room back to you.`,
    safe: "Keep the room",
    act: "Make owner",
    isHarmful: true,
  }),
  "co-host": ({ name }) => ({
    title: `Make ${name} a co-host?`,
    text: "Co-hosts let people in, mute and remove them, and can end the call. You can take it back.",
    safe: "Leave it as it is",
    act: "Make co-host",
    isHarmful: false,
  }),
  demote: ({ name, role }) =>
    role === "co-host"
      ? {
          title: `Take co-host away from ${name}?`,
          text: `${first(name)} stays a member of this room.`,
          safe: `Keep ${first(name)} as co-host`,
          act: "Take it away",
          isHarmful: true,
        }
      : {
          title: `End the membership of ${name}?`,
          text: `${first(name)} stays in the call as a guest, but may have to wait outside next time. In a room for invited people they have to leave.`,
          safe: `Keep ${first(name)} as member`,
          act: "End membership",
          isHarmful: true,
        },
  rename: ({ name }) => ({
    title: `Change the name of ${name}?`,
    text: "Everybody sees the new name in this call.",
    safe: "Keep the name",
    act: "Change name",
    isHarmful: false,
    field: "New name",
    value: name,
    most: 60,
  }),
});

/** @type {Readonly<Record<"mute-all"|"open-lobby"|"end", Question>>} Of the whole room. */
export const ROOM_QUESTIONS = Object.freeze({
  "mute-all": {
    title: "Mute everyone?",
    text: "Hosts stay as they are. Everyone else can unmute themselves again.",
    safe: "Leave them",
    act: "Mute all",
    isHarmful: false,
  },
  "open-lobby": {
    title: "Close the lobby?",
    text: "Whoever waits outside comes in at once.",
    safe: "Keep the lobby",
    act: "Let everyone in",
    isHarmful: false,
  },
  end: {
    title: "End the call for everyone?",
    text: "Everybody sees a countdown of 10 seconds. Until then a host can take it back. The room stays.",
    safe: "Go on talking",
    act: "End the call",
    isHarmful: true,
  },
});

/** @param {string} name */
function first(name) {
  return splitName(name)[0];
}
