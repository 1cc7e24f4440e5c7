"""Somebody who visits the site without a browser: cookies, forms, the call's data."""

from __future__ import annotations

import json
import re
import ssl
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any

PASSWORD = "a long enough passphrase 7"


@dataclass
class Visitor:
    """One cookie jar at one server; what it posts carries the CSRF token."""

    url: str
    # The name the server knows itself by, where `url` reaches it by another.
    host: str = ""
    jar: CookieJar = field(default_factory=CookieJar)
    # Whom to trust, where the site's authority is one of its own.
    trust: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar),
            urllib.request.HTTPSHandler(context=self.trust),
        )
        self.host = self.host or urllib.parse.urlsplit(self.url).netloc

    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.jar)

    def get(self, path: str) -> str:
        request = urllib.request.Request(self.url + path, headers={"Host": self.host})
        with self.opener.open(request, timeout=20) as answer:
            text: str = answer.read().decode()
            return text

    def post(self, path: str, form: str | None = None, **fields: str) -> str:
        """Post a form found on page `form` (default: `path`) and return the address
        of the page it leads to."""
        page = self.get(form or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, f"{form or path} has no form"
        origin = f"{urllib.parse.urlsplit(self.url).scheme}://{self.host}"
        request = urllib.request.Request(
            self.url + path,
            urllib.parse.urlencode(
                {"csrfmiddlewaretoken": token[1], **fields}
            ).encode(),
            {"Host": self.host, "Origin": origin, "Referer": origin + path},
        )
        with self.opener.open(request, timeout=20) as answer:
            answer.read()
            address: str = answer.url
            return address

    def sign_up(self, email: str, name: str) -> None:
        self.post(
            "/accounts/signup/", email=email, display_name=name, password1=PASSWORD
        )

    def log_in(self, email: str) -> None:
        self.post("/accounts/login/", login=email, password=PASSWORD)

    def new_room(
        self,
        name: str = "Friday kitchen table",
        *,
        access: str = "anyone",
        limit: int = 8,
        keeps_chat: bool = False,
        relay_only: bool = False,
    ) -> str:
        """Make a room and return the path of its call page."""
        fields = {"name": name, "access": access, "people_limit": str(limit)}
        if keeps_chat:
            fields["keeps_chat"] = "on"
        if relay_only:
            fields["relay_only"] = "on"
        address = self.post("/rooms/new/", **fields)
        link = re.search(r"/r/[a-z0-9-]+/", address)
        assert link, f"no room was made: {address}"
        return link[0]

    def call_data(self, link: str) -> dict[str, Any]:
        """What the server tells the call page's script."""
        data = re.search(
            r'<script id="call-data" type="application/json">(.*?)</script>',
            self.get(link),
            re.DOTALL,
        )
        assert data, f"{link} is no call page"
        found: dict[str, Any] = json.loads(data[1])
        return found
