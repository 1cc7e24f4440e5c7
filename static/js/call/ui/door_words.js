/**
 * Why devices fail, and why one is not, or no longer, let in: sentences that most people never read, so that they are
 * fetched when there is a cause. No DOM.
 *
 * @typedef {import("../state.js").Fault} Fault
 * @typedef {{id: string, icon: "camera"|"microphone", title: string, text: string, retry: boolean}} FaultWords
 */

/** @type {Record<"camera"|"microphone", Record<Exclude<Fault, "insecure">, {title: string, text: string}>>} */
const FAULTS = {
  camera: {
    denied: {
      title: "Your browser does not let us use the camera",
      text: "Click the camera sign in the address bar, choose “Allow”, then try again. You can also join without a picture.",
    },
    busy: {
      title: "Another program is using your camera",
      text: "Close it there, then try again.",
    },
    none: { title: "We found no camera", text: "You can join with sound alone." },
    failed: {
      title: "Your camera did not start",
      text: "Unplug it and plug it in again, or choose another one, then try again.",
    },
  },
  microphone: {
    denied: {
      title: "Your browser does not let us use the microphone",
      text: "Click the sign in the address bar, choose “Allow” for the microphone, then try again. You can also join and listen.",
    },
    busy: {
      title: "Another program is using your microphone",
      text: "Close it there, then try again.",
    },
    none: { title: "We found no microphone", text: "You can still listen and write." },
    failed: {
      title: "Your microphone did not start",
      text: "Unplug it and plug it in again, or choose another one, then try again.",
    },
  },
};

/** @type {Partial<Record<Fault, {title: string, text: string}>>} */
const BOTH = {
  denied: {
    title: "Your browser does not let us use the camera and the microphone",
    text: "Click the camera sign in the address bar, choose “Allow”, then try again. You can also join, listen and write.",
  },
  none: {
    title: "We found no camera and no microphone",
    text: "You can join, listen and write.",
  },
  insecure: {
    title: "Browsers give camera and microphone to https pages only",
    text: "You can still write. Ask the person who sent you the link for an https one.",
  },
};

/**
 * The faults of camera and microphone in words, one entry where both share a cause.
 *
 * @param {{microphone: Fault|null, camera: Fault|null}} faults
 * @returns {FaultWords[]}
 */
export function faultWords({ microphone, camera }) {
  const shared = microphone === "insecure" || camera === "insecure" ? "insecure" : camera;
  const both = shared && (shared === "insecure" || microphone === camera) ? BOTH[shared] : null;
  if (both) {
    return [{ id: `both-${shared}`, icon: "camera", ...both, retry: shared !== "insecure" }];
  }
  /** @type {FaultWords[]} */
  const words = [];
  for (const [icon, fault] of /** @type {const} */ ([
    ["camera", camera],
    ["microphone", microphone],
  ])) {
    if (fault && fault !== "insecure") {
      words.push({ id: `${icon}-${fault}`, icon, ...FAULTS[icon][fault], retry: true });
    }
  }
  return words;
}

/** @type {Record<string, {title: string, text: string, act: "reload"|"home"|"log-in"}>} */
const REFUSALS = {
  moved: {
    title: "You are in this call in another tab",
    text: "Close this one, or carry on here: the other tab then lets go.",
    act: "reload",
  },
  revoked: {
    title: "Your place in this call is gone",
    text: "You left it in another tab, or it was taken back. Load the page to see whether you may come in.",
    act: "reload",
  },
  "room-deleted": {
    title: "This room is gone",
    text: "Its owner deleted it, and the call ended for everybody.",
    act: "home",
  },
  ended: {
    title: "The host ended the call for everybody",
    text: "The room stays. Its link brings you back whenever you like.",
    act: "home",
  },
  removed: {
    title: "The host removed you from this call",
    text: "You can come back when a host of the room lets you back in.",
    act: "home",
  },
  "unknown-room": {
    title: "This link opens nothing for you",
    text: "Log in, or ask for a new one.",
    act: "log-in",
  },
  "bad-protocol": {
    title: "This page is out of date",
    text: "Load it again to get the new one. Your place is kept.",
    act: "reload",
  },
  "ticket-refused": {
    title: "This page waited too long",
    text: "Load it again to come in.",
    act: "reload",
  },
  abuse: {
    title: "The server closed this connection",
    text: "It did not understand what this page sent. Load it again to come back.",
    act: "reload",
  },
};

/** What the server says of itself, where nobody gave a reason. */
const USUAL = [
  "The host does not let you into this room.",
  "This page is no longer valid. Open the link again.",
];

/**
 * The reason that somebody gave for it, or nothing.
 *
 * @param {import("../entry.js").Refusal} refusal
 */
export function reasonWords({ code, why = "" }) {
  return ["removed", "revoked"].includes(code) && !USUAL.includes(why) ? why : "";
}

/**
 * Why this page is not, or no longer, in the call, and the one thing to do.
 *
 * @param {import("../entry.js").Refusal} refusal
 * @returns {{title: string, text: string, act: "reload"|"home"|"log-in"}}
 */
export function refusalWords(refusal) {
  return (
    REFUSALS[refusal.code] ?? {
      title: "We could not let you in",
      text: refusal.why || "Load the page again to try once more.",
      act: "reload",
    }
  );
}
