"""The chart of decisions per week, drawn on the server in the site's own colours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pygal
from markupsafe import Markup, escape
from pygal.style import Style

from marketplace.moderation.figures import WeekCount
from marketplace.values import clock
from marketplace.web.headers import csp_nonce

#: Colours of approve, request_changes, reject: variables of tokens.css, so that light and dark both fit.
_COLOURS = ("var(--green)", "var(--amber-mark)", "var(--accent)")

#: What the content policy forbids and a picture without tooltips does not need.
_FORBIDDEN = re.compile(r"<script.*?</script>|<!--.*?-->|<desc.*?</desc>| style=\"[^\"]*\"", re.DOTALL)


def decisions_per_week(weeks: Sequence[WeekCount], words: Mapping[str, str], title: str) -> Markup:
    """Return an inline SVG of stacked columns; its inline style carries this response's nonce."""
    style = Style(
        background="transparent", plot_background="transparent", foreground="var(--muted)",
        foreground_strong="var(--ink)", foreground_subtle="var(--line-color)", colors=_COLOURS,
        font_family="var(--font)", label_font_size=13, legend_font_size=14, tooltip_font_size=14,
        guide_stroke_color="var(--line-color)", major_guide_stroke_color="var(--line-color)",
        guide_stroke_dasharray="0", major_guide_stroke_dasharray="0", opacity=".9", opacity_hover="1", transition="0s",
    )
    chart = pygal.StackedBar(
        style=style, js=[], width=960, height=300, legend_at_bottom=True, legend_at_bottom_columns=3,
        show_y_guides=True, margin=8, disable_xml_declaration=True, explicit_size=False, x_label_rotation=0,
        value_formatter=lambda value: str(int(value)), title=None, no_data_text="", pretty_print=False,
        show_minor_y_labels=False, y_labels_major_count=5, order_min=0, min_scale=4,
    )
    chart.x_labels = [clock.format_date(week.monday)[:5] for week in weeks]
    for code, word in words.items():
        chart.add(word, [week.counts.get(code, 0) for week in weeks])
    svg = _FORBIDDEN.sub("", chart.render(is_unicode=True))
    svg = svg.replace("<style ", f'<style nonce="{csp_nonce()}" ')
    svg = svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)
    return Markup(svg)  # noqa: S704 - drawn by us from numbers and our own words
