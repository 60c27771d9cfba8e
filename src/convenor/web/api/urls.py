"""The HTTP API at /api/v1/ and the pages that explain it at /data/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = []
