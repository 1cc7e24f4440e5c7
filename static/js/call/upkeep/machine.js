/** Of all cores' time, what encoding may take before a common laptop stutters, and what is easily spared. */
const HOT = 0.4;
const COOL = 0.25;
/** A timer that is later than this waited for the processor, and so do packets, for as long as this after it. */
const LATE_MS = 150;
const BUSY_STEPS = 4;
/** One busy second is a page that is being laid out. */
const HOT_LOOKS = 3;
const COOL_LOOKS = 10;
const LESS = 0.8;
const MORE = 1.15;
const LEAST = 0.2;

/**
 * How much of what is asked for this machine can encode: a part of the pixels, 1 where it keeps up. It is judged by the
 * time that encoding takes, and by a browser that says so itself (`qualityLimitationReason`; not Firefox).
 */
export class Machine {
  part = 1;
  #cores;
  #hot = 0;
  #cool = 0;
  #busy = 0;

  /** @param {number} cores */
  constructor(cores) {
    this.#cores = Math.max(1, cores);
  }

  /** Whether what is late may be late because of this machine, and not of its line. */
  get isBusy() {
    return this.#busy > 0;
  }

  /**
   * One second has passed.
   *
   * @param {number} encodeShare Seconds of encoding in it, of all videos.
   * @param {boolean} isLimited Whether a browser says that it cannot keep up.
   * @param {number} late How many milliseconds after it was due this is called.
   */
  step(encodeShare, isLimited, late) {
    const load = encodeShare / this.#cores;
    const isHot = isLimited || load > HOT;
    this.#busy = isHot || late > LATE_MS ? BUSY_STEPS : Math.max(0, this.#busy - 1);
    this.#hot = isHot ? this.#hot + 1 : 0;
    this.#cool = !isHot && load < COOL ? this.#cool + 1 : 0;
    if (this.#hot >= HOT_LOOKS) {
      this.part = Math.max(LEAST, this.part * LESS);
      this.#hot = 0;
    } else if (this.#cool >= COOL_LOOKS) {
      this.part = Math.min(1, this.part * MORE);
      this.#cool = 0;
    }
  }
}
