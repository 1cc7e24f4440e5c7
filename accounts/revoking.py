"""Word that nothing which was signed for an account opens anything any more.

Who serves calls hears it; accounts themselves know of no calls.
"""

from django.dispatch import Signal

GONE = 2**31 - 1
"""Larger than any revocation: of an account that is deleted."""

revoked = Signal()
"""With `account` (its number), `revocation` and `why`, words for that person.

Sent within the transaction of the change: what is told of it waits for the commit.
"""
