"""A step is submitted by values that any cluster takes, and its records stay the lines that they are."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from gristmill.runners.job_steps import JobSteps
from gristmill.runners.streaming_step import (
    StepFiles,
    StreamingStep,
    record_jobconf,
    step_arguments,
    step_jobconf,
)

LINES = "keyonlytext"
NEW = "org.apache.hadoop.mapreduce.lib.partition.KeyFieldBasedPartitioner"
BY_FIRST_FIELD = "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner"
#: Of a job that counts words.
COUNT: dict[str, Any] = {"type": "streaming", "mapper": {}, "combiner": {}, "reducer": {}}
REDUCED: dict[str, Any] = {"type": "streaming", "mapper": {}, "reducer": {}}
MAP_ONLY: dict[str, Any] = {"type": "streaming", "mapper": {}}
BY_KEY = {
    "mapreduce.job.output.key.comparator.class": "org.apache.hadoop.mapred.lib.KeyFieldBasedComparator",
    "mapreduce.partition.keycomparator.options": "-k1,1 -k1",
}
WHOLE_LINES = {
    "stream.map.output": LINES,
    "stream.reduce.input": LINES,
    "stream.reduce.output": LINES,
    "mapreduce.partition.keypartitioner.options": "-k1,1",
}


def test_a_step_is_one_command_line() -> None:
    """Generic options first, since Hadoop reads none behind the first that is the jar's own."""
    step = StreamingStep(
        arguments=("-input", "in", "-output", "out", "-mapper", "cat"),
        files=StepFiles(("s3://bucket/a#a", "file:///b#b"), ("c.zip#c",), ("d.jar",)),
        jobconf={"mapreduce.job.reduces": "0", "mapreduce.job.name": "mill"},
    )
    assert step.command_line() == [
        *("-files", "s3://bucket/a#a,file:///b#b", "-archives", "c.zip#c", "-libjars", "d.jar"),
        *("-D", "mapreduce.job.name=mill", "-D", "mapreduce.job.reduces=0"),
        *("-input", "in", "-output", "out", "-mapper", "cat"),
    ]
    assert StreamingStep(("-mapper", "cat")).command_line() == ["-mapper", "cat"]
    with pytest.raises(FrozenInstanceError):
        step.arguments = ()  # type: ignore[misc]


def test_the_options_of_a_step_name_its_programs_and_its_records() -> None:
    """What the user adds stands first; each substep is a word of the script's."""
    job = JobSteps([COUNT], {})
    uris = (["in/*", "hdfs:///logs"], "out")
    assert step_arguments(job, 0, "/bin/sh task.sh", uris, ["-verbose"]) == (
        "-verbose",
        *("-input", "in/*", "-input", "hdfs:///logs", "-output", "out"),
        *("-mapper", "/bin/sh task.sh 0-mapper", "-combiner", "/bin/sh task.sh 0-combiner"),
        *("-reducer", "/bin/sh task.sh 0-reducer"),
    )


def test_formats_are_those_of_the_first_and_the_last_step() -> None:
    """What lies between them is lines; a step of a reducer alone has a mapper that passes records on."""
    job = JobSteps([COUNT, {"type": "streaming", "reducer": {}}], {}, input_format="In", output_format="Out")
    first = step_arguments(job, 0, "run", (["a"], "b"))
    assert first == (
        *("-inputformat", "In", "-input", "a", "-output", "b"),
        *("-mapper", "run 0-mapper", "-combiner", "run 0-combiner", "-reducer", "run 0-reducer"),
    )
    last = step_arguments(job, 1, "run", (["b"], "c"))
    assert last == (
        *("-outputformat", "Out", "-input", "b", "-output", "c"),
        *("-mapper", "run 1-mapper", "-reducer", "run 1-reducer"),
    )


@pytest.mark.parametrize(
    ("job", "partitioner"),
    [
        (JobSteps([COUNT], {}), None),
        (JobSteps([COUNT], {}, sorts_values=True), BY_FIRST_FIELD),
        (JobSteps([COUNT], {}, "Own"), "Own"),
        (JobSteps([COUNT], {"stream.num.map.output.key.fields": 2}), None),
        (JobSteps([COUNT], {"stream.num.map.output.key.fields": 2}, sorts_values=True), BY_FIRST_FIELD),
        (JobSteps([COUNT], {"x.comparator": "X"}, "Own", sorts_values=True), "Own"),
        (JobSteps([COUNT], {"mapreduce.job.partitioner.class": "Own"}), "Own"),
        (JobSteps([COUNT], {"mapreduce.job.partitioner.class": "Own"}, "Wins"), "Wins"),
        (JobSteps([{**COUNT, "jobconf": {"mapred.partitioner.class": NEW}}], {}), BY_FIRST_FIELD),
    ],
)
def test_keys_are_spread_by_hadoops_own_hash_but_with_sorted_values(job: JobSteps, partitioner: str | None) -> None:
    """Then by their first field; or the job spreads them."""
    options = step_arguments(job, 0, "run", (["a"], "b"))
    assert dict(zip(options, options[1:])).get("-partitioner") == partitioner


@pytest.mark.parametrize(
    ("job", "conf"),
    [
        (JobSteps([REDUCED], {}), {"stream.reduce.output": LINES}),
        (JobSteps([REDUCED], {}, "Own"), {"stream.reduce.output": LINES}),
        (JobSteps([COUNT], {}), {"mapreduce.output.textoutputformat.separator": "${env.GRISTMILL_NOTHING:-}"}),
        (JobSteps([COUNT], {}, sorts_values=True), {**WHOLE_LINES, **BY_KEY}),
        (JobSteps([COUNT], {}, sorts_values=True, plain_keys=True), WHOLE_LINES),
        (JobSteps([COUNT], {}, "Own", sorts_values=True), {"stream.reduce.output": LINES}),
        (JobSteps([COUNT], {"mapreduce.job.reduces": 0}), {"stream.map.output": LINES}),
        (JobSteps([MAP_ONLY], {}), {"stream.map.output": LINES}),
        (JobSteps([MAP_ONLY], {}, output_format="Out"), {}),
        (JobSteps([COUNT], {}, output_format="Out"), {}),
        (JobSteps([COUNT], {}, output_format="Out", sorts_values=True), {}),
        (JobSteps([REDUCED, REDUCED], {}, output_format="Out"), {"stream.reduce.output": LINES}),
        (JobSteps([COUNT], {"stream.map.output.field.separator": "."}), {}),
        (JobSteps([COUNT, {**COUNT, "jobconf": {"mapreduce.job.output.key.comparator.class": "C"}}], {}), {}),
        (JobSteps([REDUCED], {"mapreduce.job.partitioner.class": "P"}), {"stream.reduce.output": LINES}),
        (JobSteps([REDUCED], {"mapred.partitioner.class": "P"}, sorts_values=True), {"stream.reduce.output": LINES}),
        (JobSteps([REDUCED], {"stream.non.zero.exit.is.failure": False}), {"stream.reduce.output": LINES}),
        (JobSteps([REDUCED], {"map.output.key.field.separator": ","}), {}),
    ],
)
def test_records_stay_what_they_are_where_the_job_does_not_handle_them(job: JobSteps, conf: dict[str, str]) -> None:
    """One step that does decides for all. With sorted values records are whole lines, in order of keys all the same."""
    assert record_jobconf(job, 0) == conf


def test_a_format_of_the_jobs_gets_keys_and_values_of_a_last_step_without_combiner() -> None:
    """What its reducers read is lines all the same, where values are sorted."""
    job = JobSteps([{"type": "streaming", "reducer": {}}], {}, output_format="Out", sorts_values=True, plain_keys=True)
    assert record_jobconf(job, 0) == {
        "stream.map.output": LINES,
        "stream.reduce.input": LINES,
        "mapreduce.partition.keypartitioner.options": "-k1,1",
    }


def test_filters_stand_where_hadoop_takes_records_for_keys_and_values() -> None:
    """Behind a mapper and before a reducer; a reducer beside a combiner writes values of an empty key."""
    both = {"mapper": ("", "encode"), "reducer": ("decode", "")}
    assert JobSteps([REDUCED], {}).record_filters(0) == both
    combined = {"mapper": ("", "encode"), "combiner": ("decode", "encode"), "reducer": ("decode", "value")}
    assert JobSteps([COUNT], {}).record_filters(0) == combined
    formatted = JobSteps([COUNT], {}, output_format="Out").record_filters(0)
    assert formatted == {**combined, "reducer": ("decode", "")}
    own = JobSteps([COUNT], {"mapreduce.output.textoutputformat.separator": ","})
    for job in (JobSteps([MAP_ONLY], {}), JobSteps([COUNT], {}, sorts_values=True), own):
        assert job.record_filters(0) == {}


def test_later_settings_win_and_a_step_without_reducer_has_no_reduces() -> None:
    """Whatever is asked for; values are text."""
    job = JobSteps([COUNT, MAP_ONLY], {})
    # that is an option of the jar
    given = {"mapreduce.job.reduces": 3, "stream.reduce.input": "text", "mapreduce.job.partitioner.class": "P"}
    assert step_jobconf(job, 0, {"a": 1}, given) == {
        "mapreduce.output.textoutputformat.separator": "${env.GRISTMILL_NOTHING:-}",
        "a": "1",
        "mapreduce.job.reduces": "3",
        "stream.reduce.input": "text",
    }
    assert step_jobconf(job, 1, {}, given)["mapreduce.job.reduces"] == "0"
