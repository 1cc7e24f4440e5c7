/**
 * Every message of docs/protocol.md: its type for tsc, and one check each that what came over the wire has it.
 *
 * @typedef {import("./state.js").Slots} Slots
 * @typedef {import("./state.js").Role} Role
 * @typedef {import("./state.js").Access} Access
 * @typedef {{name: string, limit: number, keepsChat: boolean, relayOnly: boolean, access: Access, locked: boolean,
 *   lobby: boolean, forbidden: Power[]}} RoomFacts
 * @typedef {{candidate: string, sdpMid: string, usernameFragment: string}} Candidate
 * @typedef {"microphone"|"camera"|"screen"|"chat"} Power What a host may forbid.
 * @typedef {"microphone"|"camera"|"screen"} HostSlot What a host may turn off.
 * @typedef {{seat: string, instance: string, since: number, name: string, picture: string, role: Role, guest: boolean,
 *   lookalike: boolean, forbidden: Power[], held: HostSlot[], answersOnly: boolean, away: boolean, version: number,
 *   slots: Slots}} Someone A person of the roster.
 * @typedef {{name: string, picture: string}} Named Somebody inside, as seen from the door.
 *
 * @typedef {{type: "state", version: number, slots: Slots}} StateMessage
 * @typedef {{type: "chat", id: string, count: number, text: string, at: number}} ChatFact
 * @typedef {{type: "chat-ack", id: string}} ChatAckFact
 * @typedef {{width: number, height: number, rate: number}} View Device pixels and pictures a second; width 0: not shown.
 * @typedef {{type: "views", camera: View, screen: View}} Views
 * @typedef {{type: "keyframe", slot: "camera"|"screen"}} KeyframeWish
 * @typedef {{seat: string, state: import("./state.js").ConnectionState, path: ""|"host"|"srflx"|"prflx"|"relay",
 *   protocol: ""|"udp"|"tcp"|"tls", rtt: number, loss: number}} Link
 * @typedef {{type: "links", links: Link[]}} Links
 * @typedef {{type: "signal", signal: Signal}|{type: "relay", to: string, signal: Signal}
 *   |{type: "relayed", from: string, signal: Signal}} CarriedSignal
 * @typedef {StateMessage|ChatFact|ChatAckFact|Views|KeyframeWish|Links|CarriedSignal} PeerMessage What two browsers say
 *   to each other.
 *
 * @typedef {{type: "offer"|"answer", epoch: number, number: number, sdp: string}} Description
 * @typedef {{type: "candidates", epoch: number, number: number, candidates: Candidate[]}} Candidates
 * @typedef {{type: "restart", epoch: number, kind: "ice"|"connection"}} Restart
 * @typedef {{turn: "none"|"ok"|"refused"|"unreachable"|"unknown", udp: "ok"|"blocked"|"unknown"}} Findings Of a search.
 * @typedef {{type: "diagnosis", epoch: number} & Findings} Diagnosis
 * @typedef {Description|Candidates|Restart|Diagnosis} Signal What concerns one pair's connection, without its address.
 *
 * @typedef {{type: "hello", protocol: 4, instance: string, ticket: string}
 *   |{type: "hello", protocol: 4, instance: string, resume: string}} Hello
 * @typedef {{type: "join", name: string, version: number, slots: Slots, answersOnly?: boolean}} Join
 * @typedef {{type: "chat", id: string, count: number, text: string, at: number, to?: string[]}} SentChat
 * @typedef {Hello|Join|{type: "leave"}|StateMessage|(Signal & {to: string})|SentChat
 *   |{type: "chat-ack", to: string, id: string}|{type: "chat-history", after: number}
 *   |{type: "ping", heard: number}|{type: "unheard", seats: string[]}|Order|Report} ClientMessage
 * @typedef {{type: "admit"|"refuse", seats: string[]}|{type: "mute", slot: HostSlot, seats?: string[]}
 *   |{type: "ask", to: string, slot: "microphone"|"camera"}
 *   |{type: "allow", power: Power, allowed: boolean, to?: string}
 *   |{type: "remove", to: string, ban: boolean, reason: string}|{type: "rename", to: string, name: string}
 *   |{type: "spotlight", seat: string}|{type: "lock", locked: boolean}|{type: "lobby", lobby: boolean}
 *   |{type: "end", seconds: number}|{type: "go-on"}
 *   |{type: "promote", to: string, role: "co-host"|"member"|"guest"}|{type: "transfer", to: string}} Order For hosts.
 * @typedef {"abuse"|"hate"|"nudity"|"spam"|"impersonation"|"recording"|"other"} ReportReason
 * @typedef {{type: "report", reason: ReportReason, words: string, to?: string}} Report
 *
 * @typedef {{type: "door", room: RoomFacts, people: Named[], full: boolean}} Door
 * @typedef {{type: "waiting", ahead: number}} Waiting
 * @typedef {{type: "welcome", seat: string, since: number, name: string, picture: string, role: Role, resume: string,
 *   room: RoomFacts, link: string, people: Someone[], iceServers: RTCIceServer[], iceExpires: number, chatNumber: number,
 *   partial: boolean, forbidden: Power[], held: HostSlot[], spotlight: string, ending: number}} Welcome
 * @typedef {{seat: string, name: string, picture: string, guest: boolean, lookalike: boolean, since: number}} Knocker
 * @typedef {{type: "peer-revoked", seat: string, reason: "removed"|"revoked"}} PeerRevoked
 * @typedef {{seat: string, name: string, role: Role, lookalike: boolean, forbidden: Power[], held: HostSlot[]}} Standing
 * @typedef {{type: "peer-asks", from: string, slot: "microphone"|"camera"}} PeerAsks
 * @typedef {{type: "knocks", people: Knocker[]}} Knocks
 * @typedef {{type: "spotlit", seat: string}} Spotlit
 * @typedef {{type: "ending", at: number, name: string}} Ending At 0: the call goes on.
 * @typedef {{type: "announcement", text: string}} Announcement Of the people who run the site.
 * @typedef {PeerAsks|Knocks|Spotlit|Ending|Announcement|{type: "reported"}} OrderNews
 * @typedef {{type: "peer-joined", person: Someone}} PeerJoined
 * @typedef {{type: "peer-left", seat: string, reason: "left"|"closed"|"lost"}} PeerLeft
 * @typedef {{type: "peer-away", seat: string, away: boolean}} PeerAway
 * @typedef {{type: "peer-state", from: string, version: number, slots: Slots}} PeerState
 * @typedef {{type: "peer-offer"|"peer-answer", from: string, epoch: number, number: number, sdp: string}
 *   |{type: "peer-candidates", from: string, epoch: number, number: number, candidates: Candidate[]}
 *   |{type: "peer-restart", from: string, epoch: number, kind: "ice"|"connection"}
 *   |({type: "peer-diagnosis", from: string, epoch: number} & Findings)} PeerSignal
 * @typedef {{type: "peer-chat", from: string, name: string, id: string, count: number, number: number, text: string,
 *   at: number}} PeerChat
 * @typedef {{type: "peer-chat-ack", from: string, id: string}} PeerChatAck
 * @typedef {{number: number, id: string, name: string, text: string, at: number, own: boolean}} KeptChat
 * @typedef {{type: "chat-page", messages: KeptChat[], more: boolean}} ChatPage
 * @typedef {{type: "room-changed", room: RoomFacts}} RoomChanged
 * @typedef {{type: "error", code: string, message: string, about?: string, to?: string}} ErrorMessage
 * @typedef {Door|Waiting|Welcome|PeerJoined|PeerLeft|PeerAway|PeerState|PeerSignal|PeerChat|PeerChatAck|ChatPage|RoomChanged
 *   |PeerRevoked|({type: "peer-standing"} & Standing)|OrderNews|{type: "knocking"}|{type: "turned-away"}
 *   |{type: "pong"}|{type: "resync"}|{type: "restarting", after: number}|ErrorMessage} ServerMessage
 */
import { flag, list, matching, natural, object, oneOf, optional, text } from "../lib/shape.js";

/** The version of docs/protocol.md that is spoken here. */
export const PROTOCOL = 4;

/** The longest frame in bytes, in either direction, over the server or a data channel. */
export const FRAME_BYTES = 65_536;

/** No date is later than this (ECMA-262, 21.4.1.1). */
const END_OF_TIME = 8.64e15;

/** The longest chat message in characters. */
export const CHAT_CHARACTERS = 4000;

const id = matching(/^[A-Za-z0-9_-]{1,32}$/);
const chatId = matching(/^[A-Za-z0-9_-]{1,64}$/);
const name = text(240, 1);
const words = text(2 * CHAT_CHARACTERS, 1);
const token = text(4096, 1);
const sdp = text(49_152);
/** @type {import("../lib/shape.js").Check} */
const moment = (value) => natural(value) && Number(value) <= END_OF_TIME;
/** Of this very site, or none: no page loads what somebody else names. */
export const isPicture = matching(/^(?:\/accounts\/pictures\/[0-9a-f]{32}\.webp)?$/);
const role = oneOf("owner", "co-host", "member", "guest");
const onOff = oneOf("on", "off");
const slots = object({
  microphone: oneOf("on", "muted", "off"),
  camera: onOff,
  screen: onOff,
  screenAudio: onOff,
});
const powers = list(oneOf("microphone", "camera", "screen", "chat"), 4);
const hostSlots = list(oneOf("microphone", "camera", "screen"), 3);
const room = object({
  name: text(240),
  limit: natural,
  keepsChat: flag,
  relayOnly: flag,
  access: oneOf("anyone", "signed-in", "invited"),
  locked: flag,
  lobby: flag,
  forbidden: powers,
});
const person = object({
  seat: id,
  instance: id,
  since: natural,
  name,
  picture: isPicture,
  role,
  guest: flag,
  lookalike: flag,
  forbidden: powers,
  held: hostSlots,
  answersOnly: flag,
  away: flag,
  version: natural,
  slots,
});
const knocker = object({
  seat: id,
  name,
  picture: isPicture,
  guest: flag,
  lookalike: flag,
  since: natural,
});
const iceServer = object({
  urls: list(text(512, 1), 16, 1),
  username: optional(text(512)),
  credential: optional(text(512)),
});
const candidate = object({
  candidate: text(1024),
  sdpMid: text(32),
  usernameFragment: text(256),
});
const keptChat = object({
  number: natural,
  id: chatId,
  name: text(240),
  text: words,
  at: moment,
  own: flag,
});

const type = text(32, 1);
const state = { type, version: natural, slots };
const chat = { type, id: chatId, count: natural, text: words, at: moment };
const description = { type, epoch: natural, number: natural, sdp };
const candidates = { type, epoch: natural, number: natural, candidates: list(candidate, 40, 1) };
const restart = { type, epoch: natural, kind: oneOf("ice", "connection") };
const diagnosis = {
  type,
  epoch: natural,
  turn: oneOf("none", "ok", "refused", "unreachable", "unknown"),
  udp: oneOf("ok", "blocked", "unknown"),
};

/** @typedef {Map<string, import("../lib/shape.js").Check>} Table */

/**
 * @param {Record<string, Record<string, import("../lib/shape.js").Check>>} shapes
 * @returns {Table}
 */
function table(shapes) {
  return new Map(Object.entries(shapes).map(([key, fields]) => [key, object(fields)]));
}

/**
 * @param {number} most
 * @returns {import("../lib/shape.js").Check}
 */
const upTo = (most) => (value) => natural(value) && Number(value) <= most;

const SIGNAL = table({
  offer: description,
  answer: description,
  candidates,
  restart,
  diagnosis,
});
/** @type {import("../lib/shape.js").Check} */
const signal = (value) => SIGNAL.get(/** @type {any} */ (value)?.type)?.(value) ?? false;
const view = object({ width: upTo(16_384), height: upTo(16_384), rate: upTo(120) });
const link = object({
  seat: id,
  state: oneOf("connecting", "connected", "lost", "unreachable"),
  path: oneOf("", "host", "srflx", "prflx", "relay"),
  protocol: oneOf("", "udp", "tcp", "tls"),
  rtt: upTo(60_000),
  loss: upTo(1000),
});

const PEER = table({
  state,
  chat,
  "chat-ack": { type, id: chatId },
  views: { type, camera: view, screen: view },
  keyframe: { type, slot: oneOf("camera", "screen") },
  signal: { type, signal },
  relay: { type, to: id, signal },
  relayed: { type, from: id, signal },
  links: { type, links: list(link, 32) },
});

const SERVER = table({
  door: { type, room, people: list(object({ name, picture: isPicture }), 64), full: flag },
  waiting: { type, ahead: natural },
  welcome: {
    type,
    seat: id,
    since: natural,
    name,
    picture: isPicture,
    role,
    resume: token,
    room,
    link: matching(/^[a-z0-9-]{1,64}$/),
    people: list(person, 64),
    iceServers: list(iceServer, 32),
    iceExpires: natural,
    chatNumber: natural,
    partial: flag,
    forbidden: powers,
    held: hostSlots,
    spotlight: text(32),
    ending: natural,
  },
  knocking: { type },
  "turned-away": { type },
  "peer-joined": { type, person },
  "peer-left": { type, seat: id, reason: oneOf("left", "closed", "lost") },
  "peer-revoked": { type, seat: id, reason: oneOf("removed", "revoked") },
  "peer-standing": {
    type,
    seat: id,
    name,
    role,
    lookalike: flag,
    forbidden: powers,
    held: hostSlots,
  },
  "peer-asks": { type, from: id, slot: oneOf("microphone", "camera") },
  knocks: { type, people: list(knocker, 64) },
  spotlit: { type, seat: text(32) },
  ending: { type, at: moment, name: text(240) },
  announcement: { type, text: text(1000, 1) },
  reported: { type },
  "peer-away": { type, seat: id, away: flag },
  "peer-state": { ...state, from: id },
  "peer-offer": { ...description, from: id },
  "peer-answer": { ...description, from: id },
  "peer-candidates": { ...candidates, from: id },
  "peer-restart": { ...restart, from: id },
  "peer-diagnosis": { ...diagnosis, from: id },
  "peer-chat": { ...chat, from: text(32), name: text(240), number: natural },
  "peer-chat-ack": { type, from: id, id: chatId },
  "chat-page": { type, messages: list(keptChat, 1000), more: flag },
  "room-changed": { type, room },
  pong: { type },
  resync: { type },
  restarting: { type, after: natural },
  error: {
    type,
    code: text(64, 1),
    message: text(1024),
    about: optional(text(64)),
    to: optional(text(32)),
  },
});

/**
 * @param {string} frame
 * @param {Table} known
 */
function parse(frame, known) {
  if (frame.length > FRAME_BYTES) return null;
  try {
    const value = JSON.parse(frame);
    return known.get(value?.type)?.(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * @param {string} frame
 * @returns {ServerMessage|null} Null for anything that is not a message of the server.
 */
export function parseServer(frame) {
  return parse(frame, SERVER);
}

/**
 * @param {string} frame
 * @returns {PeerMessage|null} Null for anything that is not a message between browsers.
 */
export function parsePeer(frame) {
  return parse(frame, PEER);
}
