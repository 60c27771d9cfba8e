"""Allauth's own addresses, under "account/": those we use, without its deprecated ones and its list of addresses."""

from __future__ import annotations

from allauth.urls import build_provider_urlpatterns
from django.urls import URLPattern, URLResolver, include, path

from convenor.core.accounts.views import me

urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", me.change_email, name="account_email"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("3rdparty/", include("allauth.socialaccount.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    *build_provider_urlpatterns(),
]
