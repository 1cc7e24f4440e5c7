/**
 * @typedef {Partial<import("./fit.js").Encoding>} Wish
 */

/** From one keyframe that was asked for to the next. */
const KEYFRAME_MS = 1000;

/**
 * How one sender encodes. Browsers take one change at a time, made to what they said last (W3C WebRTC, `setParameters`):
 * of several wishes meanwhile the last one counts. What a browser refuses just now, since it still negotiates or ends, is
 * tried when it is wished again.
 */
export class Tuner {
  #sender;
  /** @type {Wish} */
  #wish = {};
  #isBusy = false;
  #keyframeAt = Number.NEGATIVE_INFINITY;

  /** @param {RTCRtpSender} sender */
  constructor(sender) {
    this.#sender = sender;
  }

  /** @param {Wish} wish Only what is named is changed. */
  async tune(wish) {
    this.#wish = wish;
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      let [done, left] = [true, this.#wish];
      do {
        left = this.#wish;
        done = await this.#set(left);
      } while (done && left !== this.#wish);
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * Has the next picture be one that can be shown by itself, at most once a second.
   *
   * @param {number} now
   */
  async keyframe(now) {
    if (this.#isBusy || now - this.#keyframeAt < KEYFRAME_MS) return;
    const [encoding] = this.#sender.getParameters().encodings;
    if (!encoding?.active) return;
    this.#keyframeAt = now;
    this.#isBusy = true;
    let isKnown = false;
    const options = {
      get encodingOptions() {
        isKnown = true;
        return [{ keyFrame: true }];
      },
    };
    try {
      await this.#change({}, options);
      // Where that is unknown: an encoder that begins anew begins with one.
      if (!isKnown && (await this.#change({ active: false }))) await this.#change({ active: true });
    } finally {
      this.#isBusy = false;
    }
    await this.tune(this.#wish);
  }

  /**
   * @param {Wish} wish
   * @returns {Promise<boolean>} False: not now.
   */
  async #set(wish) {
    const [encoding] = this.#sender.getParameters().encodings;
    if (!encoding) return false;
    const isSo = Object.entries(wish).every(
      ([name, value]) => encoding[/** @type {keyof Wish} */ (name)] === value,
    );
    return isSo || this.#change(wish);
  }

  /**
   * @param {Wish} wish
   * @param {object} [options]
   */
  async #change(wish, options) {
    const parameters = this.#sender.getParameters();
    Object.assign(parameters.encodings[0] ?? {}, wish);
    try {
      await /** @type {(parameters: RTCRtpSendParameters, options?: object) => Promise<void>} */ (
        this.#sender.setParameters.bind(this.#sender)
      )(parameters, options);
      return true;
    } catch (error) {
      // InvalidStateError, InvalidModificationError, OperationError: it is negotiated anew, or closed.
      if (error instanceof DOMException) return false;
      throw error;
    }
  }
}
