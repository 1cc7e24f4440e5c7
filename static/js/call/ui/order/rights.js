/**
 * Who may do what in the call, as far as the page offers it. The server decides; what it would refuse is not shown. A
 * test holds this to rooms/rights.py.
 *
 * @typedef {import("../../state.js").Role} Role
 * @typedef {import("../../messages.js").Order["type"]|"report"} Act By the name of its message.
 */

/** @type {Readonly<Record<Role, number>>} */
const RANKS = Object.freeze({ guest: 0, member: 1, "co-host": 2, owner: 3 });

/** @type {Readonly<Record<Act, Role>>} The least role for each. */
export const LEAST = Object.freeze({
  report: "guest",
  admit: "co-host",
  refuse: "co-host",
  mute: "co-host",
  ask: "co-host",
  allow: "co-host",
  remove: "co-host",
  rename: "co-host",
  spotlight: "co-host",
  lock: "co-host",
  lobby: "co-host",
  end: "co-host",
  "go-on": "co-host",
  promote: "owner",
  transfer: "owner",
});

/** Only to somebody of a lower role than one's own. */
const ON_LOWER = ["allow", "remove", "rename", "promote"];
const NOT_ON_OWNER = ["mute"];

/**
 * @param {Role} role
 * @param {Act} act
 * @param {Role} [on] Of whom it is done to.
 */
export function may(role, act, on) {
  if (RANKS[role] < RANKS[LEAST[act]]) return false;
  if (on === undefined) return true;
  if (ON_LOWER.includes(act)) return RANKS[on] < RANKS[role];
  return !(NOT_ON_OWNER.includes(act) && on === "owner");
}

/** @param {Role} role */
export function isHost(role) {
  return RANKS[role] >= RANKS["co-host"];
}
