"""The WSGI application that granian serves: the page cache in front of Django."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

gc.disable()  # what is loaded stays: looking through it for rubbish meanwhile is a tenth of a start
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
_django = get_wsgi_application()

from convenor.web.cache import PageCache  # noqa: E402 - the settings must be there first

application = PageCache(_django)
import_module(settings.ROOT_URLCONF)  # now, and not while the first reader waits
gc.freeze()
gc.enable()
