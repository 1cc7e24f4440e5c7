// One person's socket, and the books of what was sent to whom.

import { acknowledge } from "./speakers.js";
import { Wire } from "./wire.js";

/** @typedef {import("./speakers.js").Kind} Kind */
/** @typedef {import("./speakers.js").Place} Place */
/** @typedef {import("./speakers.js").Speaker} Speaker */
/** @typedef {import("./speakers.js").Tails} Tails */
/** @typedef {{ from: Member, to: Member, kind: Kind, epoch: number, number: number }} Signal */

/** Every ordered pair has an epoch of its own: it tells both ends. */
const PAIRS = 4096;
/** Where a signal's fields are, whatever the server put around them. */
const HEAD_BYTES = 320;
const SENDER = /"(?:from|src)": ?"?([^",]+)/;
const KIND = /"(?:type|kind)": ?"(?:peer-)?(offer|answer|candidates?)"/;
const EPOCH = /"epoch": ?(\d+)/;
const NUMBER = /"number": ?(\d+)/;

/** What went wrong, counted. */
export class Books {
  sent = 0;
  arrived = 0;
  bytes = 0;
  doubled = 0;
  misrouted = 0;
  reordered = 0;
  mangled = 0;
  refused = 0;
  closed = 0;
  /** @type {string[]} */
  remarks = [];

  /** @param {string} words */
  remark(words) {
    if (this.remarks.length < 5) this.remarks.push(words);
  }
}

/** One direction of one pair. */
class Direction {
  sent = 0;
  expected = 0;
  /** @type {Set<number>} */
  missing = new Set();
}

export class Member {
  id = "";
  frames = 0;
  unheard = 0;
  joined;
  /** The ids of the others it has been told of. @type {Set<string>} */
  known = new Set();
  /** @type {(signal: Signal) => void} */
  onsignal = () => {};
  /** @type {Wire | null} */
  #wire = null;
  /** @type {Map<number, Direction>} */
  #directions = new Map();
  /** @type {() => void} */
  #isJoined = () => {};
  #ready = false;
  #leaving = false;
  /** How many it has to know before it has joined. */
  #before = 0;

  /**
   * @param {number} index
   * @param {import("./house.js").Room} room
   * @param {Place} place
   * @param {Speaker} speaker
   * @param {Tails} tails
   * @param {Books} books
   */
  constructor(index, room, place, speaker, tails, books) {
    this.index = index;
    this.room = room;
    this.place = place;
    this.speaker = speaker;
    this.tails = tails;
    this.books = books;
    this.joined = /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        this.#isJoined = resolve;
      })
    );
  }

  /**
   * Resolves when it is welcomed and knows everybody who was inside before.
   * @param {number} port
   * @param {string} origin
   */
  connect(port, origin) {
    this.#before = this.room.inside.size;
    const wire = new Wire(port, this.speaker.path(this), {
      Origin: origin,
      Cookie: this.place.cookie,
      "User-Agent":
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
      "Accept-Language": "en-GB,en;q=0.9",
      "Cache-Control": "no-cache",
      Pragma: "no-cache",
    });
    this.#wire = wire;
    wire.onopen = () => this.speaker.opened(this);
    wire.ontext = (text) => this.#hear(text);
    wire.onclose = (code) => {
      if (!this.#leaving) {
        this.books.closed += 1;
        this.books.remark(`closed with ${code}`);
      }
    };
    return this.joined;
  }

  leave() {
    this.#leaving = true;
    this.#wire?.close();
  }

  /** @param {string} words */
  say = (words) => this.#wire?.send(words);

  /**
   * The server has let it in.
   * @param {string} id
   * @param {string[]} people
   */
  welcomed(id, people) {
    this.id = id;
    const { inside } = this.room;
    if (!this.speaker.roster)
      for (const [other, member] of inside) {
        this.meets(other);
        member.meets(id);
      }
    inside.set(id, this);
    for (const each of people) this.meets(each);
    this.#look();
  }

  /**
   * Somebody else is in the room.
   * @param {string} id
   */
  meets(id) {
    this.known.add(id);
    this.#look();
  }

  #look() {
    if (this.#ready || this.id === "" || this.known.size < this.#before) return;
    this.#ready = true;
    this.#isJoined();
  }

  /**
   * @param {Member} to
   * @param {Kind} kind
   * @param {number} [which] of the bodies of this kind
   */
  signal(to, kind, which = 0) {
    const epoch = this.index * PAIRS + to.index;
    const direction = this.#direction(epoch);
    const number = direction.sent;
    direction.sent += 1;
    this.books.sent += 1;
    this.#wire?.send(this.speaker.head(to.id, kind, epoch, number), this.tails[kind][which]);
    return { epoch, number };
  }

  /** @param {number} epoch */
  #direction(epoch) {
    let direction = this.#directions.get(epoch);
    if (direction === undefined) {
      direction = new Direction();
      this.#directions.set(epoch, direction);
    }
    return direction;
  }

  /** @param {Buffer} text */
  #hear(text) {
    acknowledge(this, text);
    const head = text.toString("latin1", 0, HEAD_BYTES);
    const sender = SENDER.exec(head);
    const kind = KIND.exec(head);
    const epoch = EPOCH.exec(head);
    const number = NUMBER.exec(head);
    if (sender && kind && epoch && number)
      this.#took(
        /** @type {string} */ (sender[1]),
        /** @type {Kind} */ (kind[1]),
        Number(epoch[1]),
        Number(number[1]),
        text,
      );
    else if (!this.speaker.heard(this, text)) {
      this.books.refused += 1;
      this.books.remark(text.toString());
    }
  }

  /**
   * @param {string} sender
   * @param {Kind} kind
   * @param {number} epoch
   * @param {number} number
   * @param {Buffer} text
   */
  #took(sender, kind, epoch, number, text) {
    const from = this.room.inside.get(sender);
    const { books } = this;
    books.arrived += 1;
    books.bytes += text.length;
    if (from === undefined || epoch !== from.index * PAIRS + this.index) {
      books.misrouted += 1;
      return;
    }
    this.#account(this.#direction(epoch), number);
    if (!this.tails[kind].some((tail) => tail.ends(text))) books.mangled += 1;
    this.onsignal({ from, to: this, kind, epoch, number });
  }

  /**
   * @param {Direction} direction
   * @param {number} number
   */
  #account(direction, number) {
    if (number === direction.expected) {
      direction.expected += 1;
    } else if (number > direction.expected) {
      for (let each = direction.expected; each < number; each += 1) direction.missing.add(each);
      direction.expected = number + 1;
    } else if (direction.missing.delete(number)) {
      this.books.reordered += 1;
    } else {
      this.books.doubled += 1;
    }
  }
}
