/** Peaks of the waveform, 0 to 1: speech begins above the first and has ended below the second. */
const SPEECH = 0.02;
const SILENCE = 0.01;
/** Ticks of 100 ms: a click of the tongue is no speech, and a breath no end of it. */
const TICKS_TO_START = 2;
const TICKS_TO_STOP = 7;

/** Whether somebody speaks, from a peak ten times a second, without flicker. */
export class Voice {
  isSpeaking = false;
  #ticks = 0;

  /**
   * @param {number} peak
   * @returns {boolean} Whether `isSpeaking` is another now.
   */
  hear(peak) {
    const isAgainst = this.isSpeaking ? peak < SILENCE : peak > SPEECH;
    this.#ticks = isAgainst ? this.#ticks + 1 : 0;
    if (this.#ticks < (this.isSpeaking ? TICKS_TO_STOP : TICKS_TO_START)) return false;
    this.isSpeaking = !this.isSpeaking;
    this.#ticks = 0;
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
