"""The WSGI application that granian serves: the page cache in front of Django."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convenor.settings")
_django = get_wsgi_application()

from convenor.web.cache import PageCache  # noqa: E402 - the settings must be there first

application = PageCache(_django)
