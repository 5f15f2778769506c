import hashlib
import re
import subprocess
import sys
import unicodedata

import pytest

from benchmarks.corpus import write_corpus
from benchmarks.describe import describe


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("corpus") / "sample.tsv"
    write_corpus(path, 26_000_000)
    return path


@pytest.fixture(scope="module")
def found(sample):
    return describe(sample)


def test_a_document_is_as_long_as_real_ones(found):
    """Mean 860 B, median 350, 90th percentile 2,250, the largest some hundred thousand, in 3.8 million real words."""
    assert 800 <= sum(found.sizes) / len(found.sizes) <= 950
    assert 330 <= found.size_at(0.5) <= 370
    assert 1_900 <= found.size_at(0.9) <= 2_400
    assert 60_000 <= max(found.sizes) <= 600_000


def test_a_word_is_as_long_as_real_ones(found):
    """4.7 letters; 20 % have 3, 17 % have 4, 16 % have 2, 12 % have 5, and 6 % have 10 or more."""
    lengths = found.lengths()
    assert found.mean_length() == pytest.approx(4.7, abs=0.15)
    assert lengths[3] == pytest.approx(0.20, abs=0.03)
    assert lengths[4] == pytest.approx(0.17, abs=0.03)
    assert lengths[2] == pytest.approx(0.16, abs=0.03)
    assert lengths[5] == pytest.approx(0.12, abs=0.03)
    assert sum(share for length, share in lengths.items() if length >= 10) == pytest.approx(0.06, abs=0.02)


def test_words_are_as_frequent_as_real_ones(found):
    """Slopes of -0.91, -1.0 and -1.6; the ten commonest words are 22 % of the text, the hundred commonest 44 %."""
    assert found.slope(1, 100) == pytest.approx(-0.91, abs=0.04)
    assert found.slope(100, 5_000) == pytest.approx(-1.0, abs=0.05)
    assert found.slope(5_000, 30_000) == pytest.approx(-1.6, abs=0.15)
    assert found.share_of_top(10) == pytest.approx(0.22, abs=0.015)
    assert found.share_of_top(100) == pytest.approx(0.44, abs=0.015)


def test_the_vocabulary_grows_as_real_ones_do(found):
    """3,200, 15,000, 53,000 and 88,000 distinct words after 10,000 to 3,000,000, case counted; 40 % of them once."""
    assert found.growth[10_000] == pytest.approx(3_200, rel=0.15)
    assert found.growth[100_000] == pytest.approx(15_000, rel=0.1)
    assert found.growth[1_000_000] == pytest.approx(53_000, rel=0.07)
    assert found.growth[3_000_000] == pytest.approx(88_000, rel=0.07)
    assert found.once() == pytest.approx(0.40, abs=0.04)


def test_docids_are_unique_and_in_no_order(sample):
    """A file whose docids were sorted would spare the job its sorting."""
    with sample.open("rb") as lines:
        docids = [line.partition(b"\t")[0] for line in lines]
    assert {len(docid) for docid in docids} == {20}
    assert len(set(docids)) == len(docids)
    rises = sum(a < b for a, b in zip(docids, docids[1:]))
    assert rises / len(docids) == pytest.approx(0.5, abs=0.02)


def test_terms_come_out_alike_by_our_rules_and_by_a_plain_regex(sample):
    """No marks, no CJK, no word whose lower case is not its case folding, and apostrophes only within words."""
    with sample.open(encoding="utf-8") as lines:
        text = "".join(line.partition("\t")[2] for _, line in zip(range(3_000), lines))
    letters = "".join(sorted(set(text)))
    assert unicodedata.normalize("NFC", letters) == letters
    assert letters.lower() == letters.casefold()
    assert not [letter for letter in letters if unicodedata.category(letter)[0] == "M" or letter >= "\u2e80"]
    assert re.findall(r"(?<!\w)['’]|['’](?!\w)", text) == []
    assert {"'", "’", "é", "л", "“", "7"} <= set(letters)


def test_a_seed_gives_the_same_bytes_on_every_python(tmp_path):
    """Only functions of random() are used, whose numbers Python promises to keep."""
    write_corpus(tmp_path / "one", 100_000)
    write_corpus(tmp_path / "other", 100_000, seed=2)
    digests = [hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("one", "other")]
    assert digests == [
        "8a562d2e628fa4356a302a484324cbb5b9f666a45f5fd05f6e733bfe2c07babb",
        "36b1828565afbf9bce87694b734413b00411034e68e68390e6e911cbfebf001c",
    ]


def test_an_unfinished_corpus_is_not_taken_for_one(tmp_path, monkeypatch):
    """The file gets its name when it is complete."""

    def stopped(seed):
        yield b"a\tb\n"
        raise KeyboardInterrupt

    monkeypatch.setattr("benchmarks.corpus.documents", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_corpus(tmp_path / "corpus.tsv", 100)
    assert not (tmp_path / "corpus.tsv").exists()


def test_the_command_line_writes_and_describes(tmp_path):
    """`--describe FILE` prints the statistics of any file of documents."""
    program = [sys.executable, "-m", "benchmarks.corpus"]
    subprocess.run([*program, "--mb", "0.02", str(tmp_path / "small.tsv")], check=True)
    assert 20_000 <= (tmp_path / "small.tsv").stat().st_size < 40_000
    (tmp_path / "mine.tsv").write_text("a\tthe cat’s out, the dog's in\nb\tThe end\n", encoding="utf-8")
    described = subprocess.run(
        [*program, "--describe", str(tmp_path / "mine.tsv")], check=True, capture_output=True, text=True
    ).stdout
    assert described.splitlines()[0] == "documents        2"
    assert "words            8" in described
    assert "distinct words   \n" in described
    assert described.endswith("occur once       85.7 % of 7 distinct words\n")
