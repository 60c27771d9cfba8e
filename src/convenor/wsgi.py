"""The WSGI application that granian serves: the page cache in front of Django."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from importlib import import_module
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.core.wsgi import get_wsgi_application

gc.disable()  # what is loaded stays: looking through it for rubbish meanwhile is a tenth of a start
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
_django = get_wsgi_application()

from convenor.kit.frames import with_room  # noqa: E402 - the settings must be there first
from convenor.web.cache import PageCache  # noqa: E402


def _with_room(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return with_room(_django, environ, start_response)


application = PageCache(_with_room)
import_module(settings.ROOT_URLCONF)  # now, and not while the first reader waits
gc.freeze()
gc.enable()
