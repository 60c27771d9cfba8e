"""Addresses of the directory."""

from __future__ import annotations

from django.urls import path

from convenor.domain.directory.views import changes, contacts, feeds, offices, organisations, partnerships, people

app_name = "directory"

urlpatterns = [
    path("organisations/", organisations.register, name="organisations"),
    path("organisations/add/", organisations.add, name="organisation-add"),
    path("organisations/feed.atom", feeds.organisations, name="organisations-feed"),
    path("organisations/changes/", changes.register, name="changes"),
    path("organisations/changes/feed.atom", feeds.changes, name="changes-feed"),
    path("organisations/changes/<str:ref>/", changes.detail, name="change"),
    path("organisations/<slug:slug>/", organisations.detail, name="organisation"),
    path("organisations/<slug:slug>/edit/", organisations.edit, name="organisation-edit"),
    path("organisations/<slug:slug>/withdraw/", organisations.withdraw, name="organisation-withdraw"),
    path("organisations/<slug:slug>/restore/", organisations.restore, name="organisation-restore"),
    path("organisations/<slug:slug>/change/", changes.record, name="organisation-change"),
    path("organisations/<slug:slug>/offices/add/", offices.add, name="office-add"),
    path("offices/", offices.register, name="offices"),
    path("offices/<slug:slug>/", offices.detail, name="office"),
    path("offices/<slug:slug>/edit/", offices.edit, name="office-edit"),
    path("offices/<slug:slug>/abolish/", offices.abolish, name="office-abolish"),
    path("offices/<slug:slug>/withdraw/", offices.withdraw, name="office-withdraw"),
    path("offices/<slug:slug>/restore/", offices.restore, name="office-restore"),
    path("offices/<slug:slug>/holders/add/", offices.tenure_add, name="tenure-add"),
    path("offices/<slug:slug>/holders/<int:pk>/edit/", offices.tenure_edit, name="tenure-edit"),
    path("offices/<slug:slug>/holders/<int:pk>/end/", offices.tenure_end, name="tenure-end"),
    path("offices/<slug:slug>/holders/<int:pk>/remove/", offices.tenure_remove, name="tenure-remove"),
    path("people/", people.register, name="people"),
    path("people/<slug:slug>/", people.detail, name="person"),
    path("people/<slug:slug>/edit/", people.edit, name="person-edit"),
    path("people/<slug:slug>/withdraw/", people.withdraw, name="person-withdraw"),
    path("people/<slug:slug>/restore/", people.restore, name="person-restore"),
    path("people/<slug:slug>/withhold/", people.withhold, name="person-withhold"),
    path("people/<slug:slug>/interests/add/", people.interest_add, name="interest-add"),
    path("people/<slug:slug>/interests/<int:pk>/end/", people.interest_end, name="interest-end"),
    path("partnerships/", partnerships.register, name="partnerships"),
    path("partnerships/feed.atom", feeds.partnerships, name="partnerships-feed"),
    path("partnerships/add/", partnerships.add, name="partnership-add"),
    path("partnerships/<slug:slug>/", partnerships.detail, name="partnership"),
    path("partnerships/<slug:slug>/edit/", partnerships.edit, name="partnership-edit"),
    path("partnerships/<slug:slug>/withdraw/", partnerships.withdraw, name="partnership-withdraw"),
    path("partnerships/<slug:slug>/restore/", partnerships.restore, name="partnership-restore"),
    path("partnerships/<slug:slug>/stage/", partnerships.stage_add, name="stage-add"),
    path("partnerships/<slug:slug>/challenge/", partnerships.challenge, name="stage-challenge"),
    path("partnerships/<slug:slug>/answer/", partnerships.answer, name="challenge-answer"),
    path("partnerships/<slug:slug>/invite/", partnerships.invite, name="challenge-invite"),
    path("partnerships/<slug:slug>/agreements/add/", partnerships.agreement_add, name="agreement-add"),
    path("engagement-log/", contacts.register, name="contacts"),
    path("engagement-log/feed.atom", feeds.contacts, name="contacts-feed"),
    path("engagement-log/add/", contacts.add, name="contact-add"),
    path("engagement-log/<str:ref>/", contacts.detail, name="contact"),
    path("engagement-log/<str:ref>/edit/", contacts.edit, name="contact-edit"),
    path("engagement-log/<str:ref>/withhold/", contacts.withhold, name="contact-withhold"),
    path("engagement-log/<str:ref>/publish/", contacts.publish, name="contact-publish"),
    path("engagement-log/<str:ref>/withdraw/", contacts.withdraw, name="contact-withdraw"),
    path("engagement-log/<str:ref>/restore/", contacts.restore, name="contact-restore"),
]
