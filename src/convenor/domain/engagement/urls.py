"""Addresses of engagement models. /engagement/ and /engagement/<model>/ are a contract (DESIGN section 6)."""

from __future__ import annotations

from django.urls import path

from convenor.domain.engagement.views import downloads, drafts, health, load, model, models, types, versions

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
    path("engagement/<slug:slug>/health/", health.health, name="health"),
    path("engagement/<slug:slug>/health.csv", health.health_csv, name="health_csv"),
    path("engagement/<slug:slug>/drafts/", drafts.drafts, name="drafts"),
    path("engagement/<slug:slug>/drafts/<int:number>/", drafts.draft, name="draft"),
    path("engagement/<slug:slug>/drafts/<int:number>.yaml", drafts.draft_yaml, name="draft_yaml"),
    path("engagement/<slug:slug>/drafts/<int:number>/model/", drafts.words, name="draft_words"),
    path("engagement/<slug:slug>/drafts/<int:number>/text/", drafts.text, name="draft_text"),
    path("engagement/<slug:slug>/drafts/<int:number>/use/", drafts.use, name="draft_use"),
    path("engagement/<slug:slug>/drafts/<int:number>/drop/", drafts.lay_aside, name="draft_drop"),
    path("engagement/<slug:slug>/drafts/<int:number>/levels/", drafts.add_level, name="draft_add_level"),
    path("engagement/<slug:slug>/drafts/<int:number>/levels/<slug:part>/", drafts.level, name="draft_level"),
    path("engagement/<slug:slug>/drafts/<int:number>/types/", drafts.add_type, name="draft_add_type"),
    path("engagement/<slug:slug>/drafts/<int:number>/types/<slug:part>/", drafts.group_type, name="draft_type"),
    path("engagement/<slug:slug>/<slug:type_slug>/", types.group_type, name="type"),
]
