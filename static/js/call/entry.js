/**
 * What is said when no further attempt is made.
 *
 * @typedef {{code: string, why?: string}} Refusal `why`: in the words of whoever decided it.
 */

/** A ticket that is not here by then is asked for again. */
const ANSWER_MS = 10_000;
/** Sooner: whoever asks this is in a hurry. */
const THERE_MS = 2500;

/** @type {Record<number, string>} */
const FINAL = {
  4400: "abuse",
  4401: "ticket-refused",
  4403: "revoked",
  4404: "unknown-room",
  4409: "moved",
  4410: "room-deleted",
  4411: "ended",
  4412: "removed",
  4426: "bad-protocol",
};

/**
 * @param {number} closeCode Of the socket; see docs/protocol.md.
 * @returns {Refusal|null} Null: another attempt may succeed.
 */
export function refusalOf(closeCode) {
  const code = FINAL[closeCode];
  return code ? refusal(code) : null;
}

/**
 * @param {string} code
 * @returns {Refusal}
 */
export function refusal(code) {
  return { code };
}

/** There is no ticket for this person; `code` is that of the refusal. */
export class TicketRefused extends Error {
  /** @param {"unknown-room"|"ticket-refused"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * A new ticket for the page that is shown, with the cookies it was given.
 *
 * @param {string} url
 * @param {string} csrfToken
 * @returns {Promise<string>}
 * @throws {TicketRefused} When there is none for this person; anything else may succeed later, also no answer in 10 s.
 */
export async function fetchTicket(url, csrfToken) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken, Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (answer.status === 404) throw new TicketRefused("unknown-room");
  if (answer.status === 401 || answer.status === 403) throw new TicketRefused("ticket-refused");
  if (!answer.ok) throw new Error(`Ticket: ${answer.status}`);
  const { ticket } = await answer.json();
  return String(ticket);
}

/**
 * Whether the server answers at all, asked for a part of this page, which costs it next to nothing. Browsers open a
 * socket only after many seconds once a dozen have failed; a question like this one they ask at once.
 *
 * @returns {Promise<boolean>}
 */
export async function isThere() {
  /** @type {RequestInit} */
  const how = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(THERE_MS) };
  try {
    // A proxy that finds nobody behind it says so with a number above.
    return (await fetch(import.meta.url, how)).status < 500;
  } catch (error) {
    // What a browser throws where nothing answers, or not in time; anything else is a mistake.
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}
