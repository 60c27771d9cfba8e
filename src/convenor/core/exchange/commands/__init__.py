"""Uploads are checked, confirmed and taken back here; `loading` does the work in short transactions."""

from convenor.core.exchange.commands.loading import CHUNK, advance, run_chunk
from convenor.core.exchange.commands.uploads import check_upload, confirm, undo

__all__ = ["CHUNK", "advance", "check_upload", "confirm", "run_chunk", "undo"]
