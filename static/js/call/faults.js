/** @typedef {import("./state.js").Fault} Fault */

/** @type {Record<string, Fault>} The names of W3C Media Capture and Streams, section 10.2, and older ones. */
const FAULTS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "busy",
  NotFoundError: "none",
  DevicesNotFoundError: "none",
  OverconstrainedError: "none",
};

/**
 * Why the browser gave no device, as something that can be said to a person.
 *
 * @param {unknown} error
 * @param {boolean} [isSecure] False where the page has no devices at all.
 * @returns {Fault}
 */
export function faultOf(error, isSecure = true) {
  if (!isSecure) return "insecure";
  return (error instanceof Error && FAULTS[error.name]) || "failed";
}
