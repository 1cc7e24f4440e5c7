"""Log-in with the site's own OpenID Connect provider, as the environment names it.

The code flow with PKCE (RFC 7636), `state` and `nonce` (OpenID Connect Core 1.0).
allauth brings the flow; here is what it leaves open: the provider's description of
itself is checked, so are the ID token's signature, nonce and subject, and a provider
that is down or lies gets a page with words.
"""
