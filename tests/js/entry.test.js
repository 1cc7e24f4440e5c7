import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { fetchTicket, TicketRefused } from "../../static/js/call/entry.js";

/** A server of its own, asked for a ticket. */
async function ask(answer, meanwhile = () => {}) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const asked = once(server, "request");
  const ticket = fetchTicket(`http://127.0.0.1:${port}/`, "csrf");
  ticket.catch(() => {});
  const [request] = await asked;
  meanwhile();
  try {
    return { request, ticket: await ticket };
  } catch (error) {
    return { request, error };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a ticket is asked for with the token of the page", async () => {
  const { request, ticket } = await ask((_, answer) => answer.end('{"ticket": "fresh"}'));
  assert.equal(ticket, "fresh");
  assert.deepEqual([request.method, request.headers["x-csrftoken"]], ["POST", "csrf"]);
});

test("only an answer that says so is a refusal", async () => {
  for (const [status, code] of [
    [404, "unknown-room"],
    [403, "ticket-refused"],
    [401, "ticket-refused"],
    [503, undefined],
  ]) {
    const { error } = await ask((_, answer) => answer.writeHead(Number(status)).end());
    assert.equal(error instanceof TicketRefused ? error.code : undefined, code);
    assert.ok(error);
  }
});

test("an answer that does not come within 10 s is given up, and is no refusal", async (context) => {
  const limit = new AbortController();
  const timeout = context.mock.method(AbortSignal, "timeout", () => limit.signal);
  const { error } = await ask(
    () => {},
    () => limit.abort(new DOMException("Late", "TimeoutError")),
  );
  assert.equal(error.name, "TimeoutError");
  assert.deepEqual(timeout.mock.calls[0]?.arguments, [10_000]);
});
