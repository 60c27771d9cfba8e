"""Ways to make a redirect leave this host, and how to tell that it stays."""

from __future__ import annotations

from typing import Final

BYPASSES: Final = (
    "//evil.example/",
    "javascript:xq(1)",
    "https://evil.example/",
    "JaVaScRiPt:xq(1)",
    " javascript:xq(1)",
    "java\tscript:xq(1)",
    "\x01javascript:xq(1)",
    "data:text/html,<script>xq(1)</script>",
    "vbscript:xq(1)",
    "HTTPS://EVIL.EXAMPLE/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "\\/evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "/\r/evil.example/",
    " //evil.example/",
    "http:///evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "http://testserver@evil.example/",
    "http://testserver:80@evil.example/",
    "http://evil.example\\@testserver/",
    "http://testserver.evil.example/",
    "http://eviltestserver/",
    "ftp://testserver/",
    "http://[::1]/",
    "http://testserver:8080/",
    "http://evil.example#@testserver/",
    "http://evil.example?@testserver/",
    "%2f%2fevil.example",
    "/%09/evil.example",
)
"""More than thirty, from the advisories of our peers and the checks they got round."""


def stays_here(where: str) -> bool:
    """Whether a browser that follows this stays on this host: one slash and a path, or this very origin."""
    rooted = where.startswith("/") and where[1:2] not in {"/", "\\", "\t", "\n", "\r"}
    return rooted or where.startswith(("http://testserver/", "?"))
