// How each server wants to be spoken to: five protocols, one meaning.

import { readFileSync } from "node:fs";
import { Tail } from "./wire.js";

/** @typedef {import("./member.js").Member} Member */
/** @typedef {"offer" | "answer" | "candidates" | "candidate"} Kind */

/** @typedef {{ link: string, ticket: string, cookie: string, instance: string }} Place */

/**
 * @typedef {object} Speaker
 * @property {(member: Member) => string} path
 * @property {(member: Member) => void} opened what is said first
 * @property {(member: Member, text: Buffer) => boolean} heard a frame that is no signal; is it known?
 * @property {(to: string, kind: Kind, epoch: number, number: number) => string} head up to the body
 * @property {string} end what follows the body
 * @property {((member: Member) => void) | null} beat said every BEAT_MS
 * @property {boolean} roster does the server say who is in the room?
 */

export const BEAT_MS = 5000;
/** A client of Parley says what it has heard when so much has come. */
const HEARD_CHARACTERS = 65_536;

const recorded = JSON.parse(readFileSync(new URL("../bodies.json", import.meta.url), "utf8"));

/** @param {unknown} value */
const inner = (value) => JSON.stringify(value).slice(1, -1);
const SDP = ',"sdp":';

/** The rest of a message from where its own fields begin. */
const BODIES = {
  offer: [`${SDP}${JSON.stringify(recorded.offer)}`],
  answer: [`${SDP}${JSON.stringify(recorded.answer)}`],
  candidates: [recorded.offererCandidates, recorded.answererCandidates].map(
    (lines) => `,"candidates":${JSON.stringify(lines)}`,
  ),
  candidate: [...recorded.offererCandidates, ...recorded.answererCandidates].map(
    (line) => `,${inner(line)}`,
  ),
};

/** @typedef {Record<Kind, Tail[]>} Tails */

/**
 * @param {Speaker} speaker
 * @returns {Tails}
 */
export function tails(speaker) {
  // Servers may write candidates in other words, descriptions they may not.
  /** @param {Kind} kind */
  const of = (kind) =>
    BODIES[kind].map(
      (body) => new Tail(body + speaker.end, body.startsWith(SDP) ? SDP.length : undefined),
    );
  return {
    offer: of("offer"),
    answer: of("answer"),
    candidates: of("candidates"),
    candidate: of("candidate"),
  };
}

/** @param {Buffer} text */
const parsed = (text) => JSON.parse(text.toString());

/** @type {Speaker} */
const ws = {
  path: () => "/",
  opened: (member) => member.say(JSON.stringify({ type: "join", room: member.place.link })),
  heard(member, text) {
    const message = parsed(text);
    if (message.type === "welcome") member.welcomed(String(message.id), message.people.map(String));
    else if (message.type === "joined") member.meets(String(message.id));
    return true;
  },
  head: (to, kind, epoch, number) =>
    `{"to":${to},"type":"${kind}","epoch":${epoch},"number":${number}`,
  end: "}",
  beat: null,
  roster: true,
};

/** Engine.IO 4 and Socket.IO 5 over its WebSocket transport alone. @type {Speaker} */
const socketio = {
  path: () => "/socket.io/?EIO=4&transport=websocket",
  opened: () => {},
  heard(member, text) {
    const words = text.toString();
    if (words.startsWith("0")) member.say("40");
    else if (words.startsWith("40")) member.say(`42["join","${member.place.link}"]`);
    else if (words === "2") member.say("3");
    else if (words.startsWith("42")) {
      const [event, message] = JSON.parse(words.slice(2));
      if (event === "welcome") member.welcomed(message.id, message.people);
      else if (event === "joined") member.meets(message.id);
    } else return false;
    return true;
  },
  head: (to, kind, epoch, number) =>
    `42["signal",{"to":"${to}","type":"${kind}","epoch":${epoch},"number":${number}`,
  end: "}]",
  beat: null,
  roster: true,
};

/** @type {Speaker} */
const peerserver = {
  path: ({ place }) =>
    `/peerjs?key=peerjs&id=${place.instance}&token=${place.instance}&version=1.5.5`,
  opened: () => {},
  heard(member, text) {
    const { type } = parsed(text);
    if (type === "OPEN") member.welcomed(member.place.instance, []);
    return type === "OPEN";
  },
  head: (to, kind, epoch, number) =>
    `{"type":"${PEERJS[kind]}","dst":"${to}","payload":{"kind":"${kind}","epoch":${epoch},"number":${number}`,
  end: "}}",
  beat: (member) => member.say('{"type":"HEARTBEAT"}'),
  roster: false,
};
const PEERJS = {
  offer: "OFFER",
  answer: "ANSWER",
  candidates: "CANDIDATE",
  candidate: "CANDIDATE",
};

/** @type {Speaker} */
const tutorial = {
  path: ({ place }) => `/ws/rooms/${place.link}/`,
  opened: (member) => member.say('{"type":"join"}'),
  heard(member, text) {
    const message = parsed(text);
    if (message.type === "welcome") member.welcomed(message.id, []);
    else member.meets(message.id);
    return true;
  },
  head: (to, kind, epoch, number) =>
    `{"to":"${to}","type":"${kind}","epoch":${epoch},"number":${number}`,
  end: "}",
  beat: null,
  roster: true,
};

/** @param {Member} member */
function ping(member) {
  member.unheard = 0;
  member.say(`{"type":"ping","heard":${member.frames}}`);
}

/** Ours, docs/protocol.md. @type {Speaker} */
const parley = {
  path: ({ place }) => `/ws/rooms/${place.link}/`,
  opened({ place, say }) {
    say(`{"type":"hello","protocol":3,"instance":"${place.instance}","ticket":"${place.ticket}"}`);
  },
  heard(member, text) {
    const message = parsed(text);
    if (message.type === "welcome")
      member.welcomed(
        message.seat,
        message.people.map((/** @type {{ seat: string }} */ person) => person.seat),
      );
    else if (message.type === "peer-joined") member.meets(message.person.seat);
    else if (message.type === "door" && member.id === "")
      member.say(
        `{"type":"join","name":"Person ${member.index}","version":1,` +
          '"slots":{"microphone":"on","camera":"on","screen":"off","screenAudio":"off"}}',
      );
    else if (message.type === "error") return false;
    return true;
  },
  head: (to, kind, epoch, number) =>
    `{"type":"${kind}","to":"${to}","epoch":${epoch},"number":${number}`,
  end: "}",
  beat: ping,
  roster: true,
};

/**
 * Called for every frame that came.
 * @param {Member} member
 * @param {Buffer} text
 */
export function acknowledge(member, text) {
  member.frames += 1;
  member.unheard += text.length;
  if (member.speaker === parley && member.unheard >= HEARD_CHARACTERS) ping(member);
}

/** @type {Record<string, Speaker>} */
export const SPEAKERS = { ws, socketio, peerserver, tutorial, parley };
