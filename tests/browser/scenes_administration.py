"""The administration: its first page, calls, people, reports, bans and the log."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Page

from tests.browser.pictures import DESKTOP, Studio, everywhere, scene
from tests.browser.seat import seat_at
from tests.browser.visitor import PASSWORD
from tests.servers import Parley, wait_until

CHIEF = "chief@example.com"
# A site that has been used for a month.
FILLED = """
import math
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from accounts.suspending import suspend
from rooms.models import Ban, Day, Report, Room
from rooms.order import people, reports
from rooms.order.actor import Actor
from rooms import reports as desk

chief = User.objects.get(email="chief@example.com")
if not Day.objects.exists():
    today = timezone.localdate()
    for ago in range(1, 30):
        day = today - timedelta(days=ago)
        busy = 0.25 if day.weekday() > 4 else 1.0
        people_ = int(busy * (24 + 9 * math.sin(ago)))
        Day.objects.create(day=day, people=people_, calls=people_ // 4 + 1,
                           seconds=people_ * 5400)
room = Room.objects.latest("pk")
def made(name):
    address = f"{name.split()[0].lower()}.{room.pk}@example.com"
    return User.objects.create_user(address, "green apples", display_name=name)
tomas, noor, june = map(made, ("Tomas Rey", "Noor Haddad", "June Park"))
site = Actor.of_site(chief, address="203.0.113.7")
guest = Actor("g:5e5e5e", "Kenji", "guest", "203.0.113.9")
report = reports.report(room, reporter=Actor.in_room(room, noor), about=f"u:{tomas.pk}",
    about_name="Tomas Rey", reason="abuse", words="Shouts at everybody who speaks.")
reports.report(room, reporter=guest, about="", about_name="", reason="spam",
    words="Somebody sells watches here.")
desk.put(report, "acting", chief, "203.0.113.7")
desk.note(report, "Spoke to him; he says it will not happen again.", chief)
people.remove(room, person=f"u:{tomas.pk}", name="Tomas Rey", actor=site, ban=True,
              reason="Shouts at everybody who speaks")
people.remove(room, person="g:77aa", name="Watch shop", actor=site,
              reason="Advertising")
until = timezone.now() + timedelta(days=7)
shut = suspend(june, reason="Sells watches in every call.", until=until, by=chief)
ban = Ban.objects.latest("pk")
print(report.pk, tomas.pk, room.pk, shut.pk, ban.pk)
"""


def chief_at(studio: Studio, server: Parley) -> Page:
    """An administrator at the first page."""
    server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    server.manage("createsuperuser", "--noinput", "--email", CHIEF)
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(f"{server.url}/admin/")
    page.get_by_label("E-mail").fill(CHIEF)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Site administration").wait_for()
    return page


@scene
def administration(studio: Studio) -> None:
    server = studio.server
    room = studio.owner.new_room("Friday kitchen table", limit=8)
    page = chief_at(studio, server)
    said = server.manage("shell", "--no-imports", "-c", FILLED).split()
    report, person, call, suspension, ban = said[-5:]
    with ExitStack() as seats:
        for name in ("Amara Osei", "Kenji Mori", "Elias Brandt"):
            seats.enter_context(seat_at(server.url, room)).join(name)
        page.goto(f"{server.url}/admin/rooms/livecall/{call}/change/")

        def copied() -> bool:
            page.reload()
            return page.get_by_role("button", name="Ban", exact=True).count() == 3

        wait_until(copied, "who sits there is copied", 30)
        for name, path in {
            "front": "",
            "calls": "rooms/livecall/",
            "call": f"rooms/livecall/{call}/change/",
            "reports": "rooms/report/",
            "report": f"rooms/report/{report}/change/",
            "bans": "rooms/ban/",
            "ban": f"rooms/ban/{ban}/change/",
            "people": "accounts/user/",
            "person": f"accounts/user/{person}/change/",
            "suspensions": "accounts/suspension/",
            "suspension": f"accounts/suspension/{suspension}/change/",
            "suspend": "accounts/suspension/add/",
            "log": "conference/auditentry/",
            "invitations": "rooms/invitation/",
        }.items():
            page.goto(f"{server.url}/admin/{path}")
            page.locator("#content").wait_for()
            everywhere(page, f"admin-{name}", full=True)
        page.goto(f"{server.url}/admin/conference/auditentry/?q=shouts")
        page.locator("#result_list tbody a").first.click()
        page.locator("#content").wait_for()
        everywhere(page, "admin-log-entry", full=True)
