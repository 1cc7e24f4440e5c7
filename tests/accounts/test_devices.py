"""What a browser calls itself, in words."""

import pytest

from accounts.devices import device

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/146.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64) {WEBKIT} Chrome/146.0 Edg/146.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Macintosh) Gecko/20100101 Firefox/146.0", "Firefox on a Mac"),
        (
            f"Mozilla/5.0 (Linux; Android 16) {WEBKIT} SamsungBrowser/29 Chrome/136",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (iPad) Version/19.0 Mobile Safari/604.1", "Safari on iPad"),
        ("curl/8.5.0", "A browser we do not know"),
        ("Something on Linux", "A browser on Linux"),
        ("", "A browser we do not know"),
        ("<script>Firefox/1</script>", "Firefox"),
    ],
)
def test_its_owner_knows_it_again(user_agent: str, words: str) -> None:
    assert device(user_agent) == words
