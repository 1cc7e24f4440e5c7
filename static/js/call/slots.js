import { videoOrder } from "./sdp.js";
import { SLOTS } from "./state.js";

/**
 * @typedef {import("./messages.js").Someone} Someone
 * @typedef {import("./state.js").Person} Person
 * @typedef {import("./state.js").SlotName} SlotName
 * @typedef {import("./state.js").Slots} Slots
 *
 * @typedef {object} Outgoing What every pair is sent: one for the whole call, changed in place.
 * @property {Record<SlotName, MediaStreamTrack|null>} tracks
 * @property {MediaStream} voiceStream Its id says that microphone and camera belong together (lip-sync).
 * @property {MediaStream} screenStream The same for a screen and its sound.
 */

/** @type {Record<SlotName, "audio"|"video">} */
const KINDS = { microphone: "audio", camera: "video", screen: "video", screenAudio: "audio" };

/** @returns {Outgoing} */
export function newOutgoing() {
  return {
    tracks: { microphone: null, camera: null, screen: null, screenAudio: null },
    voiceStream: new MediaStream(),
    screenStream: new MediaStream(),
  };
}

/**
 * @param {Outgoing} outgoing
 * @param {SlotName} slot
 */
function streamOf(outgoing, slot) {
  return slot === "microphone" || slot === "camera" ? outgoing.voiceStream : outgoing.screenStream;
}

/** @type {RTCRtpCodec[]|undefined} */
let videoCodecs;

/** Asked once: the answer takes a browser milliseconds. */
function preferredCodecs() {
  videoCodecs ??= videoOrder(RTCRtpReceiver.getCapabilities("video")?.codecs ?? []);
  return videoCodecs;
}

/**
 * The offerer's side of the four slots; nothing else may call `addTransceiver`.
 *
 * @param {RTCPeerConnection} pc
 * @param {Outgoing} outgoing
 * @returns {RTCRtpTransceiver[]}
 */
export function makeSlots(pc, outgoing) {
  return SLOTS.map((slot) => {
    const transceiver = pc.addTransceiver(KINDS[slot], {
      direction: "sendrecv",
      streams: [streamOf(outgoing, slot)],
    });
    // Firefox before 128 has none: its own order holds.
    if (KINDS[slot] === "video") transceiver.setCodecPreferences?.(preferredCodecs());
    return transceiver;
  });
}

/**
 * The answerer's side: takes the four that the first offer made, before it is answered. The offer's order of codecs holds.
 *
 * @param {RTCPeerConnection} pc
 * @param {Outgoing} outgoing
 * @returns {RTCRtpTransceiver[]}
 * @throws {Error} When the offer does not hold the four slots.
 */
export function takeSlots(pc, outgoing) {
  const found = pc.getTransceivers();
  const kinds = found.map(({ receiver }) => receiver.track.kind);
  if (kinds.join() !== SLOTS.map((slot) => KINDS[slot]).join()) {
    throw new Error(`Offered slots were ${kinds.join()}`);
  }
  found.forEach((transceiver, place) => {
    transceiver.direction = "sendrecv";
    transceiver.sender.setStreams(streamOf(outgoing, /** @type {SlotName} */ (SLOTS[place])));
  });
  return found;
}

/**
 * What counts of what somebody says of their slots: nothing that hosts forbade or turned off, and no sound of a screen
 * that is not shown, since that would be another microphone.
 *
 * @param {Slots} said
 * @param {Pick<Person, "forbidden"|"held">} standing
 * @returns {Slots}
 */
export function allowed(said, { forbidden, held }) {
  const barred = new Set(/** @type {string[]} */ ([...forbidden, ...held]));
  const { microphone, camera, screen, screenAudio } = said;
  const isShown = screen === "on" && !barred.has("screen");
  return {
    microphone: barred.has("microphone") && microphone === "on" ? "muted" : microphone,
    camera: barred.has("camera") ? "off" : camera,
    screen: isShown ? "on" : "off",
    screenAudio: isShown ? screenAudio : "off",
  };
}

/**
 * @param {Someone} someone
 * @returns {Person}
 */
export function newPerson(someone) {
  const { seat, instance, name, picture, guest, role, since, slots, away } = someone;
  const { lookalike, forbidden, held } = someone;
  return {
    seat,
    instance,
    name,
    picture,
    guest,
    role,
    lookalike,
    forbidden,
    held,
    since,
    slots: allowed(slots, { forbidden, held }),
    away,
    connection: "connecting",
    lostSince: null,
    trouble: null,
    cut: false,
    watched: true,
    spared: false,
    rank: 0,
    speaking: false,
    voice: new MediaStream(),
    camera: new MediaStream(),
    screen: new MediaStream(),
    screenVoice: new MediaStream(),
  };
}

/**
 * Lets the person's streams hold exactly the tracks whose slots are on: what a slot carries is said by its owner and by
 * hosts, never guessed from the track, whose last picture stays. A muted voice stays in its stream, so that it is there
 * with its first word, and is silent whatever comes.
 *
 * @param {Person} person
 * @param {(slot: SlotName) => MediaStreamTrack|null} track
 */
export function showTracks({ slots, voice, camera, screen, screenVoice }, track) {
  const shown = (/** @type {SlotName} */ slot) => (slots[slot] === "off" ? null : track(slot));
  const sound = shown("microphone");
  if (sound) sound.enabled = slots.microphone === "on";
  hold(voice, sound);
  hold(camera, shown("camera"));
  hold(screen, shown("screen"));
  hold(screenVoice, shown("screenAudio"));
}

/**
 * @param {MediaStream} stream
 * @param {MediaStreamTrack|null} track
 */
function hold(stream, track) {
  for (const held of stream.getTracks()) if (held !== track) stream.removeTrack(held);
  if (track) stream.addTrack(track);
}
