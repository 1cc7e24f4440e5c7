// An RTCRtpSender with the rules of `setParameters` (W3C WebRTC, section 5.2).

export class FakeSender {
  encodings = [{ active: true }];
  /** What was set, in order. */
  set = [];
  /** The wishes beside it. */
  options = [];
  /** How many were being set at once. */
  most = 0;
  /** @type {Error|null} */
  fault = null;
  #running = 0;
  #number = 0;
  #waiting = [];
  #slow;
  #knowsOptions;

  constructor({ slow = false, knowsOptions = true } = {}) {
    this.#slow = slow;
    this.#knowsOptions = knowsOptions;
  }

  get encoding() {
    return this.encodings[0];
  }

  getParameters() {
    return { transactionId: `${++this.#number}`, encodings: structuredClone(this.encodings) };
  }

  async setParameters({ transactionId, encodings }, options) {
    if (this.fault) throw this.fault;
    if (transactionId !== `${this.#number}`)
      throw new DOMException("stale", "InvalidModificationError");
    this.#running += 1;
    this.most = Math.max(this.most, this.#running);
    if (this.#knowsOptions && options) this.options.push(options.encodingOptions);
    if (this.#slow) await new Promise((resolve) => this.#waiting.push(resolve));
    this.encodings = encodings;
    this.set.push({ ...encodings[0] });
    this.#running -= 1;
  }

  /** Whatever is being set is set. */
  go() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
