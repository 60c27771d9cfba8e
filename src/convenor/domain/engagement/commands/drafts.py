"""Drafts of a next version: started, saved, dropped, taken up again, put in force. No save is ever written over."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from convenor.core.journal import commands as journal
from convenor.core.records.rules import Breach, Viewer, refuse_if
from convenor.domain.engagement.commands.load import KIND, load_model
from convenor.domain.engagement.models import DraftSave, EngagementModel, ModelDraft, ModelVersion
from convenor.domain.engagement.permissions import may_change_model
from convenor.domain.engagement.rules.yamltree import MAX_BYTES
from convenor.kit.dates import local, say_moment


def start_draft(*, by: Viewer, model: EngagementModel, name: str, now: datetime) -> ModelDraft:
    """Begin a next version from the newest text of the model. Several may be open at once."""
    with transaction.atomic():
        model = (
            EngagementModel.objects.select_for_update(of=("self",)).select_related("owner", "record").get(pk=model.pk)
        )
        may_change_model(by, model).require()
        refuse_if(_nameless(name))
        latest = ModelVersion.objects.filter(model=model).latest("number")
        number = (ModelDraft.objects.filter(model=model).aggregate(last=Max("number"))["last"] or 0) + 1
        draft = ModelDraft.objects.create(
            model=model, number=number, name=name.strip()[:120], based_on=latest, started_at=now
        )
        DraftSave.objects.create(draft=draft, number=1, yaml=latest.yaml, saved_at=now)
        _note(by, draft, "started", now)
        return draft


def save_draft(*, by: Viewer, draft: ModelDraft, text: str, expected: int, now: datetime) -> DraftSave:
    """Keep a text of the draft. expected: the save it was made from; refused when somebody saved in between."""
    with transaction.atomic():
        draft = _held(by, draft)
        last = draft.saves.latest("number")
        refuse_if([*_closed(draft), *_overtaken(last, expected), *_too_large(text)])
        if last.yaml == text:
            return last
        saved = DraftSave.objects.create(draft=draft, number=last.number + 1, yaml=text, saved_at=now)
        _note(by, draft, "saved", now)
        return saved


def drop_draft(*, by: Viewer, draft: ModelDraft, now: datetime) -> ModelDraft:
    """Lay a draft aside. Its text stays, and it can be taken up again."""
    with transaction.atomic():
        draft = _held(by, draft)
        refuse_if(_closed(draft))
        draft.state = ModelDraft.State.DROPPED
        draft.save(update_fields=["state"])
        _note(by, draft, "dropped", now)
        return draft


def take_up_draft(*, by: Viewer, draft: ModelDraft, now: datetime) -> ModelDraft:
    """Go on with a draft that was dropped."""
    with transaction.atomic():
        draft = _held(by, draft)
        if draft.state != ModelDraft.State.DROPPED:
            refuse_if([Breach("engagement.draft-state", _("This draft was not dropped."))])
        draft.state = ModelDraft.State.OPEN
        draft.save(update_fields=["state"])
        _note(by, draft, "taken-up", now)
        return draft


def use_draft(
    *, by: Viewer, draft: ModelDraft, expected: int, in_force_from: date, now: datetime, version: int, accept: str = ""
) -> ModelVersion:
    """Put a draft in force from a day, as any text is loaded. expected: the save, version: the number looked at."""
    with transaction.atomic():
        EngagementModel.objects.select_for_update(of=("self",)).get(pk=draft.model_id)
        draft = _held(by, draft)
        last = draft.saves.latest("number")
        refuse_if([*_closed(draft), *_overtaken(last, expected)])
        made = load_model(by=by, text=last.yaml, now=now, in_force_from=in_force_from, expected=version, accept=accept)
        refuse_if(_of_another(draft, made))
        draft.state, draft.became = ModelDraft.State.USED, made
        draft.save(update_fields=["state", "became"])
        _note(by, draft, "used", now)
        return made


def _held(by: Viewer, draft: ModelDraft) -> ModelDraft:
    """The draft's row, held until the transaction ends, for somebody who may change its model."""
    rows = ModelDraft.objects.select_for_update(of=("self",)).select_related("model__owner", "model__record")
    draft = rows.get(pk=draft.pk)
    may_change_model(by, draft.model).require()
    return draft


def _note(by: Viewer, draft: ModelDraft, verb: str, now: datetime) -> None:
    """Officers read it; the model's public history tells of versions, not of drafts."""
    changes: dict[str, journal.Change] = {
        "model": (None, draft.model.record.ref),
        "draft": (None, draft.number),
        "name": (None, draft.name),
    }
    journal.write(by=by, verb=f"{KIND}.draft-{verb}", record=None, now=now, changes=changes)


def _nameless(name: str) -> list[Breach]:
    return [] if name.strip() else [Breach("engagement.draft-name", _("Say what it is to change."), "name")]


def _closed(draft: ModelDraft) -> list[Breach]:
    if draft.state == ModelDraft.State.OPEN:
        return []
    text = _("This draft is no longer open: %(state)s.") % {"state": draft.get_state_display().lower()}
    return [Breach("engagement.draft-state", text)]


def _overtaken(last: DraftSave, expected: int) -> list[Breach]:
    if last.number == expected:
        return []
    text = _(
        "Somebody saved this draft meanwhile, %(when)s. What you entered is still here and not saved yet; "
        "look at what they changed, and save again to put yours over it."
    )
    return [Breach("engagement.draft-overtaken", text % {"when": say_moment(local(last.saved_at))})]


def _too_large(text: str) -> list[Breach]:
    if len(text.encode("utf-8", "replace")) <= MAX_BYTES:
        return []
    return [Breach("engagement.draft", _("The text is larger than %(kb)d kB.") % {"kb": MAX_BYTES // 1024}, "yaml")]


def _of_another(draft: ModelDraft, made: ModelVersion) -> list[Breach]:
    if made.model_id == draft.model_id:
        return []
    return [Breach("engagement.draft", _("The text is of another model: its code must stay."), "yaml")]
