"""The pages around everything: texts of the site, and what went wrong."""

from __future__ import annotations

from rooms.links import ALPHABET
from rooms.throttle import GUESSES
from tests.browser.pictures import DESKTOP, Studio, everywhere, scene
from tests.browser.visitor import PASSWORD, Visitor
from tests.servers import parley_server

LEGAL = """
from conference.models import SiteText
SiteText.objects.update_or_create(place="legal", defaults={"text": '''
The choir of Mill Lane
Mill Lane 3
12345 Rivertown

# Reach us

Write to choir@example.org, or look at https://choir.example.org/contact.
'''})
"""
BREAK = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("DROP TABLE rooms_seat")
"""


@scene
def privacy(studio: Studio) -> None:
    studio.everywhere("privacy", "/privacy/")


@scene
def legal(studio: Studio) -> None:
    studio.server.manage("shell", "--no-imports", "-c", LEGAL)
    studio.everywhere("legal", "/legal/")


@scene
def offline(studio: Studio) -> None:
    studio.everywhere("offline", "/offline/")


@scene
def error_400(studio: Studio) -> None:
    studio.everywhere("error-400", f"/accounts/login/?{'a=1&' * 1001}")


@scene
def error_403(studio: Studio) -> None:
    """A form whose page was open too long: its token is gone."""
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(f"{studio.server.url}/accounts/login/")
    page.get_by_label("E-mail").fill("mira@example.com")
    page.get_by_label("Password").first.fill("not this one")
    page.context.clear_cookies()
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_text("Error 403").wait_for()
    everywhere(page, "error-403")


@scene
def error_429(studio: Studio) -> None:
    with parley_server() as server, Studio(studio.browser, server, studio.owner) as one:
        guesser = one.page("light", DESKTOP, signed_in=False)
        for letter in ALPHABET[:GUESSES]:
            guesser.goto(f"{server.url}/r/aaaa-bbbb-cccc-ddd{letter}/")
        one.everywhere("error-429", "/r/aaaa-bbbb-cccc-dddd/")


@scene
def error_500(studio: Studio) -> None:
    with parley_server() as server:
        owner = Visitor(server.url)
        owner.sign_up("mira@example.com", "Mira Lindqvist")
        owner.new_room()
        server.manage("shell", "--no-imports", "-c", BREAK)
        with Studio(studio.browser, server, owner) as broken:
            broken.everywhere("error-500", "/rooms/", signed_in=True)


@scene
def home_signed_in(studio: Studio) -> None:
    studio.everywhere("home-signed-in", "/", signed_in=True)


@scene
def doctor(studio: Studio) -> None:
    """Whether all is well, as an administrator sees it."""
    studio.server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    studio.server.manage(
        "createsuperuser", "--noinput", "--email", "doctor@example.com"
    )
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(f"{studio.server.url}/admin/doctor/")
    page.get_by_label("E-mail").fill("doctor@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("heading", name="Doctor").wait_for()
    everywhere(page, "doctor", full=True)


@scene
def mail_printed(studio: Studio) -> None:
    studio.everywhere("mail-printed", "/accounts/password/reset/done/")
