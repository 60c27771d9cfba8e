"""The kit is tested alone: its own address, its own templates, nothing of the apps above."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

ALONE = {
    "ROOT_URLCONF": "convenor.kit.urls",
    "MIDDLEWARE": ["csp.middleware.CSPMiddleware"],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
}


@pytest.fixture(autouse=True, scope="module")
def alone() -> Iterator[None]:
    with override_settings(**ALONE):
        yield
