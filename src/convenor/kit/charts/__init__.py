"""Charts as server-side SVG: no script, no inline style, themed by the stylesheet, beside the table of their data.

Positions across are percentages and positions down are pixels, so that a chart fills any width and its words keep
their size.

    line_chart(key="take-up", title="Digital take-up", unit="%",
               points=[Point("Jan 2026", 71.2), Point("Feb 2026", None, "outage")],
               target=Mark("Target", 90), benchmark=Band("Benchmark", 75, 85))
    bar_chart(key=…, title=…, bars=[Bar("Health", 12), Bar("Defence", None, "not reported")], unit="")
    bullet_chart(key=…, title=…, bullets=[Bullet("Completion rate", 81, target=90, benchmark=(70, 85))], unit="%")
    sparkline(key=…, title=…, values=[1, 2, None, 4])
    timeline(key=…, title=…, spans=[Span("1", "Beta", start, end, planned_end=…, after=("0",))], today=today)

`{% chart drawn %}` shows one, `{% chart_with_table drawn %}` shows it with its table. None is a gap, never zero.
"""

from convenor.kit.charts.bars import Bar, BarChart, Bullet, BulletChart, bar_chart, bullet_chart
from convenor.kit.charts.base import Chart
from convenor.kit.charts.line import Band, LineChart, Mark, Point, line_chart
from convenor.kit.charts.spark import Sparkline, sparkline
from convenor.kit.charts.timeline import Span, Timeline, timeline

__all__ = [
    "Band",
    "Bar",
    "BarChart",
    "Bullet",
    "BulletChart",
    "Chart",
    "LineChart",
    "Mark",
    "Point",
    "Span",
    "Sparkline",
    "Timeline",
    "bar_chart",
    "bullet_chart",
    "line_chart",
    "sparkline",
    "timeline",
]
