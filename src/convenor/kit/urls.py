"""The gallery's address."""

from django.urls import path

from convenor.kit.styleguide import styleguide

urlpatterns = [path("styleguide/", styleguide, name="styleguide")]
