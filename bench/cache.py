"""The cached public page and its 304 against a bare Django view that returns a stored string, and a static file.

Rounds alternate, so that a noisy machine is noisy for all. Needs `wrk`. `python bench/cache.py [seconds]`.
"""

from __future__ import annotations

import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
GRANIAN = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
           "--workers-kill-timeout", "5"]  # fmt: skip
BARE = """
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path
PAGE = open({page!r}, "rb").read()
settings.configure(SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[])
urlpatterns = [path("", lambda request: HttpResponse(PAGE))]
application = get_wsgi_application()
"""
STATIC = """
PAGE = {page!r}
def application(environ, start_response):
    body = open(PAGE, "rb").read()
    start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]
"""


def main() -> None:
    seconds = sys.argv[1] if len(sys.argv) > 1 else "3"
    if not shutil.which("wrk"):
        sys.exit("wrk is needed: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), seconds)


def run(folder: Path, seconds: str) -> None:
    environment = {
        "CONVENOR_DATA": str(folder / "data"),
        "CONVENOR_DEMO": "yes",
        "DJANGO_SETTINGS_MODULE": "convenor.settings",
    }
    python = [sys.executable]
    ours, bare, static = free_port(), free_port(), free_port()
    subprocess.run([*python, "-m", "convenor", "demo", "--no-serve"], env=env(environment), check=True, cwd=ROOT)
    servers = [
        start([*python, "-m", "granian", "--port", str(ours), *GRANIAN, "convenor.wsgi:application"], environment)
    ]
    try:
        page = fetch(f"http://127.0.0.1:{ours}/groups/")
        stored = folder / "page.html"
        stored.write_bytes(page)
        for name, port, text in (("bare_app", bare, BARE), ("static_app", static, STATIC)):
            (folder / f"{name}.py").write_text(text.format(page=str(stored)))
            command = [*python, "-m", "granian", "--port", str(port), *GRANIAN, f"{name}:application"]
            servers.append(start(command, {"PYTHONPATH": str(folder)}))
            fetch(f"http://127.0.0.1:{port}/")
        measure(len(page), seconds, ours, bare, static)
    finally:
        for server in servers:
            stop(server)


def measure(size: int, seconds: str, ours: int, bare: int, static: int) -> None:
    etag = urllib.request.urlopen(f"http://127.0.0.1:{ours}/groups/").headers["ETag"]
    cases = {
        "cached page": (f"http://127.0.0.1:{ours}/groups/", []),
        "cached page, gzip": (f"http://127.0.0.1:{ours}/groups/", ["-H", "Accept-Encoding: gzip"]),
        "304": (f"http://127.0.0.1:{ours}/groups/", ["-H", f"If-None-Match: {etag}"]),
        "bare Django view": (f"http://127.0.0.1:{bare}/", []),
        "static file (WSGI)": (f"http://127.0.0.1:{static}/", []),
    }
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, (url, headers) in cases.items():
            found[name].append(requests_a_second(url, headers, seconds))
    print(
        f"{size / 1000:.1f} kB page, {ROUNDS} alternating rounds of {seconds} s; median (least to most) requests/s; ratio to bare Django, round by round"
    )
    for name, rates in found.items():
        ratios = [rate / base for rate, base in zip(rates, found["bare Django view"], strict=True)]
        print(
            f"{name:20}{statistics.median(rates):>9.0f} ({min(rates):.0f} to {max(rates):.0f})"
            f"{statistics.median(ratios):>9.2f}x ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def requests_a_second(url: str, headers: list[str], seconds: str) -> float:
    said = subprocess.run(
        ["wrk", "-t2", "-c8", f"-d{seconds}s", *headers, url], capture_output=True, text=True, check=True
    ).stdout
    if "Non-2xx" in said and "304" not in str(headers) and "If-None-Match" not in str(headers):
        sys.exit(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))  # type: ignore[union-attr]


def fetch(url: str) -> bytes:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url) as response:
                return bytes(response.read())
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=env(environment), cwd=ROOT)


def stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def env(extra: dict[str, str]) -> dict[str, str]:
    import os

    path = f"{ROOT / 'src'}:{extra.get('PYTHONPATH', '')}"
    return {**os.environ, **extra, "PYTHONPATH": path}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
