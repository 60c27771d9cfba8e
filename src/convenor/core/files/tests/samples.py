"""Small files of each kind, and some that are not what they say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 20
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20
EXE = b"MZ" + b"\0" * 100
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def zipped(members: Mapping[str, bytes | str], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compress) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(**more: bytes | str) -> bytes:
    members: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}
    return zipped({**members, **more})


def odt(body: str = "<x/>") -> bytes:
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": body})


def xlsx() -> bytes:
    made = io.BytesIO()
    Workbook().save(made)
    return made.getvalue()


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
