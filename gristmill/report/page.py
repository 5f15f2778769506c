"""The whole page, from the template and the style that lie beside this module. It needs nothing else, and no network.

Its bytes depend on report and title alone. Its content security policy allows this one style, by digest, and no loads.
"""

from __future__ import annotations

import base64
import hashlib
import pkgutil
from string import Template
from typing import TYPE_CHECKING, cast

from gristmill.report import words
from gristmill.report.cards import card, ranking
from gristmill.report.escaping import attribute, markup
from gristmill.report.line_chart import Scale

if TYPE_CHECKING:
    from gristmill.report.series import Report, Section


def page(report: Report, title: str) -> str:
    """The report as HTML; `title` is its heading, not escaped."""
    style = _resource("page.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Template(_resource("page.html")).substitute(
        hash=f"sha256-{digest}",
        style=style,
        title=attribute(title),
        heading=markup(title),
        summary=f'<p class="summary">{words.summary(report)}</p>\n{_facts(words.facts(report))}',
        links=_links(report),
        sections="\n".join(_section(section, report) for section in report.sections),
        notes="<ul>" + "".join(f"<li>{note}</li>" for note in words.notes(report)) + "</ul>",
    )


def _facts(facts: list[tuple[str, str]]) -> str:
    return '<dl class="facts">' + "".join(f"<div><dt>{dt}</dt><dd>{dd}</dd></div>" for dt, dd in facts) + "</dl>"


def _links(report: Report) -> str:
    if len(report.sections) < 2:
        return ""
    links = (f'<li><a href="#{section.dimension}">{words.heading(section)}</a></li>' for section in report.sections)
    return f'<nav aria-label="Sections"><ul>{"".join(links)}</ul></nav>'


def _section(section: Section, report: Report) -> str:
    key = section.dimension
    scale = Scale.over(point for value in section.values for point in value.points)
    cards = (card(value, section, index, report.axis, scale) for index, value in enumerate(section.values))
    table = ranking(section) if len(section.values) > 1 else ""
    return f"""<section id="{key}" aria-labelledby="{key}-heading">
<h2 id="{key}-heading">{words.heading(section)}</h2>
<p class="about">{words.about(section, report)}</p>
{table}
<div class="cards">
{"".join(cards)}
</div>
</section>"""


def _resource(name: str) -> str:
    # get_data returns None only for loaders that have no files
    return cast("bytes", pkgutil.get_data(__package__, name)).decode()
