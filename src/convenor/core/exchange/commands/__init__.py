"""Acts are done once under each key; uploads are checked, confirmed and taken back, and loaded in short steps."""

from convenor.core.exchange.commands.acts import Answer, Once, answered, do_act, forget_answers
from convenor.core.exchange.commands.columns import choose_columns, choose_sheet, put_aside, take_in
from convenor.core.exchange.commands.loading import CHUNK, advance, importer_of, run_chunk
from convenor.core.exchange.commands.mapped import check_mapped, forget_mapping, keep_mapping
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
    "choose_columns",
    "choose_sheet",
    "confirm",
    "do_act",
    "forget_answers",
    "forget_mapping",
    "importer_of",
    "keep_mapping",
    "put_aside",
    "run_chunk",
    "take_in",
    "tidy",
    "undo",
]
