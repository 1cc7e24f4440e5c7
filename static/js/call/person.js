/**
 * @typedef {import("./messages.js").Someone} Someone
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./state.js").SlotName} SlotName
 */

/**
 * @param {Someone} someone
 * @returns {Person}
 */
export function newPerson({ seat, name, guest, role, since, slots }) {
  return {
    seat,
    name,
    guest,
    role,
    since,
    slots,
    connection: "connecting",
    lostSince: null,
    speaking: false,
    voice: new MediaStream(),
    camera: new MediaStream(),
    screen: new MediaStream(),
    screenVoice: new MediaStream(),
  };
}

/**
 * Lets the person's streams hold exactly the tracks whose slots are on: what a slot carries is said by its owner, never
 * guessed from the track, whose last picture stays.
 *
 * @param {Person} person
 * @param {(slot: SlotName) => MediaStreamTrack|null} track
 */
export function showTracks(person, track) {
  const { slots, voice, camera, screen, screenVoice } = person;
  hold(voice, slots.microphone === "off" ? null : track("microphone"));
  hold(camera, slots.camera === "off" ? null : track("camera"));
  hold(screen, slots.screen === "off" ? null : track("screen"));
  hold(screenVoice, slots.screenAudio === "off" ? null : track("screenAudio"));
}

/**
 * @param {MediaStream} stream
 * @param {MediaStreamTrack|null} track
 */
function hold(stream, track) {
  for (const held of stream.getTracks()) if (held !== track) stream.removeTrack(held);
  if (track) stream.addTrack(track);
}
