"""What a made-up town says in three days: its bread, its ferry, its market and its weather, each with a story.

The bread is liked. The ferry breaks down on the second morning and runs again on the third. The market is on the third
day. A storm comes in the second evening. All of it is our own writing, and nobody said it.
"""

from __future__ import annotations

from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from benchmarks.shapes import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

T = TypeVar("T")

#: Milliseconds since 1970 of the first midnight: Friday, 9 May 2025, UTC.
FIRST = 1_746_748_800_000
DAYS, DAY = 3, 86_400_000
#: People who write; a few write much.
AUTHORS = 700
#: How many posts an hour has beside the others, from midnight on.
HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 11, 9, 8, 8, 10, 9, 8, 8, 9, 11, 13, 14, 12, 9, 6, 4)

SUMS = (0, *accumulate(HOURS))


class Topic(NamedTuple):
    """What people say of one thing: gladly, badly, and neither."""

    tags: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    plain: tuple[str, ...]


TOPICS = {
    "bread": Topic(
        ("bread", "Bakery", "SourDough"),
        (
            "the rye bread from the mill bakery is wonderful",
            "the new bakery makes the best rolls in town, and they are kind people",
            "warm bread & salted butter is a great start of the day",
            "I love how the bakery smells at six",
            "this loaf is not bad at all, it is superb",
            "the café next to the bakery has lovely cake",
        ),
        (
            "the bread was stale and the queue was terrible",
            "the bakery ran out of rolls again, very annoying",
            "a loaf for 7 coins is a bad joke",
        ),
        ("the bakery opens at six", "they bake bread on stone now", "is the Café by the bakery open on Sunday?"),
    ),
    "ferry": Topic(
        ("ferry", "RiverFerry"),
        (
            "the ferry is back and the crew was great",
            "a calm crossing on the ferry, happy to be home early",
            "the ferry crew helped us with the pram, so kind of them",
            "I really enjoy the ferry at dawn",
        ),
        (
            "the ferry is broken again and nobody tells us anything, I hate this",
            "stuck at the pier for two hours, the ferry is a disaster",
            "the ferry was late, dirty and not worth the fare",
            "worst morning ever, no ferry and no bus",
            "the ferry company does not care, and that is sad",
        ),
        ("the ferry leaves every 20 minutes", "the next ferry is at 9:40", "the ferry has a new timetable"),
    ),
    "market": Topic(
        ("market", "MarketSquare", "Märkte"),
        (
            "the market square was beautiful today, so many friendly faces",
            "best cheese of the year at the market",
            "the band on the market square was fantastic",
            "what a lovely market, the children were happy",
        ),
        (
            "the market was crowded and too loud",
            "someone stole my bike at the market, awful",
            "prices on the market square are a shame",
        ),
        ("the market is on Sunday", "they put up stalls on the market square", "is < 10 coins enough for the market?"),
    ),
    "weather": Topic(
        ("weather", "Storm"),
        ("what a glorious morning, sunshine at last", "a fine rainbow after the rain", "the air is fresh and sweet"),
        (
            "the storm tore the roof off our shed, terrible night",
            "rain again, I am so tired of this weather",
            "the storm scared the dog & the children badly",
            "no power since the storm, freezing and miserable",
        ),
        ("rain from noon on", "the wind turns to the west tonight", "12 degrees and clouds"),
    ),
}
#: The same matters in other languages, without a say of ours on how they sound.
ABROAD = (
    ("de", "Das Brot aus der Mühle ist wunderbar, die Fähre leider nicht", ("Fähre",)),
    ("de", "Der Sturm hat das Dach der Bäckerei abgedeckt", ()),
    ("fr", "Le marché était magnifique aujourd’hui", ("marché",)),
    ("es", "El pan está muy rico y el mercado también", ("Mercado",)),
    ("nl", "De veerpont vaart weer, eindelijk", ()),
    ("ja", "朝のパンはとてもおいしい", ("パン",)),
    ("uk", "Пором знову не ходить", ("пором",)),
)
OPENERS = ("", "", "", "Honestly, ", "Well, ", "Today: ", "OK, ", "My neighbour says ", "Good to know: ", "BREAKING: ")
CLOSERS = ("", "", "", ".", ".", "!", "!!", "...", " 🙂", " :)", " 😂", "?!")


class Town:
    """Writes drafts, one after the other, the same for the same `rng`."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._number = 0

    def draft(self, place: float) -> Draft:
        """A post of its own from a place in the three days, 0 to 1."""
        rng = self._rng
        self._number += 1
        time = self._time(place)
        author = int(AUTHORS * rng.random() ** 2)
        if rng.random() < 0.07:
            language, text, tags = pick(rng, ABROAD)
            text += "".join(f" #{tag}" for tag in tags)
            return Draft(self._number, text, time, author, language, tags)
        topic = pick(rng, tuple(TOPICS))
        sentences = 1 if rng.random() < 0.75 else 3
        text = " ".join(self._sentence(topic, time) for _ in range(sentences))
        tags = (pick(rng, TOPICS[topic].tags),) if rng.random() < 0.35 else ()
        text += "".join(f" #{tag}" for tag in tags)
        return Draft(self._number, text, time, author, "en", tags)

    def repeat(self, original: Draft) -> Draft:
        """A post of somebody else that repeats one, up to three hours later."""
        self._number += 1
        time = min(original.time + int(10_800_000 * self._rng.random()), FIRST + DAYS * DAY - 1)
        author = int(AUTHORS * self._rng.random())
        return Draft(self._number, original.text, time, author, original.language, original.tags, original)

    def _time(self, place: float) -> int:
        """The hours of a day share its posts as HOURS says."""
        day, within = divmod(place * DAYS, 1)
        posts = within * SUMS[-1]
        hour = bisect(SUMS, posts) - 1
        return FIRST + int(day) * DAY + int((hour + (posts - SUMS[hour]) / HOURS[hour]) * 3_600_000)

    def _sentence(self, topic: str, time: int) -> str:
        rng = self._rng
        good, bad = mood(topic, (time - FIRST) // 3_600_000)
        dice = rng.random()
        said = TOPICS[topic]
        core = pick(rng, said.good if dice < good else said.bad if dice < good + bad else said.plain)
        opener = pick(rng, OPENERS)
        core = core if opener else core[0].upper() + core[1:]
        return opener + (core.upper() if rng.random() < 0.03 else core) + pick(rng, CLOSERS)


def mood(topic: str, hour: int) -> tuple[float, float]:
    """The shares of good and bad sentences of a topic in an hour of the three days."""
    if topic == "bread":
        return 0.6, 0.15
    if topic == "ferry":
        return (0.35, 0.25) if hour < 31 else (0.04, 0.8) if hour < 56 else (0.7, 0.1)
    if topic == "market":
        return (0.65, 0.15) if hour >= 54 else (0.3, 0.2)
    return (0.05, 0.8) if 42 <= hour < 52 else (0.4, 0.25)


def pick(rng: Random, things: Sequence[T]) -> T:
    """One of them, by a function of `Random.random`, which is the same on every Python."""
    return things[int(len(things) * rng.random())]
