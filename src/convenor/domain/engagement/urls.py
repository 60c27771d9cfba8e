"""Addresses of engagement models. /engagement/ and /engagement/<model>/ are a contract (DESIGN section 6)."""

from __future__ import annotations

from django.urls import path

from convenor.domain.engagement.views import downloads, load, model, models, types, versions

app_name = "engagement"

urlpatterns = [
    path("engagement/", models.models, name="models"),
    path("engagement/schema.json", downloads.schema_json, name="schema"),
    path("engagement/load/", load.load_first, name="load"),
    path("engagement/<slug:slug>.yaml", downloads.model_yaml, name="model_yaml"),
    path("engagement/<slug:slug>.json", downloads.model_json, name="model_json"),
    path("engagement/<slug:slug>.svg", downloads.model_svg, name="model_svg"),
    path("engagement/<slug:slug>/", model.model, name="model"),
    path("engagement/<slug:slug>/load/", load.load_next, name="load_version"),
    path("engagement/<slug:slug>/versions/<int:number>/", versions.version, name="version"),
    path("engagement/<slug:slug>/versions/<int:number>.yaml", downloads.version_yaml, name="version_yaml"),
    path("engagement/<slug:slug>/<slug:type_slug>/", types.group_type, name="type"),
]
