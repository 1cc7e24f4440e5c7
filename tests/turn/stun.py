"""STUN messages (RFC 8489) with the attributes of TURN (RFC 8656), byte by byte."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
import zlib
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

COOKIE = 0x2112A442

BINDING, ALLOCATE, REFRESH, SEND, DATA = 0x001, 0x003, 0x004, 0x006, 0x007
CREATE_PERMISSION, CHANNEL_BIND = 0x008, 0x009
REQUEST, INDICATION, SUCCESS, ERROR = 0x000, 0x010, 0x100, 0x110

USERNAME, MESSAGE_INTEGRITY, ERROR_CODE = 0x0006, 0x0008, 0x0009
CHANNEL_NUMBER, LIFETIME, XOR_PEER_ADDRESS = 0x000C, 0x000D, 0x0012
DATA_VALUE, REALM, NONCE, XOR_RELAYED_ADDRESS = 0x0013, 0x0014, 0x0015, 0x0016
ADDRESS_FAMILY, REQUESTED_TRANSPORT, XOR_MAPPED_ADDRESS = 0x0017, 0x0019, 0x0020
SOFTWARE, FINGERPRINT = 0x8022, 0x8028

UDP, TCP = 17, 6
Place = tuple[str, int]


@dataclass(frozen=True)
class Message:
    """One message; `attributes` keep what came, several of one kind included."""

    method: int
    kind: int
    attributes: list[tuple[int, bytes]] = field(default_factory=list)
    transaction: bytes = field(default_factory=lambda: os.urandom(12))

    def get(self, attribute: int) -> bytes | None:
        return next(
            (value for kind, value in self.attributes if kind == attribute), None
        )

    @property
    def code(self) -> int:
        """The error it tells of; 0: none."""
        told = self.get(ERROR_CODE)
        return told[2] * 100 + told[3] if told else 0

    def place(self, attribute: int) -> Place:
        value = self.get(attribute)
        assert value is not None, f"no {attribute:#06x} in {self}"
        return address_of(value, self.transaction)

    def encode(self, key: bytes | None = None) -> bytes:
        """Its bytes, with MESSAGE-INTEGRITY under `key` where there is one."""
        body = b"".join(_attribute(kind, value) for kind, value in self.attributes)
        if key is not None:
            head = self._head(len(body) + 24)
            digest = hmac.digest(key, head + body, "sha1")
            body += _attribute(MESSAGE_INTEGRITY, digest)
        head = self._head(len(body) + 8)
        check = (zlib.crc32(head + body) ^ 0x5354554E) & 0xFFFFFFFF
        return head + body + _attribute(FINGERPRINT, struct.pack(">I", check))

    def _head(self, length: int) -> bytes:
        method = (
            (self.method & 0x000F)
            | (self.method & 0x0070) << 1
            | (self.method & 0x0F80) << 2
        )
        head = struct.pack(">HHI", method | self.kind, length, COOKIE)
        return head + self.transaction

    @classmethod
    def decode(cls, data: bytes) -> Message:
        kind, length, cookie = struct.unpack_from(">HHI", data)
        if cookie != COOKIE or kind & 0xC000 or len(data) != 20 + length:
            raise ValueError("not a STUN message")
        method = kind & 0x000F | (kind & 0x00E0) >> 1 | (kind & 0x3E00) >> 2
        attributes, at = [], 20
        while at < len(data):
            attribute, size = struct.unpack_from(">HH", data, at)
            attributes.append((attribute, data[at + 4 : at + 4 + size]))
            at += 4 + size + -size % 4
        return cls(method, kind & 0x0110, attributes, data[8:20])


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack(">HH", kind, len(value)) + value + bytes(-len(value) % 4)


def address_bytes(place: Place, transaction: bytes) -> bytes:
    """An XOR-…-ADDRESS (RFC 8489, 14.2)."""
    address, port = ip_address(place[0]), place[1]
    family = 1 if address.version == 4 else 2
    mask = struct.pack(">I", COOKIE) + transaction
    hidden = bytes(
        one ^ other for one, other in zip(address.packed, mask, strict=False)
    )
    return struct.pack(">BBH", 0, family, port ^ (COOKIE >> 16)) + hidden


def address_of(value: bytes, transaction: bytes) -> Place:
    _, family, port = struct.unpack_from(">BBH", value)
    packed = _masked(value[4:], transaction)
    address = IPv4Address(packed) if family == 1 else IPv6Address(packed)
    return str(address), port ^ (COOKIE >> 16)


def _masked(packed: bytes, transaction: bytes) -> bytes:
    mask = struct.pack(">I", COOKIE) + transaction
    return bytes(one ^ other for one, other in zip(packed, mask, strict=False))


def long_term_key(username: str, realm: str, password: str) -> bytes:
    """RFC 8489, 9.2.2."""
    text = f"{username}:{realm}:{password}"
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def timed_credentials(secret: str, expiry: int, user: str) -> tuple[str, str]:
    """Username and password by the scheme that coturn calls `use-auth-secret`."""
    username = f"{expiry}:{user}"
    digest = hmac.digest(secret.encode(), username.encode(), "sha1")
    return username, base64.b64encode(digest).decode()
