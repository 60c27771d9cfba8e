"""A small OpenID Connect provider on this machine's loopback, so that the whole conversation is real."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "convenor", "kept between the two"


class Provider(ThreadingHTTPServer):
    """Vouches for whatever `claims` says; remembers the code challenge it was given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.challenge = ""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def token(self) -> str:
        now = int(time.time())
        about = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        return jwt.encode(about, self.key, algorithm="RS256", headers={"kid": "k1"})


class Answer(BaseHTTPRequestHandler):
    """Discovery, token, who it is."""

    server: Provider

    def do_GET(self) -> None:
        """The discovery document and the claims."""
        url = self.server.url
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "userinfo_endpoint": f"{url}/userinfo",
                "jwks_uri": f"{url}/jwks",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/userinfo": self.server.claims,
        }
        self.say(pages[self.path])

    def do_POST(self) -> None:
        """A token for the code, when the verifier fits the challenge."""
        given = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        verifier = hashlib.sha256(given["code_verifier"][0].encode()).digest()
        fits = base64.urlsafe_b64encode(verifier).decode().rstrip("=") == self.server.challenge
        self.server.asked.append(given["client_secret"][0])
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": self.server.token()} if fits else {})

    def say(self, page: dict[str, Any]) -> None:
        """As JSON."""
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        """Silence."""


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers while the block lasts."""
    provider = Provider()
    thread = threading.Thread(target=provider.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
        thread.join()
