/**
 * What `call.state` holds. The call alone writes it; everybody else reads it.
 *
 * @typedef {"connecting"|"door"|"joining"|"elsewhere"|"waiting"|"knocking"|"turned-away"|"joined"|"left"|"refused"} Phase
 *   `elsewhere`: another tab has the seat that this one remembers, and nothing is said to the server before the person
 *   chose. `waiting` for a place in a full room, `knocking` for a host; `turned-away` by one: at the door again.
 * @typedef {"microphone"|"camera"|"screen"|"screenAudio"} SlotName
 * @typedef {{microphone: "on"|"muted"|"off", camera: "on"|"off", screen: "on"|"off", screenAudio: "on"|"off"}} Slots
 * @typedef {"denied"|"busy"|"none"|"insecure"|"failed"} Fault
 * @typedef {"owner"|"co-host"|"member"|"guest"} Role
 * @typedef {"anyone"|"signed-in"|"invited"} Access
 * @typedef {import("./messages.js").Power} Power
 * @typedef {import("./messages.js").HostSlot} HostSlot
 * @typedef {"connecting"|"connected"|"lost"|"unreachable"} ConnectionState
 *
 * @typedef {object} Person Somebody else in the call. The four streams stay the same objects for as long as the person
 *   is there; each holds its track only while `slots` says that it is on.
 * @property {string} seat
 * @property {string} instance Of the page: a reload makes another.
 * @property {string} name
 * @property {string} picture Path of a picture, or empty.
 * @property {boolean} guest
 * @property {Role} role
 * @property {boolean} lookalike The name can be taken for that of somebody who has a role here.
 * @property {Power[]} forbidden What they may not do.
 * @property {HostSlot[]} held What a host turned off, and their page has not yet.
 * @property {number} since
 * @property {Slots} slots What counts of what they say: nothing that is forbidden or held is on.
 * @property {boolean} away Whether the server has no socket of theirs.
 * @property {ConnectionState} connection
 * @property {number|null} lostSince
 * @property {{code: string}|null} trouble Why no path to them is found, where that is known.
 * @property {boolean} cut The path is lost, and no way is left on which another could be agreed on: neither the server
 *   nor anybody who is connected to both.
 * @property {boolean} watched False: this page was told not to show their camera.
 * @property {boolean} spared Their camera is not asked for just now: others spoke later, or the own line is spared.
 * @property {number} rank 0 spoke last.
 * @property {boolean} speaking
 * @property {MediaStream} voice
 * @property {MediaStream} camera
 * @property {MediaStream} screen
 * @property {MediaStream} screenVoice
 *
 * @typedef {object} Own
 * @property {string|null} seat
 * @property {string} name
 * @property {string} picture
 * @property {Role} role
 * @property {Power[]} forbidden
 * @property {Slots} slots
 * @property {boolean} speaking
 * @property {boolean} mutedSpeaking
 * @property {MediaStream|null} camera
 * @property {MediaStream|null} screen
 *
 * @typedef {object} ChatMessage
 * @property {string} id
 * @property {string} seat Empty when the writer's seat is no longer known.
 * @property {string} name
 * @property {boolean} own
 * @property {string} text
 * @property {number} at
 * @property {number} number The room's number of a kept message, else 0.
 * @property {"sending"|"sent"|"refused"} state
 *
 * @typedef {{id: string, label: string}} Device
 * @typedef {{microphone: string, camera: string, speaker: string}} Chosen Device ids; empty: the browser's choice.
 * @typedef {{microphones: Device[], cameras: Device[], speakers: Device[], chosen: Chosen}} Devices
 *
 * @typedef {object} Uplink How far the own line carries what the others ask for.
 * @property {number} to So many people get every video that they ask for.
 * @property {number} of So many ask for one.
 * @property {""|"line"|"machine"} limit What keeps it from being all of them; "machine": all of them, in smaller pictures.
 *
 * @typedef {object} Order What hosts do in the room.
 * @property {import("./messages.js").Knocker[]} knocks Who waits in the lobby; empty for who is no host.
 * @property {string} spotlight The seat that is shown large; empty: none. It may be the own one.
 * @property {{at: number, name: string}|null} ending When the call ends for everybody (ms since 1970), and who said so.
 * @property {{seat: string, name: string, slot: "microphone"|"camera"}|null} asked Who asks for what; gone when it is on.
 * @property {string} announcement The last words of the people who run the site; empty: none, or read.
 * @property {readonly string[]} hushed Seats whose messages this page does not show.
 *
 * @typedef {"off"|"chosen"|"automatic"} Saving Whether this page spares its line: few and small videos.
 *
 * @typedef {object} CallState
 * @property {Phase} phase
 * @property {import("./entry.js").Refusal|null} refusal
 * @property {{name: string, limit: number, keepsChat: boolean, relayOnly: boolean, access: Access,
 *   locked: boolean, lobby: boolean, forbidden: Power[], link: string}} room `link` may change.
 * @property {{name: string, picture: string}[]} here Who is inside, as seen from the door.
 * @property {boolean} full
 * @property {number} ahead
 * @property {Own} own
 * @property {Person[]} people The others, the longest here first.
 * @property {"connecting"|"open"|"lost"} server
 * @property {Devices} devices
 * @property {{microphone: Fault|null, camera: Fault|null, screen: Fault|null}} faults
 * @property {boolean} soundBlocked
 * @property {number|null} joinedAt
 * @property {{messages: ChatMessage[], unread: number}} chat
 * @property {Uplink} uplink
 * @property {Saving} saving
 * @property {Order} order
 *
 * @typedef {object} PageData What the server puts into the call page.
 * @property {number} protocol
 * @property {string} socket
 * @property {string} ticketUrl
 * @property {string} ticket
 * @property {string} csrfToken
 * @property {string} leftUrl
 * @property {string} qrUrl Of a picture of the link.
 * @property {string} roomUrl Of the room's page, for hosts; empty for everybody else.
 * @property {boolean} mayInvite People by name, there.
 * @property {{name: string, limit: number, keepsChat: boolean, relayOnly: boolean, access: Access,
 *   locked: boolean, lobby: boolean, forbidden: Power[], link: string, url: string}} room
 * @property {string} name
 * @property {string} picture
 * @property {boolean} hasIceServers
 * @property {string} siteName
 */

/** The four slots of every pair in the order of their transceivers. */
export const SLOTS = Object.freeze(
  /** @type {const} */ (["microphone", "camera", "screen", "screenAudio"]),
);

/** @returns {Slots} */
export function emptySlots() {
  return { microphone: "off", camera: "off", screen: "off", screenAudio: "off" };
}

/**
 * @param {PageData} page
 * @returns {CallState}
 */
export function firstState(page) {
  return {
    phase: "connecting",
    refusal: null,
    room: { ...page.room },
    here: [],
    full: false,
    ahead: 0,
    own: {
      seat: null,
      name: page.name,
      picture: page.picture,
      role: "guest",
      forbidden: [],
      slots: emptySlots(),
      speaking: false,
      mutedSpeaking: false,
      camera: null,
      screen: null,
    },
    people: [],
    server: "connecting",
    devices: {
      microphones: [],
      cameras: [],
      speakers: [],
      chosen: { microphone: "", camera: "", speaker: "" },
    },
    faults: { microphone: null, camera: null, screen: null },
    soundBlocked: false,
    joinedAt: null,
    chat: { messages: [], unread: 0 },
    uplink: { to: 0, of: 0, limit: "" },
    saving: "off",
    order: {
      knocks: [],
      spotlight: "",
      ending: null,
      asked: null,
      announcement: "",
      hushed: [],
    },
  };
}
