"""Reddit's comments and submissions; shapes are true, posts and people made up."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.posts.reader import Post


def comment(**fields: Any) -> dict[str, Any]:
    """A comment, bare."""
    return {
        "id": "k1made2",
        "name": "t1_k1made2",
        "author": "ann",
        "author_fullname": "t2_9up",
        "body": "salt &amp; butter &gt; jam #Bread",
        "body_html": "&lt;div&gt;x&lt;/div&gt;",
        "created_utc": 1795167015.0,
        "subreddit": "ourtown",
        "replies": "",
        **fields,
    }


def submission(**fields: Any) -> dict[str, Any]:
    """A submission, bare."""
    return {
        "id": "1made2",
        "name": "t3_1made2",
        "author": "ann",
        "author_fullname": "t2_9up",
        "title": "The ferry &amp; us",
        "selftext": "Late &lt;again&gt;.",
        "created_utc": 1795167015,
        "subreddit": "ourtown",
        **fields,
    }


COMMENT = Post("t1_k1made2", "salt & butter > jam #Bread", 1795167015, "", "t2_9up", ("bread",), "", "reddit")
SUBMISSION = Post("t3_1made2", "The ferry & us\n\nLate <again>.", 1795167015, "", "t2_9up", (), "", "reddit")


def test_comments_and_submissions_are_posts_bare_or_wrapped(things):
    """As archives, some of which have the time as text, and the API have them."""
    assert things(comment(created_utc="1795167015")) == [COMMENT]
    assert things(comment(), {"kind": "t1", "data": comment()}) == [COMMENT] * 2
    assert things(submission(), {"kind": "t3", "data": submission()}) == [SUBMISSION] * 2


def test_a_submission_may_have_no_more_than_a_title(things):
    """A link, or a picture."""
    assert things(submission(selftext=""), submission(selftext=7)) == [SUBMISSION._replace(text="The ferry & us")] * 2


def test_a_listing_gives_its_things_and_the_answers_to_them_in_order(things):
    """A page of comments is two listings; "more" stands for what was not sent."""
    answer = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": comment(name="t1_b")}]}}
    more = {"kind": "more", "data": {"count": 3, "children": ["x"]}}
    tree = [{"kind": "t1", "data": comment(name="t1_a", replies=answer)}, {"kind": "t1", "data": comment(name="t1_c")}]
    page = [
        {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": submission()}]}},
        {"kind": "Listing", "data": {"children": [*tree, more, 7]}},
    ]
    assert things(page) == [
        SUBMISSION,
        COMMENT._replace(id="t1_a"),
        COMMENT._replace(id="t1_b"),
        COMMENT._replace(id="t1_c"),
        "placeholder for more comments",
        "no object",
    ]
    assert things({"kind": "Listing", "data": {"children": []}}) == ["empty page"]


def test_an_answer_of_pushshift_is_a_list_of_things(things):
    """With what it says beside it, or nothing."""
    assert things({"data": [comment(), submission()], "metadata": {"total_results": 2}}) == [COMMENT, SUBMISSION]
    assert things({"data": [comment()]}, {"data": [comment()], "error": None}) == [COMMENT] * 2
    assert things({"data": [], "metadata": {}}) == ["empty page"]


def test_ids_and_authors_are_found_where_they_are(things):
    """Old archives have no full names; a comment and a submission may have one number."""
    found = things(comment(name=None, author_fullname=None), submission(name=None, author_fullname=None))
    assert [(post.id, post.author) for post in found] == [("t1_k1made2", "ann"), ("t3_1made2", "ann")]
    assert things(comment(author="[deleted]", author_fullname=None))[0].author == ""
    assert things(comment(author=["ann"], author_fullname=None))[0].author == ""
    assert things(comment(name=None, id=None), comment(name=None, id=7)) == ["no id", "no id"]


@pytest.mark.parametrize(
    "notice",
    [
        "[deleted]",
        "[removed]",
        "[deleted by user]",
        "[Deleted By User]",
        "[unavailable]",
        " [ Removed by Reddit ]",
        "[removed by reddit]",
        "[ Removed by moderator ]",
        "[ Removed by reddit in response to a copyright notice. ]",
        "[ Removed by Reddit in response to a copyright notice. ]\n",
        "[ Removed by Reddit on account of violating the content policy. ]",
        "[ Removed by reddit on account of violating the [content policy](/help/contentpolicy). ]",
    ],
)
def test_a_notice_of_removal_is_no_text_that_somebody_wrote(things, notice: str):
    """In place of a comment, of a title or of what stands below it."""
    assert (
        things(
            comment(body=notice),
            submission(title=notice, selftext=""),
            submission(title=notice),
            submission(selftext=notice),
        )
        == ["text was removed"] * 4
    )
    assert things(comment(author=notice, author_fullname=None))[0].author == ""


@pytest.mark.parametrize(
    "text", ["[deleted] scenes", "removed", "[removed] by me [twice]", "[deleted by a] fool [b]", "[removable]", "[x]"]
)
def test_a_text_that_only_speaks_of_a_removal_stays(things, text: str):
    """The notice is the whole text."""
    assert things(comment(body=text))[0].text == text


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (comment(body="[deleted]"), "text was removed"),
        (comment(body="[removed]"), "text was removed"),
        (submission(selftext="[removed]"), "text was removed"),
        (comment(body=None), "no text"),
        (comment(body=["x"]), "text of a wrong type"),
        (submission(title=None), "no text"),
        (comment(created_utc=None), "no time"),
        (comment(created_utc="soon"), "time not understood"),
        ({"kind": "t2", "data": {"name": "ann"}}, "thing of another kind"),
        ({"kind": "t1", "data": 7}, "thing of another kind"),
        ({"kind": ["t1"], "data": {}}, "thing of another kind"),
        ({"kind": "Listing", "data": {"children": 7}}, "thing of another kind"),
    ],
)
def test_what_is_no_post_has_its_name(things, thing: dict[str, Any], name: str):
    """The name says what."""
    assert things(thing) == [name]
