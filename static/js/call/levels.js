import { Emitter } from "../lib/emitter.js";

/**
 * @typedef {object} LevelsEvents
 * @property {{seat: string, level: number}} level 0 to 1; `seat` is "own" for the own microphone.
 * @property {{seat: string, isSpeaking: boolean}} speaking
 */

const TICK_MS = 100;
/** With discontinuous transmission a silent voice sends next to nothing: a value this many ticks old says nothing. */
const STALE_TICKS = 5;

/** Peaks of the waveform, 0 to 1: speech begins above the first and has ended below the second. */
const SPEECH = 0.03;
const SILENCE = 0.01;
/** Ticks of 100 ms: a breath between two words is no end. */
const TICKS_TO_STOP = 7;

/** Whether somebody speaks, from a peak ten times a second, without flicker. */
export class Voice {
  isSpeaking = false;
  #silentTicks = 0;

  /**
   * @param {number} peak
   * @returns {boolean} Whether `isSpeaking` is another now.
   */
  hear(peak) {
    if (!this.isSpeaking && peak <= SPEECH) return false;
    this.#silentTicks = this.isSpeaking && peak < SILENCE ? this.#silentTicks + 1 : 0;
    if (this.isSpeaking && this.#silentTicks < TICKS_TO_STOP) return false;
    this.isSpeaking = !this.isSpeaking;
    this.#silentTicks = 0;
    return true;
  }
}

/**
 * A peak as an ear takes it: 0 at 50 dB below full scale, 1 at full scale.
 *
 * @param {number} peak
 * @returns {number}
 */
export function loudness(peak) {
  return peak > 0 ? Math.min(1, Math.max(0, 1 + Math.log10(peak) / 2.5)) : 0;
}

/**
 * How loud everybody is, ten times a second. The own microphone is measured on a copy that stays on while muted, so that
 * one can be told; nothing of the copy leaves the page.
 *
 * @extends {Emitter<LevelsEvents>}
 */
export class Levels extends Emitter {
  #receivers;
  /** @type {Map<string, Voice>} */
  #voices = new Map();
  /** @type {Map<string, {timestamp: number, age: number}>} The last packet of each seat that was looked at. */
  #packets = new Map();
  /** @type {AudioContext|null} */
  #context = null;
  /** @type {AnalyserNode|null} */
  #analyser = null;
  /** @type {MediaStreamTrack|null} */
  #copy = null;
  /** @type {Float32Array<ArrayBuffer>} */
  #wave = new Float32Array(2048);
  #stop;

  /**
   * @param {() => Iterable<[string, RTCRtpReceiver|null]>} receivers Each seat's microphone as it arrives; null counts as
   *   silence.
   * @param {import("../lib/clock.js").Clock} clock
   */
  constructor(receivers, clock) {
    super();
    this.#receivers = receivers;
    this.#stop = clock.every(TICK_MS, () => this.#tick());
  }

  /** @param {MediaStreamTrack|null} track The own microphone. */
  measure(track) {
    this.#copy?.stop();
    this.#copy = null;
    this.#analyser?.disconnect();
    this.#analyser = null;
    if (!track) return;
    this.#copy = track.clone();
    this.#copy.enabled = true;
    this.#context ??= new AudioContext();
    this.#analyser = this.#context.createAnalyser();
    this.#context.createMediaStreamSource(new MediaStream([this.#copy])).connect(this.#analyser);
  }

  close() {
    this.#stop();
    this.measure(null);
    this.#context?.close();
    this.#context = null;
  }

  #tick() {
    const present = new Set(["own"]);
    this.#hear("own", this.#ownPeak());
    for (const [seat, receiver] of this.#receivers()) {
      present.add(seat);
      this.#hear(seat, this.#peakOf(seat, receiver));
    }
    for (const seat of this.#voices.keys()) {
      if (present.has(seat)) continue;
      this.#voices.delete(seat);
      this.#packets.delete(seat);
    }
  }

  /**
   * @param {string} seat
   * @param {number} peak
   */
  #hear(seat, peak) {
    const voice = this.#voices.get(seat) ?? new Voice();
    this.#voices.set(seat, voice);
    if (voice.hear(peak)) this.emit("speaking", { seat, isSpeaking: voice.isSpeaking });
    this.emit("level", { seat, level: loudness(peak) });
  }

  #ownPeak() {
    // Browsers let sound be measured only after a click or a key.
    if (this.#context?.state === "suspended" && navigator.userActivation?.hasBeenActive) {
      this.#context.resume().catch(() => {
        // Closed meanwhile: there is nothing to measure any more.
      });
    }
    if (!this.#analyser) return 0;
    this.#analyser.getFloatTimeDomainData(this.#wave);
    return this.#wave.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  }

  /**
   * @param {string} seat
   * @param {RTCRtpReceiver|null} receiver
   */
  #peakOf(seat, receiver) {
    const [source] = receiver?.getSynchronizationSources() ?? [];
    if (!source) return 0;
    const before = this.#packets.get(seat);
    const age = before?.timestamp === source.timestamp ? before.age + 1 : 0;
    this.#packets.set(seat, { timestamp: source.timestamp, age });
    return age < STALE_TICKS ? (source.audioLevel ?? 0) : 0;
  }
}
