"""The gallery."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "kit/styleguide.html", {"title": "Style guide"})
