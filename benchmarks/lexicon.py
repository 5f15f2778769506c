"""Made-up words with real text's statistics: how often the word of each rank comes, how long it is, how it is spelt.

Only `Random.random` and functions of it are used, which give the same numbers on every Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random

#: (last rank, slope of log frequency over log rank up to it), measured on 3.8 million words of English. The last slope
#: is what leaves the measured number of distinct words: a vocabulary grows with the text, without end.
ZIPF = ((100, -0.91), (5_000, -1.0), (20_000, -1.6), (60_000, -2.3))
#: Ranks past the table go on with this slope.
RARE_SLOPE = -2.25
#: A person's text has names and slips without end; past this rank words are used again.
MAX_RANK = 20_000_000
#: Words up to this rank come everywhere; the others belong to a document's subject and come again within it.
COMMON_RANKS = 400

#: The commonest words are plain letters.
PLAIN_RANKS = 30

#: Letters of the ten commonest words, as in "the of and to a in that is with for".
TOP_LENGTHS = (3, 2, 3, 2, 1, 2, 3, 2, 4, 3)
#: (last rank, percent of its words with 1, 2, 3… letters).
LENGTHS = (
    (100, (3, 26, 30, 29, 8, 3, 1)),
    (1_000, (0, 5, 12, 25, 21, 15, 10, 6, 4, 2)),
    (60_000, (0, 1, 5, 11, 15, 17, 16, 12, 9, 6, 4, 2, 1, 1)),
)
ONSETS = (*"bcdfghjklmnprstvwz", "ch", "st", "tr", "sh", "th", "pl", "gr")
VOWELS = (*"aeiouaeioe", "ea", "ou", "ai")
ACCENTS = str.maketrans("aeioucn", "áéíöüçñ")
CYRILLIC = str.maketrans("abcdefghijklmnoprstuvwz", "абцдефгхийклмнопрстувжз")
ENDINGS = ("", "s", "ed", "ing", "er", "ly", "al")


@dataclass(frozen=True)
class Lexicon:
    """Words by rank, with the running sums of their frequencies; the last entry of each, None, stands for all after."""

    common: list[str | None]
    common_sums: list[float]
    subject: list[str | None]
    subject_sums: list[float]


def lexicon(seed: int) -> Lexicon:
    """The words of `seed`: 60,000 by rank, and the weight of the rarer ones, which `coined` makes one by one."""
    rng = Random(seed)  # noqa: S311 (made-up text, not secrets)
    frequencies = _frequencies()
    words: list[str | None] = list(_table(rng, len(frequencies)))
    beyond = frequencies[-1] * len(frequencies) / (-RARE_SLOPE - 1)
    subject = [*frequencies[COMMON_RANKS:], beyond]
    common = [*frequencies[:COMMON_RANKS], sum(subject)]
    return Lexicon(
        common=[*words[:COMMON_RANKS], None],
        common_sums=list(accumulate(common)),
        subject=[*words[COMMON_RANKS:], None],
        subject_sums=list(accumulate(subject)),
    )


def coined(rng: Random) -> str:
    """One of the words past the table, the rarer the less often."""
    table = ZIPF[-1][0]
    rank = min(MAX_RANK, int(table * (1 - rng.random()) ** (1 / (RARE_SLOPE + 1))))
    code = rank * 7_654_321 % 54_700_816  # 86 to the 4th: spreads neighbours over the alphabet
    ending = ENDINGS[rank % len(ENDINGS)]
    letters = []
    for _ in range(4):
        code, syllable = divmod(code, 86)
        letters.append("bcdfghklmnprstvwz"[syllable // 5 % 17] + "aeiou"[syllable % 5])
    word = "".join(letters) + ending
    return word.capitalize() if rank % 9 == 0 else word


def _frequencies() -> list[float]:
    frequencies = [1.0]
    for last, slope in ZIPF:
        for rank in range(len(frequencies) + 1, last + 1):
            frequencies.append(frequencies[-1] * (rank / (rank - 1)) ** slope)
    return frequencies


def _table(rng: Random, size: int) -> list[str]:
    words: dict[str, None] = {}
    for length in TOP_LENGTHS:
        _add(words, rng, [length])
    for last, percents in LENGTHS:
        lengths = [letters for letters, percent in enumerate(percents, 1) for _ in range(percent)]
        room = last - len(words)
        # as many of each length as the percentages say, whatever the seed: one of the commonest words weighs much
        deck = [lengths[i * len(lengths) // room] for i in range(room)]
        rng.shuffle(deck)
        for length in deck:
            _add(words, rng, [length] if last == LENGTHS[0][0] else [length, *lengths[-60:]])
    return list(words)[:size]


def _add(words: dict[str, None], rng: Random, lengths: list[int]) -> None:
    """Adds one word that is not there yet; a full length (there are few words of two letters) gives way to another."""
    length = lengths[0]
    plain = len(words) < PLAIN_RANKS
    size = len(words)
    while len(words) == size:
        word = _spelling(rng, length)
        words[word if plain else _dressed(word, rng)] = None
        length = lengths[int(rng.random() * len(lengths))]


def _spelling(rng: Random, length: int) -> str:
    letters = ""
    vowel = rng.random() < 0.35
    while len(letters) < length:
        letters += _pick(rng, VOWELS if vowel else ONSETS)
        vowel = not vowel
    return letters[:length]


def _dressed(word: str, rng: Random) -> str:
    """One word in ten is a number, a name, an acronym, a foreign word or one with an apostrophe."""
    kind = rng.random()
    if kind < 0.02:
        return str(int(rng.random() * 10 ** min(len(word), 6)))
    if kind < 0.065:
        return word.capitalize()
    if kind < 0.07:
        return word.upper()
    if kind < 0.082:
        return word.translate(ACCENTS)
    if kind < 0.087:
        return word.translate(CYRILLIC)
    if kind < 0.1 and len(word) > 2:
        return f"{word[:-2]}'{word[-1]}"
    return word


def _pick(rng: Random, choices: tuple[str, ...]) -> str:
    return choices[int(rng.random() * len(choices))]
