"""The page stands by itself: one file, its style allowed by its hash, nothing loaded, every colour readable."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from gristmill.report.page import page

if TYPE_CHECKING:
    from gristmill.report.series import Report
    from tests.gristmill.report.conftest import MakeReport, MakeRow

#: Elements that HTML never closes.
VOID = {"meta", "br"}


@pytest.fixture
def small(row: MakeRow, report: MakeReport) -> Report:
    return report(
        row("platform", "own", "2026-03-01T07", 0.5, -0.5, 0.0),
        row("topic", "bread", "2026-03-01T07", 0.5),
        row("topic", "mill", "2026-03-01T08", -0.5),
    )


class Balanced(HTMLParser):
    """Fails where an element is closed that is not open; keeps what is open and all ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name not in ("style", "src")
            assert not name.startswith("on")
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed_every_id_is_one_and_every_link_leads_somewhere(small: Report) -> None:
    """Within the page: there is no other address in it."""
    parser = Balanced()
    parser.feed(page(small, "Bread"))
    assert parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    assert set(parser.links) == {"#content", "#all", "#topic", "#platform", "#topic-0", "#topic-1"}
    assert {link[1:] for link in parser.links} <= set(parser.ids)


def test_its_policy_allows_its_style_and_nothing_else(small: Report) -> None:
    """By the hash of the bytes between the tags."""
    made = page(small, "Bread")
    style = made.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in made
    assert "url(" not in style
    assert "@import" not in style
    assert "<script" not in made


def test_its_bytes_depend_on_the_report_alone(small: Report) -> None:
    """No time of day, no order of a set."""
    assert page(small, "Bread") == page(small, "Bread")


def test_one_dimension_needs_no_links(row: MakeRow, report: MakeReport) -> None:
    """And one value no ranking."""
    made = page(report(row("topic", "bread", "2026-03-01T07", 0.5)), "Bread")
    assert "<nav" not in made
    assert 'class="ranking"' not in made


def test_a_title_is_text(small: Report) -> None:
    """In the tab and in the heading."""
    made = page(small, "</title><script>alert(1)</script>")
    assert "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>" in made
    assert "<h1><bdi>&lt;/title&gt;" in made


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 has it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_known() -> None:
    """Black on white."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_words_and_marks_stand_out_from_their_ground(small: Report, theme: int) -> None:
    """WCAG AA: 4.5 for text, 3 for what is drawn."""
    block = re.findall(r":root \{(.*?)\}", page(small, "Bread"), re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for ground in ("ground", "card"):
        for words in ("ink", "soft", "positive", "negative", "neutral", "link"):
            assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
        for mark in ("positive", "negative", "strong-rule", "bar", "focus"):
            assert contrast(colours[mark], colours[ground]) >= 3, (mark, ground)
