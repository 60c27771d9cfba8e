"""Addresses of calls. /calls/ and /calls/<slug>/ are a contract, as those of every kind (DESIGN section 6)."""

from __future__ import annotations

from django.urls import path

from convenor.domain.expressions.views import applying, assessing, choosing, dates, public, running, work

app_name = "expressions"

urlpatterns = [
    path("calls/", public.call_list, name="calls"),
    path("calls/feed.atom", public.feed, name="feed"),
    path("calls/calendar.ics", dates.calendar_feed, name="calendar"),
    path("calls/add/", running.add, name="add"),
    path("calls/mine/<str:token>/", applying.by_link, name="by-link"),
    path("calls/mine/<str:token>/take-back/", applying.take_back_by_link, name="by-link-take-back"),
    path("calls/mine/<str:token>/answer/", applying.answer_by_link, name="by-link-answer"),
    path("calls/mine/<str:token>/selection.json", applying.by_link_file, name="by-link-file"),
    path("calls/<slug:slug>/", public.call, name="call"),
    path("calls/<slug:slug>/dates.ics", dates.call_dates, name="dates"),
    path("calls/<slug:slug>/selection/<int:number>/", public.result, name="result"),
    path("calls/<slug:slug>/selection/<int:number>/file.json", public.result_file, name="result-file"),
    path("calls/<slug:slug>/express/", applying.begin, name="begin"),
    path("calls/<slug:slug>/mine/", applying.mine, name="mine"),
    path("calls/<slug:slug>/mine/take-back/", applying.take_back, name="mine-take-back"),
    path("calls/<slug:slug>/mine/answer/", applying.answer, name="mine-answer"),
    path("calls/<slug:slug>/mine/selection.json", applying.mine_file, name="mine-file"),
    path("calls/<slug:slug>/assess/", assessing.to_assess, name="to-assess"),
    path("calls/<slug:slug>/assess/<str:reference>/", assessing.score, name="score"),
    path("calls/<slug:slug>/assess/<str:reference>/declare/", assessing.declare, name="declare"),
    path("calls/<slug:slug>/edit/", running.edit, name="edit"),
    path("calls/<slug:slug>/criteria/", running.criteria, name="criteria"),
    path("calls/<slug:slug>/questions/", running.questions, name="questions"),
    path("calls/<slug:slug>/publish/", running.publish, name="publish"),
    path("calls/<slug:slug>/prolong/", running.prolong, name="prolong"),
    path("calls/<slug:slug>/withdraw/", running.withdraw, name="withdraw"),
    path("calls/<slug:slug>/run/", work.work, name="work"),
    path("calls/<slug:slug>/run/interest/", work.interest, name="interest"),
    path("calls/<slug:slug>/run/interests/<int:key>/lift/", work.interest_lift, name="interest-lift"),
    path("calls/<slug:slug>/run/late/", work.late, name="late"),
    path("calls/<slug:slug>/run/assessors/add/", work.assessor_add, name="assessor-add"),
    path("calls/<slug:slug>/run/assessors/<int:key>/end/", work.assessor_end, name="assessor-end"),
    path("calls/<slug:slug>/run/assessment/", work.assessment, name="assessment"),
    path("calls/<slug:slug>/run/selection/", choosing.select, name="selection"),
    path("calls/<slug:slug>/run/selection/file.json", choosing.whole_file, name="whole-file"),
    path("calls/<slug:slug>/run/selection/freeze/", choosing.freeze, name="freeze"),
    path("calls/<slug:slug>/run/selection/draw/", choosing.draw, name="draw"),
    path("calls/<slug:slug>/run/selection/set-aside/", choosing.set_aside, name="set-aside"),
    path("calls/<slug:slug>/run/offers/", choosing.offer_list, name="offers"),
    path("calls/<slug:slug>/run/offers/rule/", choosing.rule_aside, name="rule-aside"),
    path("calls/<slug:slug>/run/offers/<int:key>/remind/", choosing.remind, name="offer-remind"),
    path("calls/<slug:slug>/run/offers/<int:key>/take-back/", choosing.take_back, name="offer-take-back"),
    path("calls/<slug:slug>/run/finish/", choosing.finish, name="finish"),
    path("calls/<slug:slug>/run/expressions/<str:reference>/", work.one, name="one"),
    path("calls/<slug:slug>/run/expressions/<str:reference>/organisation/", work.organisation, name="one-organisation"),
    path("calls/<slug:slug>/run/expressions/<str:reference>/rule-out/", work.rule_out, name="one-rule-out"),
    path("calls/<slug:slug>/run/expressions/<str:reference>/moderate/<int:key>/", work.moderate, name="moderate"),
    path("calls/<slug:slug>/run/expressions/<str:reference>/lift/<int:key>/", work.lift, name="lift"),
]
