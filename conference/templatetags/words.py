"""Filters that put facts into the words of the pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()

NAMED = 3
"""How many people a sentence names before it counts the rest."""


@register.filter
def initials(name: str) -> str:
    """The first letters of the first two words, for a face without a picture."""
    return "".join(word[0] for word in name.split()[:2]).upper()


@register.filter
def listed(names: Sequence[str]) -> str:
    """“Amara, Tomas and June”; from five people on the rest is counted."""
    *first, last = names
    if len(first) > NAMED:
        first, last = first[:NAMED], f"{len(names) - NAMED} others"
    return f"{', '.join(first)} and {last}" if first else last


@register.filter
def day(moment: datetime) -> str:
    """The day as people say it: “today”, “on Tuesday”, “on 3 November”."""
    then, now = timezone.localdate(moment), timezone.localdate()
    if then == now:
        return "today"
    if then == now - timedelta(days=1):
        return "yesterday"
    if now - timedelta(days=6) <= then < now:
        return f"on {date_format(then, 'l')}"
    return f"on {date_format(then, 'j F' if then.year == now.year else 'j F Y')}"
