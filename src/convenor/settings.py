"""All settings, from the environment only. What a secretariat changes is a row in the database instead."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from convenor.kit.environment import env_bool, env_int, env_list, env_text

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
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path) or str(DATA / "convenor.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000",
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
        "OPTIONS": {"pool": {"min_size": 1, "max_size": env_int("CONVENOR_DATABASE_POOL", 8)}},
    }


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
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "convenor.kit",
    "convenor.core.records",
    "convenor.core.accounts",
    "convenor.core.clock",
    "convenor.core.files",
    "convenor.core.journal",
    "convenor.core.exchange",
    "convenor.domain.directory",
    "convenor.domain.engagement",
    "convenor.domain.groups",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "convenor.web.site.middleware.PeopleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
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

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
MFA_FOR_DUTIES = env_bool("CONVENOR_MFA_FOR_DUTIES", False)
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
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

CONTACT_EMAIL = env_text("CONVENOR_CONTACT", "secretariat@convenor.example")
SECURITY_EMAIL = env_text("CONVENOR_SECURITY_CONTACT", CONTACT_EMAIL)
