import { Emitter } from "../../lib/emitter.js";
import { ask, NOTHING, patience } from "./policy.js";
import { Speakers } from "./speakers.js";
import { Wanted } from "./wanted.js";

/**
 * @typedef {import("./policy.js").Asked} Asked
 * @typedef {import("./policy.js").Shown} Shown
 * @typedef {import("./policy.js").Tiles} Tiles
 * @typedef {import("../state.js").Person} Person
 * @typedef {import("../state.js").Saving} Saving
 * @typedef {"camera"|"screen"} VideoSlot
 *
 * @typedef {object} Told What one of the others knows of this page's wishes.
 * @property {Asked|null} said On the channel in use; null: nothing yet.
 * @property {number} at When it was said.
 * @property {number} due When the next is to be said.
 * @property {() => void} cancel
 *
 * @typedef {object} ViewsEvents
 * @property {{seat: string}} wanted This one shows our videos in another way now.
 */

/** No pair hears of changed sizes more often than this: a window that is being resized changes with every frame. */
const APART_MS = 250;
/** From one look at who speaks to the next. */
const LOOK_MS = 500;

/**
 * Says to everybody at what size this page shows their videos, and hears at what size they show ours. What becomes
 * visible, or much larger, is said at once; what shrinks or goes is gathered. On a pair's next channel all is said anew.
 *
 * Of many cameras those of the last speakers are asked for (policy.js); people are marked with `rank`, and with `spared`
 * where their tile has to do without the picture.
 *
 * @extends {Emitter<ViewsEvents>}
 */
export class Views extends Emitter {
  #mesh;
  #clock;
  #speakers = new Speakers();
  /** @type {Saving} */
  #saving = "off";
  /** @type {Map<string, Tiles>} */
  #shown = new Map();
  /** @type {Set<string>} Seats whose cameras are not to be shown. */
  #unwatched = new Set();
  /** @type {Map<string, Told>} */
  #told = new Map();
  #wanted;
  #isGathering = false;
  #isLooking = false;
  #stopLooking;
  #end = new AbortController();

  /**
   * @param {Pick<import("../mesh.js").Mesh, "people"|"mark"|"send"|"on">} mesh
   * @param {import("../../lib/clock.js").Clock} clock
   */
  constructor(mesh, clock) {
    super();
    this.#mesh = mesh;
    this.#clock = clock;
    this.#wanted = new Wanted(clock, (seat) => this.emit("wanted", { seat }));
    this.#stopLooking = clock.every(LOOK_MS, () => this.#look());
    const { signal } = this.#end;
    mesh.on("change", () => this.#look(), { signal });
    mesh.on("open", ({ seat }) => this.#opened(seat), { signal });
    mesh.on(
      "message",
      ({ from, message }) => {
        if (message.type === "views") this.#hear(from, message);
      },
      { signal },
    );
  }

  /**
   * How the page shows a video now; what is shown by several calls within a task is said together.
   *
   * @param {string} seat
   * @param {VideoSlot} slot
   * @param {Shown} view Device pixels that can be seen, without what is cut off; `rate` in pictures a second.
   */
  show(seat, slot, view) {
    const before = this.#shown.get(seat) ?? { camera: NOTHING, screen: NOTHING };
    this.#shown.set(seat, { ...before, [slot]: view });
    if (this.#isGathering) return;
    this.#isGathering = true;
    queueMicrotask(() => {
      this.#isGathering = false;
      if (!this.#end.signal.aborted) this.#look();
    });
  }

  /** Says at once what waits: in a hidden tab timers are late. */
  hurry() {
    this.#look();
    for (const [seat, told] of this.#told) if (told.due) this.#say(seat, told);
  }

  /**
   * Whether this person's camera is to be shown here at all; it stays so when they leave and come back.
   *
   * @param {string} seat
   * @param {boolean} watched
   */
  watch(seat, watched) {
    if (watched) this.#unwatched.delete(seat);
    else this.#unwatched.add(seat);
    this.#look();
  }

  /** @param {Saving} saving Whether to ask for as little as will do. */
  spare(saving) {
    if (saving === this.#saving) return;
    this.#saving = saving;
    this.#look();
  }

  /**
   * At what size somebody shows our videos.
   *
   * @param {string} seat
   * @returns {Asked}
   */
  wanted(seat) {
    return this.#wanted.of(seat);
  }

  /**
   * What this page has asked somebody for.
   *
   * @param {string} seat
   * @returns {Asked|null} Null: nothing yet, on the channel in use.
   */
  asked(seat) {
    return this.#told.get(seat)?.said ?? null;
  }

  close() {
    this.#end.abort();
    this.#stopLooking();
    this.#wanted.close();
    for (const { cancel } of this.#told.values()) cancel();
  }

  /** Marking people is a change of the mesh, which is looked at already. */
  #look() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { people } = this.#mesh;
    this.#forget(people);
    for (const { seat, watched } of people) {
      if (watched === this.#unwatched.has(seat)) this.#mesh.mark(seat, { watched: !watched });
    }
    this.#rank(people);
    const { asked, spared } = ask(people, this.#shown, this.#saving);
    for (const person of people) {
      const isSpared = spared.get(person.seat) ?? person.spared;
      if (isSpared !== person.spared) this.#mesh.mark(person.seat, { spared: isSpared });
    }
    for (const [seat, views] of asked) if (this.#shown.has(seat)) this.#consider(seat, views);
    this.#isLooking = false;
  }

  /** @param {Person[]} people */
  #rank(people) {
    const order = this.#speakers.rank(people, this.#clock.now());
    for (const person of people) {
      const rank = order.indexOf(person.seat);
      if (rank !== person.rank) this.#mesh.mark(person.seat, { rank });
    }
  }

  /**
   * Whoever left is forgotten; a page that was loaded anew has said nothing yet.
   *
   * @param {Person[]} people
   */
  #forget(people) {
    const here = new Map(people.map(({ seat, instance }) => [seat, instance]));
    this.#wanted.only(here);
    for (const [seat, { cancel }] of this.#told) {
      if (here.has(seat)) continue;
      cancel();
      this.#told.delete(seat);
    }
    for (const seat of this.#shown.keys()) if (!here.has(seat)) this.#shown.delete(seat);
  }

  /** @param {string} seat */
  #teller(seat) {
    const known = this.#told.get(seat);
    if (known) return known;
    /** @type {Told} */
    const told = { said: null, at: 0, due: 0, cancel: () => {} };
    this.#told.set(seat, told);
    return told;
  }

  /** @param {string} seat */
  #opened(seat) {
    const told = this.#teller(seat);
    told.said = null;
    told.at = 0;
    this.#look();
  }

  /**
   * @param {string} seat
   * @param {Asked} asked
   */
  #consider(seat, asked) {
    const told = this.#teller(seat);
    const wait = patience(told.said, asked);
    const now = this.#clock.now();
    const due = wait === null ? 0 : Math.max(now + wait, told.at + APART_MS);
    if (due && told.due && told.due <= due) return;
    told.cancel();
    told.due = due;
    told.cancel = () => {};
    if (!due) return;
    if (due <= now) this.#say(seat, told);
    else told.cancel = this.#clock.after(due - now, () => this.#say(seat, told));
  }

  /**
   * What is to be said now, whatever it was when the wait began.
   *
   * @param {string} seat
   * @param {Told} told
   */
  #say(seat, told) {
    told.cancel();
    told.due = 0;
    const asked = ask(this.#mesh.people, this.#shown, this.#saving).asked.get(seat);
    if (!asked || !this.#mesh.send(seat, { type: "views", ...asked })) return;
    told.said = asked;
    told.at = this.#clock.now();
  }

  /**
   * @param {string} from
   * @param {import("../messages.js").Views} message
   */
  #hear(from, { camera, screen }) {
    const person = this.#mesh.people.find(({ seat }) => seat === from);
    if (person) this.#wanted.hear(person, { camera, screen });
  }
}
