"""Typed readers of environment variables, so that a wrong value is one sentence at start."""

from __future__ import annotations

import os

WORDS = {
    "1": True, "true": True, "yes": True, "on": True,
    "0": False, "false": False, "no": False, "off": False, "": False,
}  # fmt: skip


class BadSetting(Exception):
    """An environment variable holds something that cannot be used."""


def env_text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def env_list(name: str, default: str) -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_bool(name: str, default: bool) -> bool:
    text = os.environ.get(name)
    if text is None:
        return default
    if text.strip().lower() not in WORDS:
        raise BadSetting(f"{name} is “{text}”; it must be yes or no.")
    return WORDS[text.strip().lower()]


def env_int(name: str, default: int) -> int:
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.lstrip("-").isdigit():
        raise BadSetting(f"{name} is “{text}”; it must be a whole number.")
    return int(text)
