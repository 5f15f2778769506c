"""The page as people meet it: in a browser, light and dark, wide and narrow, by keyboard and by screen reader.

Pictures of it go to the folder that $SCREENSHOTS names, for people to look at; without it, to a temporary one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.report.page import page
from tests.browser import Node

if TYPE_CHECKING:
    from gristmill.report.series import Report
    from tests.browser import Browser
    from tests.gristmill.report.conftest import MakeReport, MakeRow

#: What would do harm in one place of a page or another.
HOSTILE = (
    "<script>document.title = 'harm'</script>",
    "</bdi></p></style></script><img src=x onerror=\"document.title = 'harm'\">",
    '"><svg onload="document.title = \'harm\'">',
    "' onmouseover='document.title = \"harm\"' x='",
    "]]><!-- --!><plaintext>",
    "</title></textarea><iframe src='http://127.0.0.1:9/'></iframe>",
    "<style>* { display: none }</style><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'><base href=http://127.0.0.1:9/>",
    "javascript:alert(1) &lt;b&gt; &#60;b&#62; ${7*7} $title {{7*7}}",
    "nul \0 escape \x1b[31m bell \x07",
    "over \u202eride \u202d \u2066 isolate \u2067",
    "half \ud83d a pair, other half \ude00",
    "marks o" + "\u0300\u0489" * 3000,
    "W" * 5000,
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def sample(row: MakeRow, report: MakeReport) -> Report:
    """Two topics and a hashtag over two days, with hours in between that have no posts."""
    hours = [f"2026-03-{1 + hour // 24:02}T{hour % 24:02}" for hour in range(48) if hour not in range(20, 30)]
    scores = [0.5, -0.3, 0.0, 0.8, 0.1, -0.6, 0.4]
    lines = []
    for place, hour in enumerate(hours):
        some = [scores[(place + number) % 7] for number in range(2 + place % 9)]
        lines += [
            row("all", "", hour, *some, *some),
            row("topic", "bread", hour, *[min(score + 0.2, 1) for score in some]),
            row("topic", "mill", hour, *[max(score - 0.3, -1) for score in some[:2]]),
            row("hashtag", "خبز", hour, some[0]),
        ]
    return report(*lines)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_opens_without_a_word_on_the_console_and_asks_for_nothing(
    sample: Report, browser: Browser, tmp_path: Path, pictures: Path, width: int, dark: bool
) -> None:
    """It fits the window, and takes the user's colours."""
    path = tmp_path / "report.html"
    path.write_text(page(sample, "Bread in March"), encoding="utf-8")
    browser.open(path, width=width, dark=dark)
    assert browser.console() == []
    assert browser.requests() == [path.as_uri()]
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")
    assert browser.ask("getComputedStyle(document.body).backgroundColor") == (
        "rgb(19, 20, 23)" if dark else "rgb(247, 246, 243)"
    )
    browser.picture(pictures / f"report-{width}-{'dark' if dark else 'light'}.png")


@pytest.fixture
def opened(sample: Report, browser: Browser, tmp_path: Path) -> Browser:
    path = tmp_path / "report.html"
    path.write_text(page(sample, "Bread in March"), encoding="utf-8")
    browser.open(path)
    return browser


def test_the_keyboard_reaches_links_tables_and_folded_parts(opened: Browser) -> None:
    """In the order of the page; first a way past the links."""
    topics = ["Topics by their mean sentiment, the most positive first", "bread", "mill"]
    folded = ["Examples", "Numbers"]
    assert [stop.partition(" of ")[0].split("\n")[0] for stop in opened.tab_stops()] == [
        *["Skip to the figures", "All posts", "Topics", "Hashtags"],
        *folded,
        *topics,
        *folded * 3,
    ]


def test_a_folded_part_opens_by_keyboard(opened: Browser) -> None:
    """The numbers of the first card, by Enter; the table then takes the focus to be scrolled."""
    opened.ask("document.querySelector('#topic-0 details:last-of-type summary').focus()")
    opened.press("\ue007")
    assert opened.ask("document.querySelector('#topic-0 details:last-of-type').open")
    opened.press("\ue004")
    assert opened.ask("document.activeElement.getAttribute('aria-label')") == "Numbers of bread"


def test_what_has_the_focus_shows_it(opened: Browser) -> None:
    """By an outline of three pixels."""
    opened.press("\ue004")
    assert opened.ask("document.activeElement.className") == "skip"
    assert opened.ask("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    assert opened.ask("document.activeElement.getBoundingClientRect().left") >= 0


def test_a_screen_reader_is_told_what_the_eye_sees(opened: Browser) -> None:
    """Headings in order, landmarks, charts with what they show, tables with captions, and no nameless thing."""
    tree = opened.tree()
    headings = [node.name for node in tree if node.role == "heading"]
    assert headings[:3] == ["Bread in March", "All posts", "all posts"]
    assert headings.index("Topics") < headings.index("bread") < headings.index("mill") < headings.index("Hashtags")
    assert headings[-1] == "How to read this page"
    roles = {node.role for node in tree}
    assert {"banner", "navigation", "main", "contentinfo", "table", "columnheader", "rowheader"} <= roles
    charts = [node.name for node in tree if node.role == "image"]
    assert charts[0] == (
        "Mean sentiment of all posts by hour, from 1 to 2 Mar 2026. Highest +0.45 at 2 Mar 2026, 13:00, "
        "lowest −0.25 at 1 Mar 2026, 18:00. 10 of 48 have no posts."
    )
    assert len(charts) == 8
    named = {"heading", "link", "image", "table", "region", "article", "navigation", "columnheader", "rowheader"}
    assert [node for node in tree if node.role in named and not node.name.strip()] == []
    assert Node("table", "Topics by their mean sentiment, the most positive first") in tree
    assert Node("cell", "+0.33") in tree or Node("gridcell", "+0.33") in tree


def test_hostile_rows_do_no_harm(
    row: MakeRow, report: MakeReport, browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    """As values, as texts and as the title: all of it is text, nothing runs, loads or is hidden."""
    lines = []
    for hostile in HOSTILE:
        for dimension in ("topic", "hashtag", "author"):
            lines.append(row(dimension, hostile, "2026-03-01T07", 0.5, -0.5, text=hostile))
    path = tmp_path / "report.html"
    path.write_text(page(report(*lines, top=20), HOSTILE[0]), encoding="utf-8")
    browser.open(path)
    browser.ask("document.querySelectorAll('details').forEach(part => { part.open = true })")
    browser.ask("document.querySelectorAll('*').forEach(part => part.dispatchEvent(new MouseEvent('mouseover')))")
    assert browser.console() == []
    assert browser.requests() == [path.as_uri()]
    assert browser.ask("document.title") == HOSTILE[0]
    alien = "script, img, iframe, object, embed, link, base, plaintext, textarea, foreignObject"
    assert browser.ask(f"document.querySelectorAll('{alien}').length") == 0
    assert browser.ask("document.querySelectorAll('style').length") == 1
    assert browser.ask("document.querySelectorAll('meta[http-equiv]').length") == 1
    assert browser.ask("document.querySelectorAll('#topic article').length") == len(HOSTILE)
    assert browser.ask("getComputedStyle(document.querySelector('footer')).display") == "block"
    assert browser.ask("document.documentElement.scrollWidth <= innerWidth")
    shown = browser.ask("document.body.innerText")
    for hostile in HOSTILE[:4]:
        assert hostile in shown
    for control in "\0\x1b\x07\u202e\u202d\u2066\u2067":
        assert control not in shown
    browser.picture(pictures / "hostile.png")
