/**
 * What is said when something changed that its person did not do. No DOM.
 *
 * @typedef {import("../../state.js").CallState} CallState
 * @typedef {import("../../messages.js").Power} Power
 * @typedef {object} Facts
 * @property {import("../../state.js").Role} role
 * @property {readonly Power[]} forbidden
 * @property {boolean} locked
 * @property {boolean} lobby
 * @property {string} large Who is shown large to everybody: a name, "you", or nobody.
 */

/** @type {Readonly<Record<import("../../state.js").Role, string>>} */
const ROLES = Object.freeze({
  owner: "This room is yours now.",
  "co-host": "You are a co-host now.",
  member: "You are a member of this room now.",
  guest: "You are a guest in this room now.",
});

/** @type {Readonly<Record<Power, [string, string]>>} Taken away, and given back. */
const POWERS = Object.freeze({
  microphone: ["The host keeps you muted for now.", "You may speak again."],
  camera: ["The host does not allow your camera for now.", "You may show your camera again."],
  screen: ["The host does not allow you to share your screen.", "You may share your screen again."],
  chat: ["The host does not allow you to write for now.", "You may write again."],
});

const LOCKED = {
  yes: "The room is locked: nobody new comes in.",
  no: "The room is open again.",
};
const LOBBY = {
  yes: "Whoever comes waits outside now until a host lets them in.",
  no: "Whoever comes walks in by themselves now.",
};

/**
 * @param {CallState} state
 * @returns {Facts}
 */
export function factsOf({ own, room, order, people }) {
  const { spotlight } = order;
  const name = people.find(({ seat }) => seat === spotlight)?.name ?? "";
  return {
    role: own.role,
    forbidden: own.forbidden,
    locked: room.locked,
    lobby: room.lobby,
    large: spotlight !== "" && spotlight === own.seat ? "you" : name,
  };
}

/**
 * @param {Facts} before
 * @param {Facts} now
 * @returns {string[]} Sentences.
 */
export function newsOf(before, now) {
  const taken = now.forbidden.filter((power) => !before.forbidden.includes(power));
  const given = before.forbidden.filter((power) => !now.forbidden.includes(power));
  return [
    now.role === before.role ? "" : ROLES[now.role],
    ...taken.map((power) => POWERS[power][0]),
    ...given.map((power) => POWERS[power][1]),
    now.locked === before.locked ? "" : now.locked ? LOCKED.yes : LOCKED.no,
    now.lobby === before.lobby ? "" : now.lobby ? LOBBY.yes : LOBBY.no,
    now.large === before.large ? "" : largeWords(now.large),
  ].filter(Boolean);
}

/** @param {string} name */
function largeWords(name) {
  if (name === "you") return "You are shown large to everyone.";
  return name && `${name} is shown large to everyone.`;
}
