"""Who may follow, and who deals with mail that came back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from convenor.core.notify.models import Subscription
from convenor.core.records.rules import YES, Verdict, Viewer, no


def may_follow(viewer: Viewer) -> Verdict:
    return YES if viewer.signed_in else no(_("Sign in to follow this."))


def may_unfollow(viewer: Viewer, subscription: Subscription) -> Verdict:
    return YES if viewer.stands_for(subscription.person_id) else no(_("You can stop only what you follow yourself."))


def may_see_mail(viewer: Viewer) -> Verdict:
    """Mail that came back names people and addresses: officers only."""
    if viewer.has_duty("administrator", "secretariat"):
        return YES
    return no(_("Only the secretariat deals with mail that came back."))
