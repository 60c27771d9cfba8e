"""Uploads: the file, its dry run, its loading, its result, and taking it back."""

from __future__ import annotations

from django.urls import path

from convenor.core.exchange.views import batches, columns, files, mapped, mappings, sheets, uploads

app_name = "exchange"

urlpatterns = [
    path("uploads/", uploads.mine, name="uploads"),
    path("uploads/mapped/", mapped.mapped, name="mapped"),
    path("uploads/mappings/", mappings.mappings, name="mappings"),
    path("uploads/mappings/<int:pk>/mapping.yaml", mappings.mapping_file, name="mapping-file"),
    path("uploads/mappings/<int:pk>/delete/", mappings.delete_mapping, name="delete-mapping"),
    path("uploads/new/<slug:name>/", uploads.upload, name="upload"),
    path("uploads/new/<slug:name>/template.<slug:suffix>", files.template, name="template"),
    path("uploads/<slug:token>/", batches.batch, name="batch"),
    path("uploads/<slug:token>/sheet/", sheets.sheet, name="sheet"),
    path("uploads/<slug:token>/columns/", columns.columns, name="columns"),
    path("uploads/<slug:token>/load/", batches.load, name="load"),
    path("uploads/<slug:token>/go-on/", batches.go_on, name="go-on"),
    path("uploads/<slug:token>/undo/", batches.take_back, name="undo"),
    path("uploads/<slug:token>/wrong-rows.csv", files.wrong_rows, name="wrong-rows"),
    path("uploads/<slug:token>/file", files.original, name="file"),
]
