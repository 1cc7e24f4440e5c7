"""Asking the provider for JSON, within bounds."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from requests import RequestException

from .faults import Unusable


def ask(url: str, **headers: str) -> dict[str, Any]:
    """The JSON object at this address; raises Unusable, also after a few seconds."""
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(url, headers=headers)
            answer.raise_for_status()
            found = answer.json()
    except RequestException as fault:
        raise Unusable(f"{url}: {fault}") from fault
    if not isinstance(found, dict):
        raise Unusable(f"{url}: is no JSON object")
    return found
