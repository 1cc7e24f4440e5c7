"""The certificates of the local network: who accepts them, and when they are made."""

import ipaddress
import ssl
import stat
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from conference.certificates import Authority, Damaged, Pair, fingerprint, hosts_of
from conference.tls import Store

HOSTS = ["192.168.1.20", "kitchen.local", "localhost", "127.0.0.1", "[::1]"]
NAME = "Parley on kitchen"


@pytest.fixture
def store(tmp_path: Path) -> Callable[..., Store]:
    """The store of a start; each call is another start in the same folder."""

    def start(hosts: list[str] = HOSTS) -> Store:
        return Store(tmp_path / "tls", NAME, hosts)

    return start


def shake_hands(host: str, trusted: Path, site: Path) -> None:
    """A TLS handshake as a browser makes it; raises what the client does not accept."""
    client = ssl.create_default_context(cafile=str(trusted))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(site)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(down, up, server_hostname=host.strip("[]")),
        server.wrap_bio(up, down, server_side=True),
    ]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            ends.remove(end)


@pytest.mark.parametrize("host", HOSTS)
def test_who_trusts_the_authority_accepts_every_way_to_the_site(
    store: Callable[..., Store], host: str
) -> None:
    kept = store()
    kept.prepare()
    shake_hands(host, kept.public, kept.site)


def test_who_does_not_trust_it_is_warned(store: Callable[..., Store]) -> None:
    kept = store()
    kept.prepare()
    stranger = Store(kept.folder / "other", NAME, HOSTS)
    stranger.prepare()
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands("localhost", stranger.public, kept.site)


@pytest.mark.parametrize("host", ["bank.example", "198.51.100.7", "2001:db8::1"])
def test_the_authority_can_vouch_for_nobody_outside(
    store: Callable[..., Store], host: str
) -> None:
    kept = store()
    kept.prepare()
    authority = Authority.read(kept.authority.read_bytes())
    assert not authority.permits(host)
    kept.site.write_bytes(authority.certify(NAME, [host]).pem())
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(host, kept.public, kept.site)


def test_an_address_of_ours_outside_private_networks_is_permitted_alone(
    store: Callable[..., Store],
) -> None:
    kept = store(["198.51.100.7", "call.home.arpa"])
    kept.prepare()
    authority = Authority.read(kept.authority.read_bytes())
    assert authority.permits("198.51.100.7")
    assert not authority.permits("198.51.100.8")
    assert not authority.permits("home.arpa")
    shake_hands("198.51.100.7", kept.public, kept.site)
    shake_hands("call.home.arpa", kept.public, kept.site)


def test_what_browsers_ask_of_a_servers_certificate(
    store: Callable[..., Store],
) -> None:
    kept = store()
    kept.prepare()
    site = Pair.read(kept.site.read_bytes()).certificate
    authority = Authority.read(kept.authority.read_bytes()).certificate
    names = site.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address(host) for host in ("192.168.1.20", "127.0.0.1", "::1")
    ]
    assert names.get_values_for_type(x509.DNSName) == ["kitchen.local", "localhost"]
    lasts = site.not_valid_after_utc - site.not_valid_before_utc
    assert lasts <= timedelta(days=397)
    assert site.subject != site.issuer == authority.subject
    issued_by = site.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    own = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert issued_by.value.key_identifier == own.value.digest
    for certificate in (site, authority):
        use = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        assert list(use.value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    bound = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert bound.critical


def test_keys_are_their_owners_alone(store: Callable[..., Store]) -> None:
    kept = store()
    kept.prepare()

    def mode(path: Path) -> int:
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(kept.folder) == 0o700
    assert mode(kept.authority) == mode(kept.site) == 0o600
    assert mode(kept.public) == 0o644
    assert b"PRIVATE" not in kept.public.read_bytes()
    kept.authority.chmod(0o644)
    store().prepare()
    assert mode(kept.authority) == 0o600


def test_the_next_start_has_nothing_to_do(store: Callable[..., Store]) -> None:
    kept = store()
    assert len(kept.prepare()) == 2
    before = kept.authority.read_bytes(), kept.site.read_bytes()
    assert store().prepare() == []
    assert (kept.authority.read_bytes(), kept.site.read_bytes()) == before


def test_new_addresses_make_a_new_certificate_of_the_same_authority(
    store: Callable[..., Store],
) -> None:
    kept = store()
    kept.prepare()
    before = kept.authority.read_bytes()
    assert store(["10.0.0.7", "localhost"]).prepare() == [
        "made a certificate for 10.0.0.7, localhost"
    ]
    assert kept.authority.read_bytes() == before
    assert hosts_of(Pair.read(kept.site.read_bytes()).certificate) == {
        "10.0.0.7",
        "localhost",
    }
    shake_hands("10.0.0.7", kept.public, kept.site)


def test_an_address_that_the_authority_may_not_vouch_for_makes_a_new_one(
    store: Callable[..., Store],
) -> None:
    kept = store()
    kept.prepare()
    authority, site = store([*HOSTS, "198.51.100.7"]).prepare()
    assert "may not vouch for the present addresses" in authority
    assert "devices that trusted the old one have to trust it" in authority
    assert site.startswith("made a certificate for")
    shake_hands("198.51.100.7", kept.public, kept.site)


def test_a_certificate_near_its_end_is_made_anew(store: Callable[..., Store]) -> None:
    kept = store()
    kept.prepare()
    authority = Authority.read(kept.authority.read_bytes())
    old = authority.certify(NAME, HOSTS, days=89)
    kept.site.write_bytes(old.pem())
    assert len(store().prepare()) == 1
    assert Pair.read(kept.site.read_bytes()).days_left() > 300


def test_an_authority_near_its_end_is_made_anew_and_so_is_what_it_signed(
    store: Callable[..., Store],
) -> None:
    kept = store()
    kept.prepare()
    kept.authority.write_bytes(Authority.make(NAME, HOSTS, days=300).pem())
    authority, _ = store().prepare()
    assert "about to expire" in authority
    shake_hands("localhost", kept.public, kept.site)


def test_a_certificate_outlives_no_authority() -> None:
    authority = Authority.make(NAME, HOSTS, days=100)
    site = authority.certify(NAME, HOSTS)
    assert (
        site.certificate.not_valid_after_utc
        == authority.certificate.not_valid_after_utc
    )


def test_a_certificate_of_the_future_is_of_no_use() -> None:
    pair = Authority.make(NAME, HOSTS)
    assert pair.days_left() > 3000
    end = pair.certificate.not_valid_after_utc
    future = (
        x509.CertificateBuilder()
        .subject_name(pair.certificate.subject)
        .issuer_name(pair.certificate.subject)
        .public_key(pair.key.public_key())
        .serial_number(1)
        .not_valid_before(end - timedelta(days=1))
        .not_valid_after(end)
        .sign(pair.key, hashes.SHA256())
    )
    assert Pair(pair.key, future).days_left() == 0


OTHER = Authority.make("another", ["localhost"])
DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no PEM": lambda _: b"\x00\xff nonsense",
    "cut": lambda pem: pem[: len(pem) // 2],
    "key alone": lambda pem: pem[: pem.index(b"-----BEGIN CERT")],
    "certificate alone": lambda pem: pem[pem.index(b"-----BEGIN CERT") :],
    "two that are strangers": lambda pem: (
        pem[: pem.index(b"-----BEGIN CERT")] + OTHER.public_pem()
    ),
}


@pytest.mark.parametrize("file", ["authority", "site"])
@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_is_made_anew_and_said(
    store: Callable[..., Store], file: str, how: str
) -> None:
    kept = store()
    kept.prepare()
    path: Path = getattr(kept, file)
    path.write_bytes(DAMAGED[how](path.read_bytes()))
    done = store().prepare()
    assert done[0] == f"found {path} damaged and makes it anew"
    shake_hands("192.168.1.20", kept.public, kept.site)


def test_a_bit_that_fell_over_in_the_authority_is_noticed(
    store: Callable[..., Store],
) -> None:
    kept = store()
    kept.prepare()
    pem = kept.authority.read_bytes()
    kept.authority.write_bytes(pem[:-60] + bytes([pem[-60] ^ 1]) + pem[-59:])
    assert store().prepare()[0] == f"found {kept.authority} damaged and makes it anew"


def test_a_servers_certificate_is_no_authority(store: Callable[..., Store]) -> None:
    kept = store()
    kept.prepare()
    with pytest.raises(Damaged):
        Authority.read(kept.site.read_bytes())


def test_a_lost_public_half_comes_back(store: Callable[..., Store]) -> None:
    kept = store()
    kept.prepare()
    before = kept.public.read_bytes()
    kept.public.unlink()
    assert store().prepare() == []
    assert kept.public.read_bytes() == before


def test_starts_at_the_same_time_agree(store: Callable[..., Store]) -> None:
    many = 6
    ready = threading.Barrier(many)

    def start(_: int) -> tuple[bytes, bytes, list[str]]:
        kept = store()
        ready.wait()
        done = kept.prepare()
        return kept.authority.read_bytes(), kept.site.read_bytes(), done

    with ThreadPoolExecutor(many) as pool:
        seen = list(pool.map(start, range(many)))
    assert len({authority for authority, _, _ in seen}) == 1
    assert len({site for _, site, _ in seen}) == 1
    assert sorted(len(done) for _, _, done in seen) == [0] * (many - 1) + [2]
    assert [path.name for path in sorted(store().folder.iterdir())] == [
        ".lock",
        "authority.pem",
        "ca.crt",
        "site.pem",
    ]


def test_a_fingerprint_reads_as_devices_show_it() -> None:
    shown = fingerprint(OTHER.certificate)
    assert len(shown.split(":")) == 32
    assert shown == shown.upper()
