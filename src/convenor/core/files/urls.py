"""Where files are read."""

from __future__ import annotations

from django.urls import path

from convenor.core.files.views.serve import serve

app_name = "files"

urlpatterns = [
    path("files/<int:pk>/<str:name>", serve, name="serve"),
]
