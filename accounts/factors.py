"""Second factors: how their secrets are kept."""

from allauth.mfa.adapter import DefaultMFAAdapter

from conference.sealing import seal, unseal

PURPOSE = "second-factor"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # has no types
    """Secrets of authenticator apps and recovery codes rest sealed."""

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode(), PURPOSE).decode()
