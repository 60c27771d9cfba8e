"""Addresses of accounts. The lead's root takes them at "", and `sign_in_urls` at "account/"."""

from __future__ import annotations

from django.urls import path

from convenor.core.accounts.views import confirm, duties, links, me, people, tokens

app_name = "accounts"

urlpatterns = [
    path("l/<slug:token>/", links.link, name="link"),
    path("l/<slug:token>/again/", links.renew, name="renew-link"),
    path("account/", me.page, name="me"),
    path("account/name/", me.rename, name="my-name"),
    path("account/data.json", me.my_data, name="my-data"),
    path("account/assistants/new/", me.appoint, name="my-assistant"),
    path("account/assistants/<int:pk>/end/", duties.end_assistance, name="end-assistance"),
    path("account/tokens/new/", tokens.make, name="make-token"),
    path("account/tokens/<int:pk>/revoke/", tokens.revoke, name="revoke-token"),
    path("account/unsent/", me.show_unsent, name="unsent"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("people-admin/", people.register, name="people"),
    path("people-admin/new/", people.create, name="create"),
    path("people-admin/duties/", duties.register, name="duties"),
    path("people-admin/duties/<int:pk>/end/", duties.end, name="end-duty"),
    path("people-admin/access/<int:pk>/end/", duties.end_access, name="end-access"),
    path("people-admin/<int:pk>/", people.person, name="person"),
    path("people-admin/<int:pk>/name/", people.rename, name="rename"),
    path("people-admin/<int:pk>/email/", people.change_email, name="change-email"),
    path("people-admin/<int:pk>/invite/", people.invite, name="invite"),
    path("people-admin/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people-admin/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("people-admin/<int:pk>/erase/", people.erase, name="erase"),
    path("people-admin/<int:pk>/duties/new/", duties.assign, name="assign-duty"),
    path("people-admin/<int:pk>/assistants/new/", duties.appoint_assistant, name="appoint-assistant"),
    path("people-admin/<int:pk>/access/new/", duties.grant, name="grant-access"),
]
