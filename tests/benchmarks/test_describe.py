import math

from benchmarks.describe import describe


def described(tmp_path, text):
    path = tmp_path / "text"
    path.write_text(text, encoding="utf-8")
    return describe(path)


def test_the_document_is_what_follows_the_tab(tmp_path):
    """A line without a TAB is all text."""
    assert described(tmp_path, "a\tone two\nthree four\n").sizes == [7, 10]


def test_case_is_counted_in_the_vocabulary_and_not_in_frequencies(tmp_path):
    """Distinct words are what an indexer meets; frequencies are those of words."""
    found = described(tmp_path, "The the THE cat\n")
    assert len(found.counts) == 4
    assert found.folded() == [3, 1]
    assert found.share_of_top(1) == 0.75


def test_a_slope_is_that_of_the_logarithms(tmp_path):
    """Frequencies of 8, 4, 2 at the ranks 1, 2, 4 fall with a slope of -1."""
    found = described(tmp_path, "a " * 8 + "b " * 4 + "c " * 3 + "d " * 2 + "\n")
    assert round(found.slope(1, 4), 1) == -1.0
    assert math.isnan(found.slope(4, 4))
