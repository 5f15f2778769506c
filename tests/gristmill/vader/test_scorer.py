"""VADER's scores, as nltk has them; the expected values here are nltk's."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
import zipfile
from pathlib import Path
from random import Random

import pytest

import gristmill
from gristmill.vader import alphabet
from gristmill.vader import scorer as module
from gristmill.vader.scorer import Scorer, compound, score

FUZZ = Path(__file__).parents[2] / "fuzz_vader.py"

TEXTS = [
    ("", (0.0, 0.0, 0.0), 0),
    ("a b", (0.0, 0.0, 0.0), 0),
    ("the mill grinds", (0.0, 1.0, 0.0), 0),
    ("The bread is good.", (0.0, 0.508, 0.492), 4404),
    ("The bread is GOOD.", (0.0, 0.452, 0.548), 5622),
    ("THE BREAD IS GOOD", (0.0, 0.508, 0.492), 4404),
    ("The bread is good!", (0.0, 0.484, 0.516), 4926),
    ("The bread is good!!!!!", (0.0, 1.0, 0.0), 0),
    ("The bread is good??", (0.0, 0.479, 0.521), 5040),
    ("The bread is good????", (0.0, 1.0, 0.0), 0),
    ("The bread is very good", (0.0, 0.556, 0.444), 4927),
    ("The bread is VERY good", (0.0, 0.505, 0.495), 6028),
    ("The bread is slightly good", (0.0, 0.605, 0.395), 3832),
    ("VERY BAD bread, SLIGHTLY BAD", (0.778, 0.222, 0.0), -9103),
    ("The bread isn't good", (0.445, 0.555, 0.0), -3412),
    ("not the good bread", (0.445, 0.555, 0.0), -3412),
    ("never so good", (0.0, 0.318, 0.682), 6474),
    ("so the mill is good", (0.0, 0.58, 0.42), 4404),
    ("least good bread", (0.546, 0.454, 0.0), -3412),
    ("at least good bread", (0.0, 0.508, 0.492), 4404),
    ("The bread was good, but the crust was bad", (0.347, 0.511, 0.142), -5859),
    ("good bread is bread that is not good", (0.0, 0.508, 0.492), 7003),
    ("this is the shit", (0.0, 0.429, 0.571), 6124),
    ("it is the bomb bread", (0.0, 0.5, 0.5), 6124),
    ("a real bad ass miller", (0.778, 0.222, 0.0), -7906),
    ("oh well yeah right", (0.0, 0.317, 0.683), 5106),
    ("that will cut the mustard great", (0.206, 0.392, 0.402), 4588),
    ("they live hand to mouth happy", (0.0, 0.367, 0.633), 7845),
    ("kind of good bread", (0.0, 0.508, 0.492), 4404),
    ("the bread is kind of good", (0.0, 0.657, 0.343), 3832),
    ("the kind miller", (0.0, 0.37, 0.63), 5267),
    ("good, bad and 'horrible' great-", (0.28, 0.16, 0.56), 5423),
    (":) :D :-)", (0.0, 0.0, 1.0), 8531),
    ("🙂 good 👩\u200d🌾", (0.0, 0.256, 0.744), 4404),
]

#: What a stranger may post.
HOSTILE = {
    "emoji": "🙂" * 10_000,
    "emoji apart": "🙂🙂 " * 10_000,
    "distinct words": " ".join(f"mill{number}" for number in range(110_000)),
    "marks": "!" * 100_000,
    "marks apart": "good! " * 100_000,
    "a long token": "m" * 1_000_000,
    "a long token with punctuation": "m." * 500_000 + "m",
    "a long run": "good" + "?!" * 500_000,
    "words of the lexicon": "good bad " * 110_000,
    "one word in many cases": " ".join(
        "".join(letter.upper() if number >> place & 1 else letter for place, letter in enumerate("disappointments"))
        for number in range(1 << 15)
    ),
    "but": "but good " * 110_000,
    "boosters": "very VERY not never so this " * 36_000 + "good",
    "idioms": "the shit kind of kiss of death " * 32_000,
    "apostrophes": "n't'" * 250_000,
    "surrogates": "good \ud83d\ude42\udfff bad " * 10_000,
}


@pytest.mark.parametrize(("text", "shares", "sentiment"), TEXTS)
def test_scores_are_those_of_nltk(text: str, shares: tuple[float, float, float], sentiment: int):
    """Negative, neutral and positive shares have three digits; the sentiment is an integer of ten-thousandths."""
    assert score(text) == (*shares, sentiment / 10_000)
    assert compound(text) == sentiment


def test_a_scorer_that_has_seen_much_scores_as_a_new_one():
    """What a scorer remembers changes no score."""
    scorer = Scorer()
    for _ in range(2):
        assert [scorer.compound(text) for text, _, _ in TEXTS] == [sentiment for _, _, sentiment in TEXTS]


@pytest.mark.parametrize(
    ("lexicon", "text", "expected"),
    [
        ({"good": 2, "but": -1, "so": 1}, "good but good BUT so good", (0.337, 0.06, 0.602, 0.6598)),
        ({"of": 1, "kind": 2}, "kind of kind OF kind mill", (0.0, 0.458, 0.542, 0.5766)),
        ({"never": 1, "good": 2, "this": -1}, "never this good", (0.286, 0.0, 0.714, 0.4588)),
        ({"at": 1, "very": 1, "good": 2, "least": 0.5}, "at least good very least good", (0.0, 0.083, 0.917, 0.8402)),
        ({}, "good not bad", (0.0, 1.0, 0.0, 0.0)),
        ({"mill": 0}, "mill MILL Mill", (0.464, 0.536, 0.0, -0.186)),
    ],
)
def test_any_lexicon_will_do(lexicon: dict[str, float], text: str, expected: tuple[float, ...]):
    """One of the reader's own may hold the words of the rules, and words of no valence."""
    assert Scorer(lexicon).score(text) == expected


def test_a_lexicon_with_a_valence_that_is_no_number_is_refused():
    """A scorer never gives NaN."""
    with pytest.raises(ValueError, match="the valence of 'good' is nan"):
        Scorer({"good": float("nan")})


def test_the_sign_of_a_sum_is_that_of_adding_from_left_to_right():
    """To the last digit these are less than 0; added in turn they are 0, so the marks add nothing."""
    assert Scorer({"worst": -4.0, "meh": 0.1, "best": 3.9}).compound("worst meh best! !!") == 0


def test_a_scorer_forgets_rather_than_grows(monkeypatch: pytest.MonkeyPatch):
    """With room for next to nothing scores are the same."""
    monkeypatch.setattr(alphabet, "TOKENS", 3)
    monkeypatch.setattr(alphabet, "_QUIET_HITS", range(0x100, 0x102))
    monkeypatch.setattr(alphabet, "_LOUD_HITS", range(0x4000, 0x4001))
    monkeypatch.setattr(module, "PAIRS", 1)
    scorer = Scorer()
    for _ in range(2):
        assert [scorer.compound(text) for text, _, _ in TEXTS] == [sentiment for _, _, sentiment in TEXTS]


def test_memory_stays_bounded_whatever_is_scored():
    """Words, ways to write them and neighbours without end take less than 40 MB."""
    scorer = Scorer()
    words = [word for word in scorer._lexicon if word.isalpha()]
    rng = Random(1)
    before = ("very", "not", "never", "so", "this", "least", "at", "VERY", "NOT", "barely", "BARELY", "mill")
    tracemalloc.start()
    try:
        for number in range(500):
            hits = (f"{' '.join(rng.choices(before, k=3))} {rng.choice(words).swapcase()}" for _ in range(30))
            scorer.compound(" ".join(hits))
            scorer.compound(" ".join("🙂" * 20 + str(number * 200 + other) for other in range(200)))
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str):
    """Time grows with a text's length alone: a megabyte takes a second or two, whatever is in it."""
    scorer = Scorer()
    start = time.process_time()
    assert -10_000 <= scorer.compound(text) <= 10_000
    assert sum(scorer.score(text)[:3]) == pytest.approx(1 if len(text.split()) > 1 or len(text) > 1 else 0, abs=0.002)
    assert time.process_time() - start < 10


@pytest.mark.parametrize("count", [4_000, 20_000])
def test_four_times_the_text_takes_four_times_the_time(count: int):
    """A text of words of the lexicon, all different, is not read once for each of them, few or many as they are."""

    def seconds(count: int) -> float:
        scorer = Scorer({f"good{number}": 1.0 for number in range(count)})
        text = "but " + " ".join(f"good{number}" for number in range(count))
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            scorer.compound(text)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(4 * count) < 6 * seconds(count) + 0.05


def test_a_scorer_works_from_a_zip(tmp_path: Path):
    """The lexicon is read from wherever the package is."""
    folder = Path(gristmill.__file__).parent
    with zipfile.ZipFile(tmp_path / "ours.zip", "w") as archive:
        modules = [folder / f"{name}.py" for name in ("__init__", "built", "errors", "memo")]
        for file in [*modules, *sorted((folder / "vader").rglob("*"))]:
            if file.suffix in (".py", ".txt"):
                archive.write(file, Path("gristmill", file.relative_to(folder)))
    program = "from gristmill.vader import scorer; print(scorer.__file__, scorer.compound('The bread is good.'))"
    command = [sys.executable, "-S", "-c", program]
    done = subprocess.run(
        command, env={"PYTHONPATH": "ours.zip"}, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "ours.zip" in done.stdout
    assert done.stdout.endswith(" 4404\n")


def test_made_up_texts_have_no_other_scores_than_nltks(capsys: pytest.CaptureFixture[str]):
    """Twenty seconds of texts, over the shipped lexicon and altered ones; `make fuzz` goes on for a million."""
    command = [sys.executable, str(FUZZ), "--seconds=20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(" texts, 0 differences\n")
    assert int(done.stdout.split()[2].replace(",", "")) >= 2_000
