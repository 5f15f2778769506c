"""Sentiment an hour as courses teach it: mrjob's JSON, nltk's VADER in each task, one record a post.

Takes posts of one's own and Twitter's v1.1, whole texts and originals as `jobs.sentiment_agg` finds them, in English.
"""

from __future__ import annotations

import html
import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 12):
    import gristmill.job.mrjob_compat  # noqa: F401 (mrjob does not import there without)

from nltk.sentiment.vader import SentimentIntensityAnalyzer

from mrjob.job import MRJob

if TYPE_CHECKING:
    from collections.abc import Iterator


class NltkSentiment(MRJob):
    """mapper hour -> compound; reducer hour TAB [posts, positive, negative, sum in ten-thousandths]."""

    def mapper_init(self) -> None:
        self.analyzer = SentimentIntensityAnalyzer()

    def mapper(self, _key: None, line: str) -> Iterator[tuple[str, float]]:
        post = json.loads(line)
        if post.get("lang") == "en":
            score = self.analyzer.polarity_scores(text(post))["compound"]
            yield hour(post["created_at"]), score

    def reducer(self, hour: str, scores: Iterator[float]) -> Iterator[tuple[str, list[int]]]:
        found = list(scores)
        positive, negative = sum(score >= 0.05 for score in found), sum(score <= -0.05 for score in found)
        yield hour, [len(found), positive, negative, round(sum(found) * 10_000)]


def text(post: dict[str, Any]) -> str:
    """The whole text of a post or of what it repeats, without Twitter's escapes."""
    post = post.get("retweeted_status", post)
    whole = post.get("extended_tweet", post)
    found: str = whole.get("full_text") or whole["text"]
    return html.unescape(found) if "id_str" in post else found


def hour(created: str) -> str:
    """The hour of a time as the two write it."""
    if created[0].isdigit():
        return created[:13]
    return datetime.strptime(created, "%a %b %d %H:%M:%S %z %Y").strftime("%Y-%m-%dT%H")


if __name__ == "__main__":
    NltkSentiment.run()
