"""An authenticator app, and a passkey's device, for browsers of the tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import Any

from playwright.sync_api import CDPSession, Page

STEP_SECONDS = 30


def code_of(secret: str, steps: int = 0) -> str:
    """The six digits an app shows now, or so many steps later (RFC 6238)."""
    count = int(time.time()) // STEP_SECONDS + steps
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", count), hashlib.sha1)
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def plug_in_authenticator(page: Page) -> tuple[CDPSession, str]:
    """Give the page's browser a device that always says yes (CDP, WebAuthn)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(made["authenticatorId"])
