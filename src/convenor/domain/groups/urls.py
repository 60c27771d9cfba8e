"""Addresses of groups. /groups/ and /groups/<slug>/ are a contract (DESIGN section 6)."""

from __future__ import annotations

from django.urls import path

from convenor.domain.groups.views import (
    appointments,
    detail,
    initiatives,
    lives,
    overrides,
    parents,
    register,
    seats,
    setting_up,
)

app_name = "groups"

urlpatterns = [
    path("groups/", register.group_list, name="list"),
    path("groups/feed.atom", register.feed, name="feed"),
    path("groups/add/", setting_up.add, name="add"),
    path("groups/initiatives/", initiatives.initiative_list, name="initiatives"),
    path("groups/initiatives/add/", initiatives.add, name="initiative-add"),
    path("groups/initiatives/<slug:slug>/", initiatives.initiative, name="initiative"),
    path("groups/initiatives/<slug:slug>/edit/", initiatives.edit, name="initiative-edit"),
    path("groups/<slug:slug>/", detail.detail, name="detail"),
    path("groups/<slug:slug>/rules/", detail.rules, name="rules"),
    path("groups/<slug:slug>/overrides/add/", overrides.add, name="override-add"),
    path("groups/<slug:slug>/overrides/<int:number>/correct/", overrides.correct, name="override-correct"),
    path("groups/<slug:slug>/overrides/<int:number>/end/", overrides.end, name="override-end"),
    path("groups/<slug:slug>/overrides/<int:number>/strike/", overrides.strike, name="override-strike"),
    path("groups/<slug:slug>/edit/", setting_up.edit, name="edit"),
    path("groups/<slug:slug>/state/", lives.move, name="move"),
    path("groups/<slug:slug>/close/", lives.close, name="close"),
    path("groups/<slug:slug>/reopen/", lives.reopen, name="reopen"),
    path("groups/<slug:slug>/review/", lives.review, name="review"),
    path("groups/<slug:slug>/readers/", lives.readers, name="readers"),
    path("groups/<slug:slug>/withdraw/", lives.withdraw, name="withdraw"),
    path("groups/<slug:slug>/restore/", lives.restore, name="restore"),
    path("groups/<slug:slug>/parents/", parents.parents, name="parents"),
    path("groups/<slug:slug>/parents/<int:key>/approval/", parents.approval, name="parent-approval"),
    path("groups/<slug:slug>/parents/<int:key>/end/", parents.end, name="parent-end"),
    path("groups/<slug:slug>/seats/add/", seats.add, name="seat-add"),
    path("groups/<slug:slug>/seats/named/", seats.named, name="seats-named"),
    path("groups/<slug:slug>/seats/<int:number>/", seats.seat, name="seat"),
    path("groups/<slug:slug>/seats/<int:number>/edit/", seats.edit, name="seat-edit"),
    path("groups/<slug:slug>/seats/<int:number>/end/", seats.end, name="seat-end"),
    path("groups/<slug:slug>/seats/<int:number>/strike/", seats.strike, name="seat-strike"),
    path("groups/<slug:slug>/seats/<int:number>/appoint/", appointments.appoint, name="appoint"),
    path("groups/<slug:slug>/seats/<int:number>/chair/", appointments.chair_add, name="chair-add"),
    path("groups/<slug:slug>/appointments/<int:key>/correct/", appointments.correct, name="appointment-correct"),
    path("groups/<slug:slug>/appointments/<int:key>/end/", appointments.end, name="appointment-end"),
    path("groups/<slug:slug>/appointments/<int:key>/strike/", appointments.strike, name="appointment-strike"),
    path("groups/<slug:slug>/appointments/<int:key>/ask/", appointments.ask, name="appointment-ask"),
    path("groups/<slug:slug>/appointments/<int:key>/confirm/", appointments.confirm, name="appointment-confirm"),
    path("groups/<slug:slug>/chairs/<int:key>/end/", appointments.chair_end, name="chair-end"),
    path("groups/<slug:slug>/chairs/<int:key>/strike/", appointments.chair_strike, name="chair-strike"),
]
