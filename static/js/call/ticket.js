import { TicketRefused } from "./signalling.js";

/**
 * A new ticket for the page that is shown, with the cookies it was given.
 *
 * @param {string} url
 * @param {string} csrfToken
 * @returns {Promise<string>}
 * @throws {TicketRefused} When there is none for this person.
 */
export async function fetchTicket(url, csrfToken) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": csrfToken, Accept: "application/json" },
    redirect: "error",
  });
  if (answer.status === 404) throw new TicketRefused("unknown-room");
  if (answer.status === 401 || answer.status === 403) throw new TicketRefused("ticket-refused");
  if (!answer.ok) throw new Error(`Ticket: ${answer.status}`);
  const { ticket } = await answer.json();
  return String(ticket);
}
