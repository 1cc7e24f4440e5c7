"""The log of who did what to whom: written once, changed by nobody."""

from .log import Action, record

__all__ = ["Action", "record"]
