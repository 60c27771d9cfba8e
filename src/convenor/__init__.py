"""Convenor: the system a government runs its engagement on, in public."""

__version__ = "0.1.0"
