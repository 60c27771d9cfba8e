"""Accounts alone on a free port, with a database file of its own: for the tests that need a real browser.

Run as a script by test_browser; prints the port when it answers.
"""

from __future__ import annotations

import sys
from threading import Thread
from typing import Any

import django

PASSWORD = "correct horse battery staple"


def main() -> None:
    """Migrate, make a person, serve until the other end closes standard input."""
    from django.conf import settings

    settings.ROOT_URLCONF = "convenor.core.accounts.tests.urls"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    options: Any = settings.TEMPLATES[0]["OPTIONS"]
    options["context_processors"] = [name for name in options["context_processors"] if not name.startswith("convenor.")]
    settings.ALLOWED_HOSTS = ["localhost"]
    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    call_command("migrate", verbosity=0)
    from convenor.core.accounts.models import Person

    Person.objects.create_user("mia@people.example", PASSWORD, name="Mia Example")
    WSGIRequestHandler.log_message = lambda *_given: None  # type: ignore[method-assign]
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
