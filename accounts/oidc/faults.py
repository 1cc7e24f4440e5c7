"""What can be wrong with a provider."""

from allauth.socialaccount.providers.oauth2.client import OAuth2Error


class Unusable(OAuth2Error):  # type: ignore[misc] # has no types
    """What the provider sent cannot be used; the message is for the log."""
