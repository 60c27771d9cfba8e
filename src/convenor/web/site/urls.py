"""Addresses that belong to no one kind."""

from __future__ import annotations

from django.urls import path

from convenor.web.api.views import data
from convenor.web.site.views import about, caretaker, health, home, record, retention, updates, work
from convenor.web.site.views.search import search

app_name = "site"

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search, name="search"),
    path("r/<str:ref>", record.resolve, name="resolve"),
    path("history/<str:ref>/", record.record_history, name="record-history"),
    path("history/<str:ref>/feed.atom", record.record_feed, name="record-feed"),
    path("updates/", updates.updates, name="updates"),
    path("updates/feed.atom", updates.updates_feed, name="updates-feed"),
    path("proof/", updates.seals, name="seals"),
    path("proof/seals.txt", updates.seals_txt, name="seals-txt"),
    path("my-work/", work.my_work, name="my-work"),
    path("desk/", work.desk, name="desk"),
    path("desk/rules/", work.rules_kept, name="desk-rules"),
    path("caretaker/", caretaker.periods, name="caretaker"),
    path("caretaker/begin/", caretaker.begin, name="begin-caretaker"),
    path("caretaker/<int:pk>/end/", caretaker.end, name="end-caretaker"),
    path("retention/", retention.retention, name="retention"),
    path("retention/freeze/", retention.freeze, name="freeze"),
    path("retention/<int:pk>/lift/", retention.lift, name="lift-freeze"),
    path("data/", data.index, name="data"),
    path("data/public.zip", data.public_export, name="data-export"),
    path("data/<slug:name>/", data.resource_page, name="data-resource"),
    path("glossary/", about.glossary, name="glossary"),
    path("privacy/", about.privacy, name="privacy"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("contact/", about.contact, name="contact"),
    path(".well-known/security.txt", about.security_txt, name="security"),
    path("robots.txt", about.robots_txt, name="robots"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
]
