"""What may be wrong with a line of posts, and how posts that cannot be scored are counted."""

from __future__ import annotations

#: Names of the reader's that end a strict job; its others are what a stream says besides posts, and no faults.
FAULTS = frozenset(
    (
        "error message",
        "id is not one short line",
        "id of a wrong type",
        "id out of range",
        "id was rounded",
        "line too long",
        "nested too deep",
        "no id",
        "no object",
        "no time",
        "not JSON",
        "not UTF-8",
        "text of a wrong type",
        "time not understood",
        "time out of range",
        "torn line",
        "unknown shape",
        "wrong number of fields",
    )
)

#: Languages that have a counter of their own; Hadoop allows a job 120 counters, its own fifty among them.
NAMED = frozenset(
    [
        "ar",
        "de",
        "es",
        "fa",
        "fr",
        "hi",
        "id",
        "it",
        "ja",
        "ko",
        "nl",
        "pl",
        "pt",
        "ru",
        "ta",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ]
)


def language_counter(language: str) -> str:
    """The counter of posts in a language that cannot be scored."""
    return f"language {language}" if language in NAMED else "other languages"
