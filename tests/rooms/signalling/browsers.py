"""Browsers in which somebody has logged in, and the sockets of their pages."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.test import Client, TestCase

from accounts.models import User
from rooms.models import Room
from rooms.signalling.tickets import bind_of, read
from tests.factories import PASSWORD

from .meeting import Caller, Meeting


class Browser:
    """One that its person has logged in with, by the page that everybody uses."""

    def __init__(self, user: User, password: str = PASSWORD) -> None:
        self.user = user
        self.client = Client()
        page = {"login": user.email, "password": password}
        answer = self.client.post("/accounts/login/", page)
        assert answer.status_code == 302, answer.content

    @property
    def cookies(self) -> dict[str, str]:
        return {name: each.value for name, each in self.client.cookies.items()}

    @property
    def session(self) -> str:
        key = self.client.session.session_key
        assert key is not None
        return key

    def page(self, room: Room, name: str = "") -> Caller:
        """A page of the call, whose socket is not open yet."""
        data = self.client.get(room.get_absolute_url()).context["call_data"]
        token = {"ticket": data["ticket"]}
        entry = read(data["ticket"], bind_of(self.cookies))
        return Caller(entry, name or self.user.display_name, self.cookies, token)

    def post(self, path: str, **fields: str) -> int:
        """The status of what the site answers."""
        return self.client.post(path, fields).status_code


async def committed(act: Callable[..., Any], *words: Any, **named: Any) -> Any:
    """Do something as a request does, and let be told what waits for its commit."""

    def do() -> Any:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return act(*words, **named)

    return await sync_to_async(do)()


async def log_in(user: User) -> Browser:
    return await sync_to_async(Browser)(user)


async def sits(meeting: Meeting, browser: Browser, room: Room) -> Caller:
    """Somebody in the call, by this browser's page."""
    page = await meeting.opened(await sync_to_async(browser.page)(room))
    await page.hello()
    return await page.join()
