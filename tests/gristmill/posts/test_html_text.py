"""HTML to the text that a page shows."""

from __future__ import annotations

import time

import pytest

from gristmill.posts import html_text
from gristmill.posts.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("no markup", "no markup"),
        ("<p>one<br />two<br>three</p><p>four</p>", "one\ntwo\nthree\n\nfour"),
        ("<P CLASS='x'>a</P>b", "a\n\nb"),
        ("<ul><li>a</li><li>b</li></ul><blockquote>c</blockquote><pre>d</pre>e", "a\nb\n\nc\n\nd\n\ne"),
        (
            '<a href="https://x.example/long"><span class="invisible">https://</span>'
            '<span class="ellipsis">x.example/lo</span><span class="invisible">ng</span></a>',
            "https://x.example/long",
        ),
        ('#<span>mill</span> <span class="h-card">@<span>ann</span></span>', "#mill @ann"),
        ("a<script>alert('x')</script>b<style>p {}</style>c", "abc"),
        ("a<script>if (b<c) d</SCRIPT >e", "ae"),
        ("a<script>never closed", "a"),
        ("a</script>b<!-- c -->d", "abd"),
        ("&lt;b&gt; &amp;lt; &quot;&#39;&apos;&#x1F642;&eacute;&nbsp;.", "<b> &lt; \"''🙂é\xa0."),
        ("&unknown; &amp x &#xD800; &#0; &#9999999; &#99999999;", "&unknown; & x \ufffd \ufffd \ufffd \ufffd"),
        ("good&#150;bad &#x80;&#0000000065;&#x000000042;&#" + 30 * "7" + ";", "good\u2013bad \u20acAB\ufffd"),
        ("&#" + 9 * "9" + "abc! &#x" + 9 * "f" + "g", "\ufffdabc! \ufffdg"),
        ("1 < 2, a <b", "1 < 2, a <b"),
        ("<<p>>", "<\n\n>"),
        ("I <3 you, good > bad", "I <3 you, good > bad"),
        ("<p>I <3 you</p>a </3 b <> c", "I <3 you\n\na </3 b <> c"),
        ("<a title=\"a>b\" href=x>c</a><a title = 'd>e'>f</a>", "cf"),
        ("<a href=x'y>c</a><a href=x=\"y>d</a><a href= >e</a>", "cde"),
        ('<a title="a<b">c</a>', "c"),
        ('a <b title="c <p>good</p> <i d="e">f', "a f"),
        ('a <b title="c <p>good</p>', "a good"),
        ("a<!-- b > c -->d<!-->e<?php f ?>g<!DOCTYPE html>h<![CDATA[i]]>j", "adeghj"),
        ("a<!-- never closed <p>b</p>", "a"),
        ("a<!doctype", "a<!doctype"),
    ],
)
def test_html_becomes_the_text_that_a_page_shows(html: str, text: str):
    """Links with all of their address; comments, scripts and styles are no text; what is no markup stays."""
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>good<p>bad", "good\n\nbad"),
        ("<ul><li>good<li>bad</ul>now", "good\nbad\nnow"),
        ("<h1>good</h1>news", "good\nnews"),
        ("good<h2>news", "good\nnews"),
        ("<table><tr><th>a<td>b</tr><tr><td>c</td><td>d</td></tr></table>e", "a\tb\nc\td\ne"),
        ("a<div>b</div>c<DIV CLASS='x'>d", "a\nb\nc\nd"),
        ("a<hr>b<hr />c", "a\nb\nc"),
        ("<dl><dt>a<dd>b</dl>c", "a\nb\nc"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("<blockquote><p>a</p></blockquote><p>b<br><br>c</p>", "a\n\nb\n\nc"),
        ("<div>a</div><br>b", "a\n\nb"),
        ("<b>a</b> <i>b</i><section>c</section>", "a b\nc"),
        ("<section><div><p>a</p></div></section><aside>b", "a\n\nb"),
    ],
)
def test_blocks_do_not_run_together(html: str, text: str):
    """Whether or not their end tags are there; of several gaps in a row the longest counts."""
    assert html_to_text(html) == text


@pytest.mark.parametrize("unit", ["<a ", "<!--", "<", "</", '<a x="', "<script>", "<a = ", '<b x="<c>', "<p>", "&"])
def test_the_time_is_linear_in_the_length(unit: str):
    """A megabyte of what does not end takes a second or two, and not hours."""
    start = time.process_time()
    html_to_text(unit * (1_000_000 // len(unit)))
    assert time.process_time() - start < 5


def test_no_more_tags_are_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch):
    """Long ones never, so a link's address takes no memory."""
    monkeypatch.setattr(html_text._plain_ranks, "most", 2)
    html_text._plain_ranks.clear()
    html_to_text("<a><b><i>" + f'<a href="{"x" * 80}">')
    assert list(html_text._plain_ranks) == ["<i>"]
