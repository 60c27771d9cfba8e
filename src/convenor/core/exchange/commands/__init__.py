"""Uploads are checked, confirmed and taken back here; `loading` does the work in short transactions."""

from convenor.core.exchange.commands.loading import CHUNK, advance, importer_of, run_chunk
from convenor.core.exchange.commands.uploads import check_upload, confirm, tidy, undo

__all__ = ["CHUNK", "advance", "check_upload", "confirm", "importer_of", "run_chunk", "tidy", "undo"]
