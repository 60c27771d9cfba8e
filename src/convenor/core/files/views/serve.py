"""Handing out a file: always as a download, never as a page of ours."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase, HttpResponseNotModified
from django.views.decorators.http import require_safe

from convenor.core.files.commands import path_of
from convenor.core.files.queries import access_version
from convenor.kit.http import Request

SANDBOX = "sandbox; default-src 'none'"


@require_safe
def serve(request: Request, pk: int, name: str) -> HttpResponseBase:
    """One version of a file, to those who may read its record. The name in the address must be its own."""
    version = access_version(request.viewer, pk)
    path = path_of(version.stored_name)
    if name != version.original_name or not path.exists():
        raise Http404
    tag = f'"{version.sha256[:32]}"'
    response: HttpResponseBase
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponseNotModified()
    else:
        response = FileResponse(
            path.open("rb"), as_attachment=True, filename=version.original_name, content_type=version.media_type
        )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = tag
    return response
