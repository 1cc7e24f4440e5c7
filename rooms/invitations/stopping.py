"""The link in every invitation's mail by which its reader wants no more of them."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from ..models import NoMail
from ..models.postage import address_hash

_SIGNER = "rooms.invitations.stopping"


def stop_url(address: str) -> str:
    """Where the owner of this address says so; the link holds no address."""
    signed = _signer().sign(address_hash(address))
    return settings.SITE_URL.rstrip("/") + reverse("stop-invitations", args=[signed])


def read_signed(signed: str) -> str | None:
    """The hash of the address that such a link is about; None if it is not ours."""
    try:
        return _signer().unsign(signed)
    except signing.BadSignature:
        return None


def is_stopped(hashed: str) -> bool:
    return NoMail.objects.filter(address_hash=hashed).exists()


def stop(hashed: str) -> None:
    """Send this address no invitation by mail from now on."""
    NoMail.objects.get_or_create(address_hash=hashed)


def allow(hashed: str) -> None:
    """Send them again."""
    NoMail.objects.filter(address_hash=hashed).delete()


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SIGNER, sep=".")
