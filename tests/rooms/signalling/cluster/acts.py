"""What takes rights back, done by a program beside the site's processes.

It makes people and rooms as well, so that each act has its own. Rooms stand at the
site's database; what happens to them is told as from any process that serves it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Self

from tests.servers import ROOT, Parley

PROGRAM = """
import json, sys, time
from datetime import timedelta
import django
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.conf import settings
from django.utils import timezone
from allauth.usersessions.models import UserSession
from accounts.deletion import delete_account
from accounts.models import User
from accounts import suspending
from rooms.models import Invitation, Membership, Role, Room
from rooms.order import people
from rooms.order.actor import Actor
from rooms.visitors import Visitor

PASSWORD = "seven green apples"

def session_of(user):
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    UserSession.objects.create(user=user, ip="127.0.0.1", session_key=store.session_key)
    return store.session_key

def user_named(name):
    return User.objects.create_user(
        f"{name}-{User.objects.count()}@example.org", PASSWORD, display_name=name
    )

def make(invited=False, member=True):
    amara, mira, elias = map(user_named, ("Amara", "Mira", "Elias"))
    access = Room.Access.INVITED if invited else Room.Access.ANYONE
    room = Room.objects.make(owner=amara, name="Friday table", access=access)
    Membership.objects.grant(room, mira, Role.MEMBER)
    if member:
        Membership.objects.grant(room, elias, Role.MEMBER)
    else:
        made, _ = Invitation.objects.issue(room=room, made_by=amara, role="guest")
        made.accept(Visitor(elias, ""))
    return {
        "path": room.get_absolute_url(), "room": room.pk,
        "elias": elias.pk, "mira": mira.pk,
        "sessions": [session_of(each) for each in (amara, mira, elias)],
    }

def user(it):
    return User.objects.get(pk=it["elias"])

def room(it):
    return Room.objects.get(pk=it["room"])

def session(it):
    return {"session": session_of(user(it))}

def suspended(it):
    suspending.suspend(user(it), reason="Shouts.", until=None, by=None)

def closed(it):
    elias = user(it)
    elias.is_active = False
    elias.save()

def deleted(it):
    delete_account(user(it))

def logged_out(it):
    suspending.log_out(user(it), None)

def password(it):
    elias = user(it)
    elias.set_password("nine yellow pears")
    # The hash is slow on purpose, and nothing has changed before it is stored.
    begun = time.monotonic()
    elias.save()
    return {"begun": begun}

def membership(it):
    Membership.objects.get(room=it["room"], user=it["elias"]).revoke()

def invitation(it):
    Invitation.objects.get(room=it["room"]).revoke()

def removed(it):
    elias = user(it)
    site = Actor.of_site(room(it).owner)
    people.remove(room(it), person=f"u:{elias.pk}", name="Elias", actor=site)

def banned(it):
    elias = user(it)
    site = Actor.of_site(room(it).owner)
    people.remove(room(it), person=f"u:{elias.pk}", name="Elias", actor=site, ban=True)

def room_deleted(it):
    room(it).remove()

def session_deleted(it):
    SessionStore().delete(it["sessions"][2])

def expires(it):
    ends = timezone.now() + timedelta(seconds=it["seconds"])
    mine = Session.objects.filter(session_key=it["sessions"][2])
    assert mine.update(expire_date=ends) == 1

for line in sys.stdin:
    name, words = json.loads(line)
    act = globals()[name]
    made = act(**words) if name == "make" else act(words)
    print(json.dumps(made), flush=True)
"""

Made = dict[str, Any]


class Acts:
    """The program; `with Acts(server) as acts:` starts and ends it."""

    def __init__(self, server: Parley) -> None:
        env = server.env | {"DJANGO_SETTINGS_MODULE": "conference.settings"}
        self._running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Closes what it reads from, on which it ends, and what it says.
        self._running.communicate(timeout=30)

    def begin(self, act: str, words: Made) -> None:
        """Have it done; `end` waits until it is."""
        assert self._running.stdin is not None
        self._running.stdin.write(json.dumps([act, words]) + "\n")
        self._running.stdin.flush()

    def end(self) -> Made:
        assert self._running.stdout is not None
        line = self._running.stdout.readline()
        assert line, "the program beside the site has ended"
        made: Made = json.loads(line)
        return made

    def do(self, act: str, words: Made) -> Made:
        self.begin(act, words)
        return self.end()
