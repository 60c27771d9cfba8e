"""Addresses of following, and of mail for the secretariat."""

from __future__ import annotations

from django.urls import path

from convenor.core.notify.views import following, mail

app_name = "notify"

urlpatterns = [
    path("following/", following.following, name="following"),
    path("following/<str:ref>/follow/", following.follow, name="follow"),
    path("following/<int:pk>/stop/", following.stop, name="stop"),
    path("mail/", mail.register, name="register"),
    path("mail/<int:pk>/", mail.message, name="message"),
    path("mail/<int:pk>/settle/", mail.settle, name="settle"),
    path("unsubscribe/<str:token>/", following.unsubscribe, name="unsubscribe"),
]
