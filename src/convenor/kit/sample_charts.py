"""The charts of the gallery, with made-up numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from convenor.kit import charts
from convenor.kit.parts import State


def everything() -> dict[str, Any]:
    """One chart of each kind, with a gap and a slip among them."""
    values = [61.2, 63.0, 62.4, 66.8, 69.1, None, None, 72.5, 74.9, 74.1, 78.3, 81.4]
    months = (
        "Dec 2025|Jan 2026|Feb 2026|Mar 2026|Apr 2026|May 2026|Jun 2026|Jul 2026|Aug 2026|Sep 2026|Oct 2026|Nov 2026"
    )
    points = [
        charts.Point(label, value, "" if value else "Reporting paused for a change of method")
        for label, value in zip(months.split("|"), values, strict=True)
    ]
    return {
        "line_chart": charts.line_chart(
            key="chart-line",
            title="Digital take-up of account changes",
            subtitle="Share of all account changes made online, by month",
            points=points,
            unit="%",
            target=charts.Mark("Target", 90),
            benchmark=charts.Band("Benchmark", 70, 80),
        ),
        "bar_chart": charts.bar_chart(
            key="chart-bar",
            title="Actions closed on time",
            subtitle="Share closed by the due date, last four quarters",
            unit="%",
            bars=[
                charts.Bar("Ledger Reference Group", 92),
                charts.Bar("Conformance Focus Group on message versions and transition", 64),
                charts.Bar("Micro group on error codes", None, "has closed no action yet"),
            ],
        ),
        "bullet_chart": charts.bullet_chart(
            key="chart-bullet",
            title="The standard measures",
            subtitle="Bar is the latest quarter, stroke the target, grey the benchmark",
            unit="%",
            bullets=[
                charts.Bullet("User satisfaction", 81, 85, (70, 80)),
                charts.Bullet("Completion rate", 94, 90, (75, 90)),
                charts.Bullet("Digital take-up", None, 80, note="the first period is not over"),
            ],
        ),
        "timeline_chart": _timeline(),
        "spark": charts.sparkline(key="spark-1", title="Course of digital take-up", values=values, unit="%"),
        "spark_down": charts.sparkline(
            key="spark-2", title="Course of cost per transaction", values=[4.1, 4.0, 4.2, 3.7, 3.4, 3.3], unit="$"
        ),
    }


def _timeline() -> charts.Timeline:
    return charts.timeline(
        key="chart-timeline",
        title="Commitment 2.3: milestones",
        subtitle="Filled is what is expected now, outlined what was first agreed",
        today=date(2026, 11, 23),
        spans=[
            charts.Span(
                "a",
                "Consult on the beta marketplace",
                date(2026, 1, 12),
                date(2026, 4, 24),
                state=State("Done", "good"),
                planned_start=date(2026, 1, 12),
                planned_end=date(2026, 3, 31),
            ),
            charts.Span(
                "b",
                "Open the marketplace to all agencies",
                date(2026, 5, 4),
                date(2026, 12, 11),
                after=("a",),
                state=State("On track", "good"),
                planned_start=date(2026, 4, 13),
                planned_end=date(2026, 12, 18),
            ),
            charts.Span(
                "c",
                "Publish service benchmarks against best practice, first for the ten busiest services",
                date(2026, 8, 3),
                date(2027, 6, 30),
                state=State("Behind", "watch"),
                planned_start=date(2026, 8, 3),
                planned_end=date(2027, 3, 31),
            ),
            charts.Span("d", "Dashboard live", date(2027, 8, 2), date(2027, 8, 2), after=("c",)),
        ],
    )
