"""Acts are done once under each key; uploads are checked, confirmed and taken back, and loaded in short steps."""

from convenor.core.exchange.commands.acts import Answer, Once, answered, do_act, forget_answers
from convenor.core.exchange.commands.loading import CHUNK, advance, importer_of, run_chunk
from convenor.core.exchange.commands.mapped import check_mapped, keep_mapping
from convenor.core.exchange.commands.uploads import check_again, check_upload, confirm, tidy, undo

__all__ = [
    "CHUNK",
    "Answer",
    "Once",
    "advance",
    "answered",
    "check_again",
    "check_mapped",
    "check_upload",
    "confirm",
    "do_act",
    "forget_answers",
    "importer_of",
    "keep_mapping",
    "run_chunk",
    "tidy",
    "undo",
]
