"""What no list offers, sent for a row that is searched and chosen."""

import pytest

from rooms.models import Membership, Room
from tests.people import Person

pytestmark = pytest.mark.django_db

ADD = "/admin/rooms/membership/add/"


@pytest.mark.parametrize("value", ["nobody", "-1", "9" * 40, "1e9", "<b>"])
@pytest.mark.parametrize("field", ["room", "user"])
def test_it_is_told_beside_the_field(
    admin: Person, room: Room, stranger: Person, field: str, value: str
) -> None:
    sent = {"room": room.pk, "user": stranger.user.pk, "role": "member", field: value}

    page = admin.post(ADD, sent)

    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert not Membership.objects.filter(user=stranger.user).exists()


def test_what_is_offered_is_taken(admin: Person, room: Room, stranger: Person) -> None:
    sent = {"room": room.pk, "user": stranger.user.pk, "role": "member"}

    assert admin.post(ADD, sent).status_code == 302
    assert Membership.objects.filter(user=stranger.user, room=room).exists()
