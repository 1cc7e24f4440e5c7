"""A certificate authority for one private network, and certificates of its making.

Browsers refuse camera and microphone to plain http, and nobody's authority certifies
192.168.1.20. So Parley makes an authority of its own (RFC 5280), which is bound by name
constraints (4.2.1.10) and good for servers only (4.2.1.12): whoever stole its key could
imitate devices of a private network, but no site of the world.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
# More is refused by browsers, whoever signed (398 days at most).
SITE_DAYS = 397
# A server that is not started anew serves at least as long as this.
SPARE_DAYS = 90
# Clocks of phones and televisions are slow at times.
SLACK = timedelta(days=1)
COMMON_NAME_LIMIT = 64  # RFC 5280, appendix A.1, ub-common-name

Network = IPv4Network | IPv6Network
# Private (RFC 1918), shared with the carrier (RFC 6598), of one link (RFC 3927), of
# this machine; and their IPv6 kin (RFC 4193, 4291).
NETWORKS: list[Network] = [
    ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        *("169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"),
    )
]
DOMAINS = ["localhost", "local"]


class Damaged(ValueError):
    """What was read is no key with its certificate."""


@dataclass(frozen=True)
class Pair:
    """A private key and the certificate of its public half."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def read(cls, pem: bytes) -> Self:
        """Raises `Damaged` unless both are there and belong together."""
        try:
            key = serialization.load_pem_private_key(pem, password=None)
            certificate = x509.load_pem_x509_certificate(pem)
        except (ValueError, TypeError) as fault:
            raise Damaged(str(fault)) from fault
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Damaged("the key is of another kind")
        if key.public_key() != certificate.public_key():
            raise Damaged("key and certificate do not belong together")
        return cls(key, certificate)

    def pem(self) -> bytes:
        """Key first, then certificate; a secret."""
        return (
            self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + self.public_pem()
        )

    def public_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def days_left(self) -> float:
        """Until it expires; nothing, if it is not valid yet."""
        now = datetime.now(UTC)
        if now < self.certificate.not_valid_before_utc:
            return 0
        return (self.certificate.not_valid_after_utc - now) / timedelta(days=1)


@dataclass(frozen=True)
class Authority(Pair):
    """May sign certificates for the hosts of a private network, and for no others."""

    @classmethod
    def make(cls, name: str, hosts: Iterable[str], days: int = AUTHORITY_DAYS) -> Self:
        """`hosts` that lie outside private networks are permitted one by one."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _common_name(name)
        made = (
            _builder(subject, subject, key.public_key(), days)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs=True), critical=True)
            .add_extension(_SERVERS_ONLY, critical=False)
            .add_extension(_constraints(hosts), critical=True)
            .add_extension(_identifier(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        return cls(key, made)

    @classmethod
    def read(cls, pem: bytes) -> Self:
        pair = super().read(pem)
        try:
            whole = pair.has_signed(pair.certificate) and pair.identifier.digest
            fit = whole and pair.permits("localhost")
        except (ValueError, x509.ExtensionNotFound) as fault:
            raise Damaged(str(fault)) from fault
        if not fit:
            raise Damaged("it is no authority of this machine")
        return pair

    @property
    def identifier(self) -> x509.SubjectKeyIdentifier:
        return self.certificate.extensions.get_extension_for_class(
            x509.SubjectKeyIdentifier
        ).value

    @property
    def permitted(self) -> tuple[list[Network], list[str]]:
        """The networks and domains whose hosts it may certify."""
        constraints = self.certificate.extensions.get_extension_for_class(
            x509.NameConstraints
        ).value
        found = [each.value for each in constraints.permitted_subtrees or []]
        return (
            [each for each in found if isinstance(each, IPv4Network | IPv6Network)],
            [each for each in found if isinstance(each, str)],
        )

    def permits(self, host: str) -> bool:
        """Whether a certificate for this host would hold (RFC 5280, 4.2.1.10)."""
        return _lies_in(host, *self.permitted)

    def certify(self, name: str, hosts: Iterable[str], days: int = SITE_DAYS) -> Pair:
        """A certificate for a server that is reached by these names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            self.identifier
        )
        names = x509.SubjectAlternativeName([general_name(host) for host in hosts])
        made = (
            _builder(
                _common_name(name),
                self.certificate.subject,
                key.public_key(),
                days,
                self.certificate.not_valid_after_utc,
            )
            .add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(_key_usage(signs=False), critical=True)
            .add_extension(_SERVERS_ONLY, critical=False)
            .add_extension(names, critical=False)
            .add_extension(_identifier(key.public_key()), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return Pair(key, made)

    def has_signed(self, certificate: x509.Certificate) -> bool:
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return False
        return True


def general_name(host: str) -> x509.IPAddress | x509.DNSName:
    """The entry for a host as `Host` and addresses write it, IPv6 in brackets."""
    try:
        return x509.IPAddress(ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)


def hosts_of(certificate: x509.Certificate) -> set[str]:
    """The names and addresses a server's certificate is for, none in brackets."""
    try:
        names = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as devices show it: pairs of upper-case digits between colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


_SERVERS_ONLY = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    days: int,
    latest: datetime | None = None,
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now + timedelta(days=days) - SLACK
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(min(end, latest) if latest else end)
    )


def _common_name(name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name[:COMMON_NAME_LIMIT])]
    )


def _identifier(key: ec.EllipticCurvePublicKey) -> x509.SubjectKeyIdentifier:
    return x509.SubjectKeyIdentifier.from_public_key(key)


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    """An authority signs certificates, a server proves itself (RFC 5280, 4.2.1.3)."""
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _lies_in(host: str, networks: list[Network], domains: list[str]) -> bool:
    asked = general_name(host)
    if isinstance(asked, x509.IPAddress):
        return any(asked.value in network for network in networks)
    return any(f".{asked.value}".endswith(f".{domain}") for domain in domains)


def _constraints(hosts: Iterable[str]) -> x509.NameConstraints:
    outside = [
        general_name(host) for host in hosts if not _lies_in(host, NETWORKS, DOMAINS)
    ]
    return x509.NameConstraints(
        permitted_subtrees=[
            *(x509.IPAddress(network) for network in NETWORKS),
            *(x509.DNSName(domain) for domain in DOMAINS),
            *(
                x509.IPAddress(ip_network(str(name.value)))
                if isinstance(name, x509.IPAddress)
                else name
                for name in outside
            ),
        ],
        excluded_subtrees=None,
    )
