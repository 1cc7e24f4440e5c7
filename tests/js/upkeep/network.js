// A small network: several senders of one page, each as greedy as a browser's own estimator lets it be, over one
// uplink with a queue, and behind it a path of its own for each.

import { Budget } from "../../../static/js/call/upkeep/budget.js";
import { AUDIO } from "../../../static/js/call/upkeep/cost.js";
import { Lately } from "../../../static/js/call/upkeep/lately.js";
import { askedOf } from "../../../static/js/call/upkeep/look.js";
import { leastFor, split } from "../../../static/js/call/upkeep/split.js";
import { random } from "../fakes.js";

const MICROPHONE = /** @type {const} */ (["microphone"]);
const NOTHING = { width: 0, height: 0, rate: 0 };
const DESK = { width: 1280, height: 720, rate: 15 };
const STEP_MS = 20;
/** A queue of home routers: so much time at the link's rate, and no less than a few packets. */
const QUEUE_MS = 300;
const QUEUE_LEAST = 8000 * 8;

/** A link that passes `bits` a second and drops what its queue does not take. */
class Link {
  #queued = 0;

  constructor(bits) {
    this.bits = bits;
  }

  get delay() {
    return (this.#queued / this.bits) * 1000;
  }

  /** Takes so many bits; answers the part of them that is lost. */
  take(offered) {
    const room = Math.max(QUEUE_LEAST, (this.bits * QUEUE_MS) / 1000);
    const passes = (this.bits * STEP_MS) / 1000;
    const over = Math.max(0, this.#queued + offered - passes - room);
    this.#queued = Math.max(0, Math.min(room, this.#queued + offered - passes));
    return offered ? Math.min(1, over / offered) : 0;
  }
}

/** What a browser's congestion control does with one pair, roughly: by delay, and by loss above a tenth. */
class Estimator {
  bits = 300_000;
  #arrived = 300_000;

  heard(delay, loss, arrived, most) {
    this.#arrived += (arrived - this.#arrived) * 0.2;
    if (delay > 60) this.bits = Math.min(this.bits, this.#arrived * 0.85);
    else if (loss > 0.1) this.bits *= 1 - loss / 10;
    else this.bits = Math.min(this.bits * 1.012, Math.max(this.#arrived * 1.5, 60_000));
    this.bits = Math.max(30_000, Math.min(this.bits, most * 1.5));
  }
}

/**
 * A call as its sender lives it: second by second the budget is asked, split, and sent.
 *
 * @param {object} setting
 * @param {number} setting.viewers
 * @param {number} setting.uplink
 * @param {number} [setting.loss] That happens whatever is sent.
 * @param {Record<number, number>} [setting.far] What single viewers' own lines pass.
 * @param {boolean} [setting.hints] Whether the browser says what its estimators think.
 * @param {boolean} [setting.speaks]
 */
export class Line {
  seconds = [];
  budget = new Budget();
  #clock = 1_795_000_000_000;
  #random = random(7);
  #rung = 0;
  #given = new Map();

  /** What a shared screen would use of what it is given; null: none is shared. @type {number|null} */
  share = null;

  constructor({
    viewers,
    uplink,
    loss = 0,
    far = {},
    hints = true,
    shown = [628, 320],
    speaks = true,
  }) {
    this.speaks = speaks;
    this.uplink = new Link(uplink);
    this.loss = loss;
    this.hints = hints;
    this.shown = shown;
    this.pairs = Array.from({ length: viewers }, (_, place) => ({
      seat: `s${place}`,
      far: new Link(far[place] ?? 1e9),
      estimator: new Estimator(),
      rtt: 40,
      lost: 0,
      screen: new Lately(),
    }));
  }

  /** So many seconds pass. */
  run(seconds) {
    for (let second = 0; second < seconds; second += 1) this.#second();
    return this;
  }

  #second() {
    const [width, height] = this.shown;
    const view = { width, height, rate: 30 };
    const own = {
      camera: { width: 640, height: 360, rate: 30 },
      screen: this.share === null ? null : DESK,
      sounds: MICROPHONE,
      speaks: this.speaks,
    };
    const viewers = this.pairs.map(({ seat, screen }) => ({
      seat,
      asked: { camera: view, screen: this.share === null ? NOTHING : DESK },
      screen: screen.mean,
      most: this.budget.most(seat),
      codec: "VP8",
      carried: { camera: Boolean(this.#given.get(seat)?.camera), screen: false },
    }));
    const { audio, demand, given } = split(this.budget.bits, viewers, own, this.#rung);
    this.#rung = audio;
    this.#given = given;
    const sound = AUDIO[audio].wire;
    const looks = this.pairs.map((pair) => this.#send(pair, sound, given.get(pair.seat)));
    this.#transmit(looks);
    this.#clock += 1000;
    const floor = leastFor(this.pairs.length, MICROPHONE);
    const needs = { floor, floorOfPair: leastFor(1, MICROPHONE), demand };
    for (const look of looks) look.at = this.#clock;
    this.seconds.push({
      budget: this.budget.bits,
      used: looks.reduce((sum, { used }) => sum + used, 0),
      carried: [...given.values()].filter(({ camera }) => camera).length,
      given: [...given.values()].map(({ camera }) => Math.round(camera)),
      screens: [...given.values()].map(({ screen }) => Math.round(screen)),
      lost: Math.max(...looks.map(({ loss }) => loss)),
      delay: this.uplink.delay,
      sound,
    });
    this.budget.step(looks, needs, this.#clock);
  }

  #send({ seat, estimator, screen: lately }, sound, { camera, screen }) {
    const share = Math.min(screen, this.share ?? 0);
    lately.hear(this.share === null ? null : share, this.#clock);
    return {
      seat,
      at: 0,
      used: 0,
      handed: sound + askedOf({ camera, screen }, share),
      loss: 0,
      rtt: 0,
      available: null,
      sound,
      pictures: camera + share,
      estimator,
    };
  }

  /** One second on the links, in small steps; the estimators react within it. */
  #transmit(looks) {
    const totals = looks.map(() => ({ sent: 0, lost: 0 }));
    for (let passed = 0; passed < 1000; passed += STEP_MS) {
      const rates = looks.map(
        ({ sound, pictures, estimator }) =>
          sound + Math.min(pictures, Math.max(0, estimator.bits - sound)),
      );
      const bits = rates.map((rate) => (rate * STEP_MS) / 1000);
      const shared = this.uplink.take(bits.reduce((sum, each) => sum + each, 0));
      looks.forEach((look, place) => {
        const { far } = this.pairs[place];
        const through = bits[place] * (1 - shared);
        const own = far.take(through);
        const lost = 1 - (1 - shared) * (1 - own) * (1 - this.loss);
        totals[place].sent += bits[place];
        totals[place].lost += bits[place] * lost;
        const delay = this.uplink.delay + far.delay;
        look.rtt = 40 + delay + this.#random() * 10;
        look.estimator.heard(delay, lost, rates[place] * (1 - lost), look.handed);
      });
    }
    looks.forEach((look, place) => {
      look.used = totals[place].sent;
      look.loss = totals[place].lost / totals[place].sent;
      look.available = this.hints ? look.estimator.bits : null;
    });
  }
}
