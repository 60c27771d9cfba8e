"""Ways to make a redirect leave this host, and how to tell that it stays."""

from __future__ import annotations

import re
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


SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
DROPPED: Final = str.maketrans("\\", "/", "\t\n\r")
EDGES: Final = "".join(map(chr, range(33)))


def stays_here(where: str) -> bool:
    """Whether a browser that follows this stays on this host.

    As the URL Standard parses a Location (https://url.spec.whatwg.org/#concept-basic-url-parser): controls and blanks
    at the ends and every tab and line break go, and a backslash is a slash. Then two slashes begin another host, a
    scheme must be followed by this very host, and all the rest is relative to the page: "%2f%2fhost" too, since
    nothing is decoded before it is taken apart.
    """
    read = where.strip(EDGES).translate(DROPPED)
    if SCHEME.match(read):
        return read.startswith("http://testserver/")
    return not read.startswith("//")
