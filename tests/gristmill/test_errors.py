"""The errors of a run."""

from __future__ import annotations

import pickle

from gristmill.errors import OutputError, output_exists


def test_an_output_directory_that_exists_is_named_with_what_to_do() -> None:
    error = output_exists("hdfs://mill/out")
    assert type(error) is OutputError
    assert str(error) == "output directory hdfs://mill/out already exists; name another, or remove it first"


def test_an_error_goes_from_process_to_process() -> None:
    """Its class and its message make it again."""
    again = pickle.loads(pickle.dumps(output_exists("out")))
    assert (type(again), str(again)) == (OutputError, str(output_exists("out")))
