"""All settings, from the environment only. What a secretariat changes is a row in the database instead."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from convenor.kit.environment import BadSetting, env_bool, env_int, env_list, env_text

SOURCE = Path(__file__).resolve().parent
ROOT = Path(env_text("CONVENOR_ROOT", str(SOURCE.parent.parent)))
DATA = Path(env_text("CONVENOR_DATA", str(ROOT / "var")))
"""Everything that must be kept: database, files, keys. `backup` takes all of it."""


def _secret_key() -> str:
    """From the environment, else made once and kept beside the data, readable by its owner only."""
    given = os.environ.get("CONVENOR_SECRET_KEY")
    if given:
        return given
    path = DATA / "keys" / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a public record survives power loss (research: reliability, section 3)
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=134217728",
    "PRAGMA cache_size=-20000",
)

POSTGRESQL = (
    "-c jit=off",  # compiling a query that asks who may read took ten times as long as running it
    "-c parallel_setup_cost=500",  # its planner takes ranking a text to be as cheap as comparing two numbers, and so
    "-c parallel_tuple_cost=0.005",  # would leave a search of 70,000 texts to one process: twice as long (bench/search)
)


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "convenor.kit.sqlite",
            "NAME": unquote(parts.path) or str(DATA / "convenor.sqlite3"),
            "TEST": {"NAME": str(DATA / "test.sqlite3")},  # a file: in memory, threads fail as they would not here
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "; ".join(PRAGMAS),
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or dict(parse_qsl(parts.query)).get("host", ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": env_int("CONVENOR_DATABASE_POOL", 8)},
            "options": " ".join(POSTGRESQL),
        },
    }


def _oidc(text: str) -> list[dict[str, object]]:
    """Sign-in providers from JSON: [{"id", "name", "server_url", "client_id", "secret", "trust_email"?}].

    With "trust_email": true, somebody whom the provider vouches for under a verified address is signed in as the
    person with that address; without it, each person first connects the provider on their account page.
    """
    try:
        return [_oidc_app(dict(given)) for given in json.loads(text or "[]")]
    except (ValueError, TypeError) as fault:
        raise BadSetting(f"CONVENOR_OIDC cannot be used: it must be a JSON list of providers ({fault}).") from fault


def _oidc_app(given: dict[str, Any]) -> dict[str, object]:
    if {"id", "name", "server_url", "client_id", "secret"} != set(given) - {"trust_email"}:
        raise ValueError("each needs id, name, server_url, client_id and secret, and may have trust_email")
    trusted = given.get("trust_email", False) is True
    settings = {"server_url": given["server_url"], "email_authentication": trusted, "fetch_userinfo": True}
    kept = {key: given[key] for key in ("name", "client_id", "secret")}
    return {"provider_id": given["id"], "settings": settings, **kept}


def _form_targets(apps: list[dict[str, object]]) -> list[str]:
    """Where the form of a provider's button ends up: browsers hold `form-action` against redirects too."""
    addresses = (urlsplit(cast("dict[str, str]", app["settings"])["server_url"]) for app in apps)
    return [f"{address.scheme}://{address.netloc}" for address in addresses]


SECRET_KEY = _secret_key()
DEBUG = False
DEMO = env_bool("CONVENOR_DEMO", False)
TESTING = env_bool("CONVENOR_TESTING", False)
ALLOWED_HOSTS = env_list("CONVENOR_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = env_text("CONVENOR_URL", "http://127.0.0.1:8000")
SITE_NAME = env_text("CONVENOR_NAME", "Convenor")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

DATABASES = {"default": _database(env_text("DATABASE_URL", "sqlite://"))}

INSTALLED_APPS = [
    "convenor.kit",
    "convenor.core.accounts",  # before allauth: its templates replace allauth's
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    # With nobody to ask, it would only be slow to load.
    *(["allauth.socialaccount.providers.openid_connect"] if TESTING or env_text("CONVENOR_OIDC", "") else []),
    "allauth.usersessions",
    "convenor.core.records",
    "convenor.core.clock",
    "convenor.core.files",
    "convenor.core.journal",
    "convenor.core.notify",
    "convenor.core.exchange",
    "convenor.core.search",
    "convenor.domain.directory",
    "convenor.domain.engagement",
    "convenor.domain.groups",
    "convenor.domain.expressions",
    "convenor.web.site",
    "convenor.web.api",
    "convenor.web.demo",
]

MIDDLEWARE = [
    "convenor.web.cache.CachePolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "convenor.web.site.middleware.MethodsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "convenor.web.site.middleware.PeopleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "convenor.web.site.views.errors.DatabaseDownMiddleware",
    "convenor.web.site.middleware.CaretakerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "convenor.urls"
WSGI_APPLICATION = "convenor.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "convenor.web.site.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "convenor.kit.forms.KitRenderer"

LANGUAGE_CODE = "en-au"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env_text("CONVENOR_TIME_ZONE", "Australia/Sydney")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
FILES_ROOT = DATA / "files"
FILES_MAX_BYTES = env_int("CONVENOR_FILES_MAX_MB", 25) * 2**20
FILES_MAX_UNPACKED = 8 * FILES_MAX_BYTES
FILES_SCAN_COMMAND = env_text("CONVENOR_FILES_SCAN_COMMAND", "")
MARKING_CEILING = env_text("CONVENOR_MARKING_CEILING", "OFFICIAL")
RETENTION_AUTHORITIES = env_text("CONVENOR_RETENTION_AUTHORITIES", "")

# Mail leaves through the outbox; without a server it is written as files.
EMAIL_BACKEND = "convenor.core.notify.backend.OutboxBackend"
SMTP_URL = env_text("CONVENOR_SMTP_URL", "")
MAIL_FOLDER = DATA / "mail"
SEAL_WITNESSES = env_list("CONVENOR_SEAL_WITNESSES", "")
MAIL_MARKING = env_text("CONVENOR_MAIL_MARKING", "")
DEFAULT_FROM_EMAIL = env_text("CONVENOR_MAIL_FROM", f"{SITE_NAME} <no-reply@{urlsplit(SITE_URL).hostname}>")

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my-work/"
LOGOUT_REDIRECT_URL = "/"
SIGN_UP = env_bool("CONVENOR_SIGN_UP", False)
MFA_FOR_DUTIES = env_bool("CONVENOR_MFA_FOR_DUTIES", False)

# Sign-in is django-allauth's: by e-mailed code, password, passkey or the agency's own provider.
ACCOUNT_ADAPTER = "convenor.core.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "convenor.core.accounts.sign_in.SignInForm",
    "request_login_code": "convenor.core.accounts.sign_in.CodeForm",
    "reset_password": "convenor.core.accounts.sign_in.ResetPasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "convenor.core.accounts.sign_up.NameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "convenor.core.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "convenor.core.accounts.sign_in_keys.KeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("CONVENOR_PROXIES", 0)
SOCIALACCOUNT_ADAPTER = "convenor.core.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _oidc(env_text("CONVENOR_OIDC", ""))}
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_LOGIN_ON_GET = False

# Counters of the rate limits: in the database, so that every worker and machine counts together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "convenor_cache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    }
}
SESSION_COOKIE_AGE = env_int("CONVENOR_SESSION_HOURS", 12) * 3600
SESSION_IDLE_MINUTES = env_int("CONVENOR_IDLE_MINUTES", 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_SAVE_EVERY_REQUEST = False
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *_form_targets(SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

CONTACT_EMAIL = env_text("CONVENOR_CONTACT", "secretariat@convenor.example")
SECURITY_EMAIL = env_text("CONVENOR_SECURITY_CONTACT", CONTACT_EMAIL)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}, "django.security": {"level": "ERROR"}},
}
"""Faults of ours go to standard error, with their traceback; nothing that was typed in does."""
