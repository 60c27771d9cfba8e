"""Who may load, and who may see and take back what was loaded."""

from __future__ import annotations

from convenor.core.exchange.declare import Resource, lists, resources
from convenor.core.exchange.models import ImportBatch, KeptMapping
from convenor.core.exchange.several import SEVERAL
from convenor.core.records.rules import YES, Verdict, Viewer, no


def may_load(viewer: Viewer, resource: Resource) -> Verdict:
    """Whether the viewer may upload rows of this kind: what its importer says."""
    if resource.importer is None:
        return no(f"{resource.label} cannot be loaded from a file.")
    return resource.importer.may(viewer)


def may_upload(viewer: Viewer) -> Verdict:
    """Whether there is anything the viewer may load."""
    every = (*resources.values(), *lists.values())
    if may_see_batches_of_others(viewer) or any(may_load(viewer, resource) for resource in every):
        return YES
    return no("Only officers load files.")


def may_go_on(viewer: Viewer, resource: Resource, batch: ImportBatch) -> Verdict:
    """Whether the viewer may confirm, continue or take back this upload."""
    if batch.by_id != viewer.person_id and not may_see_batches_of_others(viewer):
        return no("Only the person who uploaded a file, or an administrator, may load it or take it back.")
    return may_load(viewer, resource)


def may_use_mapping(viewer: Viewer, kept: KeptMapping) -> Verdict:
    """Whether the viewer may read and use it: who may load what it is for. Registers are work that officers share."""
    name = kept.resource or SEVERAL
    resource = resources.get(name) or lists.get(name)
    return may_load(viewer, resource) if resource else no("The list that this mapping was for is no more.")


def may_forget_mapping(viewer: Viewer, kept: KeptMapping) -> Verdict:
    """Whoever kept it, or an administrator."""
    if kept.by_id != viewer.person_id and not may_see_batches_of_others(viewer):
        return no("Only the person who kept a mapping, or an administrator, may delete it.")
    return may_use_mapping(viewer, kept)


def may_see_batches_of_others(viewer: Viewer) -> Verdict:
    """Administrators see every upload."""
    if not viewer.has_duty("administrator"):
        return no("Only administrators see what others uploaded.")
    return YES
