"""Addresses of following. The lead's urls.py includes them at the root."""

from __future__ import annotations

from django.urls import path

from convenor.core.notify.views import following

app_name = "notify"

urlpatterns = [
    path("following/", following.following, name="following"),
    path("following/<str:ref>/follow/", following.follow, name="follow"),
    path("following/<int:pk>/stop/", following.stop, name="stop"),
    path("unsubscribe/<str:token>/", following.unsubscribe, name="unsubscribe"),
]
