// Rooms of four, and how they fill.

import { Member } from "./member.js";
import { BEAT_MS, SPEAKERS, tails } from "./speakers.js";

/** @typedef {import("./member.js").Books} Books */
/** @typedef {import("./main.js").Job} Job */

export const PEOPLE = 4;
/** So many connect at once in a storm. */
const ARRIVING = 64;
const BEATS = 100;

export class Room {
  /** By the id that the server gave them. @type {Map<string, Member>} */
  inside = new Map();
  /** @type {Member[]} */
  members = [];
}

export class House {
  /** @type {Room[]} */
  rooms = [];
  /** @type {Member[]} */
  members = [];
  /** @type {NodeJS.Timeout | null} */
  #heart = null;

  /**
   * @param {Job} job
   * @param {Books} books
   */
  constructor(job, books) {
    this.job = job;
    this.books = books;
    const speaker = SPEAKERS[job.speaker];
    if (speaker === undefined) throw new Error(`Nobody speaks ${job.speaker}`);
    const said = tails(speaker);
    job.places.forEach((place, index) => {
      if (index % PEOPLE === 0) this.rooms.push(new Room());
      const room = /** @type {Room} */ (this.rooms.at(-1));
      const member = new Member(index, room, place, speaker, said, books);
      room.members.push(member);
      this.members.push(member);
    });
    if (speaker.beat !== null) this.#beat(speaker.beat);
  }

  /** @param {(member: Member) => void} say */
  #beat(say) {
    let turn = 0;
    this.#heart = setInterval(() => {
      for (let index = turn; index < this.members.length; index += BEATS) {
        const member = /** @type {Member} */ (this.members[index]);
        if (member.id !== "") say(member);
      }
      turn = (turn + 1) % BEATS;
    }, BEAT_MS / BEATS);
  }

  /**
   * Neighbours of a room are served by different processes, if there are several.
   * @param {Member} member
   */
  enter(member) {
    const { ports, origin } = this.job;
    const port = /** @type {number} */ (ports[member.index % ports.length]);
    return member.connect(port, origin);
  }

  /** Everybody comes, one after the other in each room. */
  async fill() {
    const waiting = [...this.rooms];
    const arrive = async () => {
      for (let room = waiting.shift(); room !== undefined; room = waiting.shift())
        for (const member of room.members) await this.enter(member);
    };
    await Promise.all(Array.from({ length: ARRIVING }, arrive));
    // Who was inside has to hear of the last newcomer too.
    while (this.members.some((member) => member.known.size < PEOPLE - 1)) await turn();
  }

  empty() {
    if (this.#heart !== null) clearInterval(this.#heart);
    for (const member of this.members) member.leave();
  }
}

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One turn of the event loop. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));
