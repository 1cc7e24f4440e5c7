import { isHost, may } from "./rights.js";

/**
 * What a menu offers to do about one person. No DOM.
 *
 * @typedef {import("../../state.js").CallState} CallState
 * @typedef {import("../../state.js").Person} Person
 * @typedef {"mute"|"ask"|"spotlight"|"member"|"co-host"|"transfer"|"rename"|"allow"|"stop-camera"|"stop-share"|"hush"
 *   |"report"|"demote"|"remove"|"ban"} Deed Also the name of its row.
 * @typedef {{deed: Deed, label: string}} Offer
 */

/** Every row that a menu may have, in its order; those from the first harmful one on stand below a rule. */
export const DEEDS = Object.freeze(
  /** @type {const} */ ([
    "mute",
    "ask",
    "spotlight",
    "member",
    "co-host",
    "transfer",
    "rename",
    "allow",
    "hush",
    "stop-camera",
    "stop-share",
    "report",
    "demote",
    "remove",
    "ban",
  ]),
);

/**
 * What somebody is offered about somebody else.
 *
 * @param {CallState} state
 * @param {Person} person
 * @returns {Offer[]}
 */
export function offersOn({ own, order }, person) {
  const { role, slots, guest, seat, forbidden } = person;
  const can = (/** @type {import("./rights.js").Act} */ act) => may(own.role, act, role);
  const asks = can("ask") && slots.microphone === "muted" && !forbidden.includes("microphone");
  const isHushed = order.hushed.includes(seat);
  /** @type {[Deed, boolean, string][]} */
  const rows = [
    ["mute", can("mute") && slots.microphone === "on", "Mute"],
    ["ask", asks, "Ask to unmute"],
    ["spotlight", can("spotlight"), spotlightLabel(order.spotlight === seat)],
    ["member", can("promote") && !guest && role === "guest", "Make member"],
    ["co-host", can("promote") && !guest && role !== "co-host", "Make co-host"],
    ["transfer", can("transfer") && !guest && role !== "owner", "Make owner"],
    ["rename", can("rename") && guest, "Change name"],
    ["allow", can("allow") && !isHost(role), "What they may do"],
    ["hush", true, isHushed ? "Show their messages" : "Hide their messages"],
    ["stop-camera", can("mute") && slots.camera === "on", "Stop camera"],
    ["stop-share", can("mute") && slots.screen === "on", "Stop their share"],
    ["report", can("report"), "Report"],
    ["demote", can("promote") && role !== "guest", demoteLabel(role)],
    ["remove", can("remove"), "Remove from the call"],
    ["ban", can("remove"), "Ban from this room"],
  ];
  return offered(rows);
}

/**
 * What somebody is offered about themselves.
 *
 * @param {CallState} state
 * @returns {Offer[]}
 */
export function offersOnOneself({ own, order }) {
  const isLarge = order.spotlight !== "" && order.spotlight === own.seat;
  return offered([["spotlight", may(own.role, "spotlight"), spotlightLabel(isLarge)]]);
}

/** @param {[Deed, boolean, string][]} rows */
function offered(rows) {
  return rows.filter(([, isOffered]) => isOffered).map(([deed, , label]) => ({ deed, label }));
}

/** @param {boolean} isLarge */
function spotlightLabel(isLarge) {
  return isLarge ? "Stop showing large" : "Show large for everyone";
}

/** @param {import("../../state.js").Role} role */
function demoteLabel(role) {
  return role === "co-host" ? "Take co-host away" : "End membership";
}
