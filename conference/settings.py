"""Settings. All variation comes from the environment: docs/configuration.md."""

from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF

from . import env, lan, parsers
from .env import BASE_DIR
from .mail import address as mail_address
from .origin import host_of, is_local, own_origins, site_origin

# Lets classes such as `ModelAdmin[User]` name their model at run time too.
django_stubs_ext.monkeypatch()

# What the environment says; the words stand in docs/configuration.md

SECRET_KEY = env.parsed(
    "SECRET_KEY",
    "",
    parsers.secret_key,
    "signs cookies, tickets and links; at least 50 characters",
    shown="made by `make run`",
)
DEBUG = env.flag("DEBUG", False, "error pages with source code, for developers only")
LAN = env.flag(
    "LAN",
    False,
    "serve https on this machine's own network, with a certificate made here; "
    "as in `make run LAN=1`",
)
BIND = env.text(
    "BIND",
    "0.0.0.0" if LAN else "127.0.0.1",  # noqa: S104
    "the address of this machine to listen on; `0.0.0.0` for all, as with `LAN`",
    shown="127.0.0.1",
)
PORT = env.number("PORT", 8000, 0, 65535, "the port to listen on")
SITE_URL = env.parsed(
    "SITE_URL",
    lan.site_url(PORT) if LAN else f"http://localhost:{PORT}",
    site_origin,
    "where people find the site. `https://` alone decides secure cookies, HSTS, "
    "redirects and trusted origins",
    shown="http://localhost:PORT",
)
if LAN and not SITE_URL.startswith("https://"):
    raise env.BadSetting(
        "SITE_URL",
        SITE_URL,
        "must begin with https:// where LAN is set, or be left out",
    )
SITE_NAME = env.text("SITE_NAME", "Parley", "the name on every page")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    "further host names to answer to, comma-separated; that of `SITE_URL` always is "
    "one",
)
TRUSTED_PROXIES = env.number(
    "TRUSTED_PROXIES",
    0,
    0,
    16,
    "how many proxies of yours stand before Parley: so many entries of "
    "`X-Forwarded-For` are believed, and `X-Forwarded-Proto` if any",
)
DATA_DIR = env.parsed(
    "DATA_DIR",
    "var",
    parsers.directory,
    "database, pictures, static files and whatever else a backup copies",
)
DATABASE_URL = env.text(
    "DATABASE_URL",
    f"sqlite:///{DATA_DIR / 'parley.sqlite3'}",
    "SQLite, or `postgres://user:password@host/name`",
    shown="sqlite:///DATA_DIR/parley.sqlite3",
)
DATABASES = {
    "default": env.parsed(
        "DATABASE_URL",
        DATABASE_URL,
        parsers.database,
        "SQLite, or `postgres://user:password@host/name`",
        shown="sqlite:///DATA_DIR/parley.sqlite3",
    )
}
REDIS_URL = env.parsed(
    "REDIS_URL",
    "",
    parsers.redis,
    "`redis://…`: needed as soon as more than one process serves the site",
)
LOG_LEVEL = env.parsed(
    "LOG_LEVEL",
    "INFO",
    parsers.one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    "`DEBUG`, `INFO`, `WARNING` or `ERROR`",
)
LOG_FORMAT = env.parsed(
    "LOG_FORMAT",
    "text",
    parsers.one_of("text", "json"),
    "`text`, or `json` for programs: one object a line, with room and seat where a "
    "line is about one",
)
METRICS_TOKEN = env.parsed(
    "METRICS_TOKEN",
    "",
    parsers.token,
    "what Prometheus sends as its bearer token to read `/metrics`; without one, "
    "programs on this very machine may read it while `SITE_URL` is this machine and "
    "there are no `TRUSTED_PROXIES`, and nobody else",
)
FAST_SOCKETS = env.flag(
    "FAST_SOCKETS",
    True,
    "take a short way through daphne for the messages of calls, at about half the "
    "cost; only `serve` asks",
)
DRAIN_SECONDS = env.number(
    "DRAIN_SECONDS",
    60,
    5,
    3600,
    "how long a process that drains waits for its last people before it ends",
)
STRANGERS_PER_ADDRESS = env.number(
    "STRANGERS_PER_ADDRESS",
    5000,
    10,
    1_000_000,
    "how many sockets from one address may be open without having said who they are; "
    "the oldest of them is closed for the next. Pages say it at once",
)
STUN_URLS = env.words(
    "STUN_URLS",
    "`stun:…` addresses, comma-separated. None is needed within one network",
    starting=("stun:", "stuns:"),
)
TURN_URLS = env.words(
    "TURN_URLS",
    "`turn:…` or `turns:…` addresses of a relay, comma-separated",
    starting=("turn:", "turns:"),
)
TURN_SECRET = env.text(
    "TURN_SECRET",
    "",
    "the secret shared with that relay; credentials made from it last minutes",
)
TURN_ADMIN = env.parsed(
    "TURN_ADMIN",
    "",
    parsers.place,
    "`host:port` where that relay's coturn takes orders (`cli-port`), so that what "
    "somebody has there ends with their right to be in a call",
)
TURN_ADMIN_PASSWORD = env.text(
    "TURN_ADMIN_PASSWORD", "", "the password that it asks for there (`cli-password`)"
)
TURN = env.flag(
    "TURN",
    False,
    "start coturn, where it is installed, as a relay for this run alone; as in "
    "`make run TURN=1`, also with `LAN=1`",
)
if TURN_URLS and not TURN_SECRET:
    raise env.BadSetting("TURN_SECRET", "", "is needed where TURN_URLS is set")
if TURN_ADMIN and not TURN_ADMIN_PASSWORD:
    raise env.BadSetting("TURN_ADMIN_PASSWORD", "", "is needed where TURN_ADMIN is set")
if not TURN_ADMIN_PASSWORD.isascii() or not TURN_ADMIN_PASSWORD.isprintable():
    raise env.BadSetting(
        "TURN_ADMIN_PASSWORD", TURN_ADMIN_PASSWORD, "must be printable ASCII"
    )
if TURN and TURN_URLS:
    raise env.BadSetting("TURN", "True", "starts a relay; leave TURN_URLS out then")

SIGNUP = env.parsed(
    "SIGNUP",
    "open" if is_local(SITE_URL) else "invited",
    parsers.one_of("open", "invited", "closed"),
    "who may make an account: `open`, anybody; `invited`, whom an invitation or your "
    "log-in provider vouches for; `closed`, nobody but through the administration. "
    "Guests come in by link either way",
    shown="open on localhost, with LAN from this machine only, else invited",
)
# Somebody who tries it on a network of their own has no administrator yet.
SIGNUP_OPEN_HERE = LAN and not env.is_set("SIGNUP")
REQUIRE_STAFF_2FA = env.flag(
    "REQUIRE_STAFF_2FA",
    not (LAN or is_local(SITE_URL)),
    "the administration opens to people with two-step log-in alone; others are led to "
    "set it up. `manage.py reset_2fa EMAIL` is the way back for who has lost theirs",
    shown="True; False on localhost and with LAN",
)
SIGNUP_DOMAINS = env.parsed(
    "SIGNUP_DOMAINS",
    "",
    parsers.domains,
    "only addresses at these domains may make an account, comma-separated; not at "
    "names below them. Accounts that exist are left alone",
)
ROOMS_PER_PERSON = env.number(
    "ROOMS_PER_PERSON",
    50,
    0,
    10_000,
    "how many rooms a person may own, unless the administration says otherwise",
)
INVITATIONS_PER_DAY = env.number(
    "INVITATIONS_PER_DAY",
    20,
    0,
    10_000,
    "how many invitations a person may send by e-mail within a day",
)
EMAIL_URL = env.parsed(
    "EMAIL_URL",
    "",
    mail_address.parse,
    "the mail server: `smtp://user:password@host:25`, `smtps://…` (TLS, port 465) or "
    "`submission://…` (STARTTLS, port 587). With one, people who sign up confirm "
    "their address; without one, mails are printed",
)
MAIL_FROM = env.parsed(
    "MAIL_FROM",
    f"no-reply@{host_of(SITE_URL)}",
    mail_address.sender,
    "the sender of every mail: an address, or `Name <address>`",
    shown="no-reply@ the host of SITE_URL",
)
OIDC_ISSUER = env.parsed(
    "OIDC_ISSUER",
    "",
    parsers.issuer,
    "the address of an OpenID Connect provider, for log-in with it; the redirect "
    "address to register there is `SITE_URL/accounts/oidc/oidc/login/callback/`",
)
OIDC_NAME = env.text("OIDC_NAME", "your organisation", "what its button calls it")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "", "the client's name there")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "", "the client's secret there")
if OIDC_ISSUER and not OIDC_CLIENT_ID:
    raise env.BadSetting("OIDC_CLIENT_ID", "", "is needed where OIDC_ISSUER is set")

# Addresses and transport: the scheme of SITE_URL alone decides

SECURE = SITE_URL.startswith("https://")
SITE_ORIGINS = list(
    dict.fromkeys(own_origins(SITE_URL) + (lan.origins(PORT) if LAN else []))
)
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS
SITE_HOST = SITE_URL.partition("://")[2]
ALLOWED_HOSTS += [host_of(origin) for origin in SITE_ORIGINS]
# With LAN the server itself speaks https, and nothing else.
SECURE_SSL_REDIRECT = SECURE and not LAN
SECURE_SSL_HOST = SITE_HOST
# Browsers would hold a promise made for `localhost` against every other program there.
SECURE_HSTS_SECONDS = 31_536_000 if SECURE and not LAN else 0
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
# Of one room's pages alone, which `__Host-` would not let it be.
ROOM_PASSWORD_COOKIE_NAME = f"{'__Secure-' if SECURE else ''}parley_room"
KNOWN_COOKIE_NAME = f"{COOKIE_PREFIX}parley_known"
PASSKEY_COOKIE_NAME = f"{COOKIE_PREFIX}parley_passkey"
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
    "conference.administration.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
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
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.languages.language_middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "conference.methods.methods_middleware",
    "conference.guard.Guard",
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
# For so long a process believes what it knows of a notice that another one may write.
LEGAL_NOTICE_SECONDS = 10
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# No form of this site is larger; see also conference/server.py.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
# But one, which carries a picture: by path, the most bytes of a request's body.
LARGE_BODIES = {"/accounts/profile/picture/": 5 * 1024 * 1024 + 64 * 1024}

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.AuthenticationBackend"]
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
# How often: by client address (ip), by person (user), by e-mail address (key). What is
# asked too often is answered with 429, or with words above the form.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    # Wrong ones. An account's count is the same wherever the guesses come from.
    "login_failed": "10/m/ip,5/5m/key,20/h/key",
    "provider": "30/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user,20/h/user",
    # These send mails to addresses that somebody types.
    "signup": "20/m/ip,100/h/ip",
    "reset_password": "20/m/ip,100/h/ip,5/h/key",
    "confirm_email": "1/3m/key,10/d/key",
    "manage_email": "10/m/user,50/h/user",
    "change_picture": "30/h/user",
    "export": "10/h/user",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Nobody can be asked to confirm a mail that no server sends.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Whoever else changes a password or a second step, the owner is told.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"

MFA_ADAPTER = "accounts.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.factor_forms.AuthenticateForm",
    "reauthenticate": "accounts.factor_forms.ReauthenticateForm",
    "activate_totp": "accounts.factor_forms.ActivateTOTPForm",
    "authenticate_webauthn": "accounts.factor_forms.AuthenticateWebAuthnForm",
    "login_webauthn": "accounts.factor_forms.LoginWebAuthnForm",
    "reauthenticate_webauthn": "accounts.factor_forms.ReauthenticateWebAuthnForm",
    "add_webauthn": "accounts.factor_forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.factor_forms.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# Clocks of phones differ: the code before and the one after count as well.
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_URL
# Development certificates and plain http on this machine; elsewhere browsers refuse.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = is_local(SITE_URL)

SOCIALACCOUNT_ADAPTER = "accounts.oidc.adapter.SocialAccountAdapter"
# Whoever was joined by address once is known by the provider's own name from then on.
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {
        "provider_class": "accounts.oidc.provider.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
# Written at log-in only: no page that is merely looked at writes anything.
USERSESSIONS_TRACK_ACTIVITY = False

# Mail waits in the database until its server takes it; without one it is printed.
EMAIL_BACKEND = (
    "conference.mail.backend.QueueBackend"
    if EMAIL_URL
    else "conference.mail.backend.PrintBackend"
)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
EMAIL_TIMEOUT = 15

# Words and time

LANGUAGE_CODE = "en"
# Only those that pages are written in; a second one appears in profiles by itself.
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "conference.log.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
        "json": {"()": "conference.log.DiscreetJson"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": {"text": "line", "json": "json"}[LOG_FORMAT],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Its debug lines hold all that a page was made of, tickets included.
        "django.template": {"level": "INFO"},
        # daphne's start is told by the banner; its debug lines copy whole frames.
        "daphne": {"level": "WARNING"},
        "asyncio": {"level": "WARNING"},
        # Its traceback each second says what the log says once: Redis is away.
        "channels_redis": {"level": "CRITICAL"},
        "aioice": {"level": "WARNING"},
        # Other servers tell of each request and socket, with links and addresses.
        **{
            name: {"handlers": [], "level": "WARNING", "propagate": True}
            for name in (
                *("uvicorn", "uvicorn.error", "uvicorn.access"),
                *("_granian", "granian.access"),
            )
        },
    },
}
