/** Two soft notes; the second higher: somebody is at the door, or it opens. */
const NOTES_HZ = [523.25, 659.25];
const LOUDNESS = 0.06;
const NOTE_SECONDS = 0.28;

/** Rings once, but not on a page that nobody has touched: there the browser would hold the sound back. */
export function ring() {
  if (navigator.userActivation?.hasBeenActive === false) return;
  const context = new AudioContext();
  const start = context.currentTime + 0.02;
  /** @type {OscillatorNode|null} */
  let last = null;
  for (const [at, hertz] of NOTES_HZ.entries()) {
    const from = start + at * NOTE_SECONDS * 0.6;
    const note = new OscillatorNode(context, { type: "sine", frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + NOTE_SECONDS);
    note.connect(volume).connect(context.destination);
    note.start(from);
    note.stop(from + NOTE_SECONDS);
    last = note;
  }
  last?.addEventListener("ended", () => context.close());
}
