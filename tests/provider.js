// An OpenID Connect provider for the tests: `oidc-provider` as it comes, with its own pages for
// logging in (any password will do) and for consent. PROVIDER says in JSON who may ask
// (`client`), who there is (`people`, by log-in name) and where it listens (`port`).

import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const { port, client, people } = JSON.parse(process.env.PROVIDER ?? "{}");

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ ...client, grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name", "given_name", "family_name", "preferred_username"],
  },
  cookies: { keys: ["one key of the tests"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_, name) =>
    name in people
      ? { accountId: name, claims: () => ({ sub: name, ...people[name] }) }
      : undefined,
});

// Its pages would fetch a font from elsewhere, and browsers an icon that there is not.
provider.use(async (context, next) => {
  if (context.path === "/favicon.ico") {
    context.status = 204;
    return;
  }
  await next();
  if (typeof context.body === "string") {
    context.body = context.body.replace(/@import url\([^)]*\);/, "");
  }
});

createServer(provider.callback()).listen(port, "127.0.0.1");
