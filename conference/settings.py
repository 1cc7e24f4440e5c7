"""Settings. All variation comes from the environment; README.md lists every name."""

from pathlib import Path
from typing import Any

import dj_database_url
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

from . import env
from .env import BASE_DIR
from .origin import host_of, is_local, own_origins, site_origin

# Lets classes such as `ModelAdmin[User]` name their model at run time too.
django_stubs_ext.monkeypatch()

# What the environment says


def _secret_key(value: str) -> str:
    if not value:
        raise ValueError("is not set; `make run` makes one for local use")
    if len(value) < 50 or len(set(value)) < 5:
        raise ValueError("must have at least 50 characters that nobody can guess")
    return value


def _directory(value: str) -> Path:
    directory = (BASE_DIR / Path(value).expanduser()).resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ValueError(f"cannot be made: {fault.strerror}") from fault
    return directory


def _database(value: str) -> dict[str, Any]:
    try:
        parsed = dict(dj_database_url.parse(value))
    except (ValueError, dj_database_url.UnknownSchemeError) as fault:
        raise ValueError("must be a sqlite:// or postgres:// address") from fault
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue up instead of failing half-way; readers never wait (WAL).
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    elif parsed["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError("must be a sqlite:// or postgres:// address")
    return parsed


def _redis(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be one of DEBUG, INFO, WARNING, ERROR")
    return value.upper()


SECRET_KEY = env.parsed("SECRET_KEY", "", _secret_key)
DEBUG = env.flag("DEBUG", False)
BIND = env.text("BIND", "127.0.0.1")
PORT = env.number("PORT", 8000, 0, 65535)
SITE_URL = env.parsed("SITE_URL", f"http://localhost:{PORT}", site_origin)
SITE_NAME = env.text("SITE_NAME", "Parley")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, 0, 16)
DATA_DIR = env.parsed("DATA_DIR", "var", _directory)
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'parley.sqlite3'}")
DATABASES = {"default": env.parsed("DATABASE_URL", DATABASE_URL, _database)}
REDIS_URL = env.parsed("REDIS_URL", "", _redis)
LOG_LEVEL = env.parsed("LOG_LEVEL", "INFO", _log_level)
STUN_URLS = env.words("STUN_URLS", ("stun:", "stuns:"))
TURN_URLS = env.words("TURN_URLS", ("turn:", "turns:"))
TURN_SECRET = env.text("TURN_SECRET")
if TURN_URLS and not TURN_SECRET:
    raise env.BadSetting("TURN_SECRET", "", "is needed where TURN_URLS is set")

# Addresses and transport: the scheme of SITE_URL alone decides

SECURE = SITE_URL.startswith("https://")
SITE_ORIGINS = own_origins(SITE_URL)
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
SITE_HOST = SITE_URL.partition("://")[2]
ALLOWED_HOSTS += [host_of(origin) for origin in SITE_ORIGINS]
SECURE_SSL_REDIRECT = SECURE
SECURE_SSL_HOST = SITE_HOST
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
# The site speaks for its own host only, not for others below that name.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
)
SECURE_REFERRER_POLICY = "same-origin"
# Browsers heed it for trustworthy origins only, and log an error for any other.
SECURE_CROSS_ORIGIN_OPENER_POLICY = (
    "same-origin" if SECURE or is_local(SITE_URL) else None
)
X_FRAME_OPTIONS = "DENY"

# `__Host-` binds a cookie to this very host and to https; browsers refuse it otherwise.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}parley_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}parley_csrf"
GUEST_COOKIE_NAME = f"{COOKIE_PREFIX}parley_guest"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}parley_language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Parts

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "channels",
    "csp",
    "accounts",
    "rooms",
    "conference",
]
MIDDLEWARE = [
    # These two outermost: their headers belong on every answer, redirects included.
    "csp.middleware.CSPMiddleware",
    "conference.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Tokens in pages are masked afresh each time, and lengths padded, against BREACH.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "conference.urls"
ASGI_APPLICATION = "conference.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "conference.context.site",
            ],
        },
    }
]

# Ground: caches, layer, files

# Limits count in the cache, so all processes must share it. The table is made by
# conference's migration; its size must not let a flood of keys wash limits out.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# PubSub, for the other layer closes every socket when Redis blinks.
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "conference.storage.LeanStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "media"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# No form of this site is larger; see also conference/server.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my-rooms"
LOGOUT_REDIRECT_URL = "home"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"

# Mail is printed until a mail server is known.
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "no-reply@localhost"

# Words and time

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # daphne's start is told by the banner; its debug lines copy whole frames.
        "daphne": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
    },
}
