"""Settings of the tests: the product's own, in an environment that is said here whole.

Neither `.env` nor what the developer has exported has a say. `TEST_DATABASE_URL` and
`TEST_REDIS_URL` point a run at another ground than SQLite and memory.
"""

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="parley-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

for name in (
    *("BIND", "PORT", "SITE_URL", "SITE_NAME", "ALLOWED_HOSTS", "TRUSTED_PROXIES"),
    *("DEBUG", "LAN", "LOG_LEVEL", "STUN_URLS", "TURN", "TURN_URLS", "TURN_SECRET"),
    *("LOG_FORMAT", "METRICS_TOKEN"),
    *("SIGNUP", "SIGNUP_DOMAINS", "ROOMS_PER_PERSON", "INVITATIONS_PER_DAY"),
    *("EMAIL_URL", "MAIL_FROM", "OIDC_ISSUER", "OIDC_NAME"),
    *("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "FAST_SOCKETS"),
    *("DRAIN_SECONDS", "STRANGERS_PER_ADDRESS", "REQUIRE_STAFF_2FA"),
    *("TURN_ADMIN", "TURN_ADMIN_PASSWORD"),
):
    os.environ.pop(name, None)
os.environ |= {
    "SECRET_KEY": "a key for tests that guards nothing at all, fifty characters",
    "DATA_DIR": DATA,
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", ""),
    "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
}

from conference.settings import *  # noqa: E402, F403
from conference.settings import STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]"]
# Pages are rendered without `collectstatic`; the tests of the manifest make their own.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# The real hasher is slow on purpose; one test proves that it is the first.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each page asks anew, so that its questions can be counted; one test proves the rest.
LEGAL_NOTICE_SECONDS = 0
