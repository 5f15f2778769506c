"""What a step is submitted with, and what a run needs of this machine, without a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError, RunError
from gristmill.job.base import Job
from gristmill.runners.hadoop.upload import Upload
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = "keyonlytext"
BY_FIRST_FIELD = "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner"


class Count(Job):
    """A job of one step."""

    def mapper(self, _: object, line: str) -> Iterator[tuple[str, int]]:
        yield line, 1

    def combiner(self, line: str, counts: Iterator[int]) -> Iterator[tuple[str, int]]:
        yield line, sum(counts)

    def reducer(self, line: str, counts: Iterator[int]) -> Iterator[tuple[str, int]]:
        yield line, sum(counts)


class MapOnly(Job):
    """A job without a reducer."""

    def mapper(self, _: object, line: str) -> Iterator[tuple[str, int]]:
        yield line, 1


class Formatted(Count):
    """A job whose output Hadoop is to write in a way of its own."""

    HADOOP_OUTPUT_FORMAT = "org.example.Format"


class FormattedMaps(MapOnly):
    """The same, of maps alone."""

    HADOOP_OUTPUT_FORMAT = "org.example.Format"


class Sorted(Count):
    """A job whose values come in order."""

    SORT_VALUES = True


class Plain(Sorted):
    """The same, of keys without control characters."""

    PLAIN_KEYS = True


class Partitioned(Count):
    """A job that spreads its keys itself."""

    PARTITIONER = "org.example.Partitioner"


class OwnFields(Sorted):
    """A job that sets for Hadoop how many fields its keys have."""

    JOBCONF = {"stream.num.map.output.key.fields": 3}  # noqa: RUF012 (as mrjob has it)


class Reversed(Count):
    """A job that orders its keys itself, in its second step."""

    def steps(self) -> list[MRStep]:
        jobconf = {"mapreduce.job.output.key.comparator.class": "org.example.Comparator"}
        return [MRStep(reducer_cmd="cat"), MRStep(reducer_cmd="cat", jobconf=jobconf)]


@pytest.fixture
def hadoop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HADOOP_HOME of an installation that is there, and does nothing."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hadoop").write_text("#!/bin/sh\n")
    (tmp_path / "bin" / "hadoop").chmod(0o755)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "hadoop-streaming-3.4.2.jar").touch()
    (tmp_path / "tools" / "hadoop-streaming-3.4.2-sources.jar").touch()
    monkeypatch.setenv("HADOOP_HOME", str(tmp_path))
    return tmp_path


def runner(job: type[Job], tmp_path: Path, *args: str) -> Any:
    driver: Any = job(["-r", "hadoop", "--no-conf", "--local-tmp-dir", str(tmp_path), *args])
    made = driver.make_runner()
    made._input = Upload({"folder": "/key/input/", "files": ["a"], "paths": []}, ())
    return made


def submitted(job: type[Job], tmp_path: Path, *args: str, step: int = 0) -> tuple[dict[str, str], list[str]]:
    """The settings of a step, and the partitioner that its command names."""
    with runner(job, tmp_path, *args) as made:
        command = made._streaming_step(step).command_line()
    after = list(zip(command, command[1:]))
    settings = [word.split("=", 1) for option, word in after if option == "-D"]
    partitioners = [word for option, word in after if option == "-partitioner"]
    return {name: value for name, value in settings if name.startswith(("stream.", "mapreduce."))}, partitioners


def test_a_setting_with_a_control_character_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """Hadoop fails over the XML that it makes of its settings."""
    with runner(Count, tmp_path, "-D", "textinputformat.record.delimiter=\1") as made, pytest.raises(RunError) as error:
        made.run()
    assert str(error.value) == (
        "textinputformat.record.delimiter holds a control character, which Hadoop's settings cannot; use -r local"
    )


def test_keys_are_spread_by_hadoops_own_hash(tmp_path: Path) -> None:
    """Of key and value, as Hadoop has them."""
    settings, partitioners = submitted(Count, tmp_path)
    assert settings["mapreduce.output.textoutputformat.separator"] == "${env.GRISTMILL_NOTHING:-}"
    assert partitioners == []
    assert "stream.map.output" not in settings


def test_where_values_are_sorted_records_are_whole_lines_spread_by_their_key(tmp_path: Path) -> None:
    """So values come in order, behind the order of keys; where keys are plain, whole lines are in that order too."""
    settings, partitioners = submitted(Sorted, tmp_path)
    assert settings["mapreduce.partition.keycomparator.options"] == "-k1,1 -k1"
    assert "mapreduce.partition.keycomparator.options" not in submitted(Plain, tmp_path)[0]
    assert {settings[f"stream.{part}"] for part in ("map.output", "reduce.input", "reduce.output")} == {LINES}
    assert settings["mapreduce.partition.keypartitioner.options"] == "-k1,1"
    assert partitioners == [BY_FIRST_FIELD]


def test_a_partitioner_of_the_jobs_own_sees_keys(tmp_path: Path) -> None:
    """As Hadoop has them; what the reducer writes still stays as it is."""
    settings, partitioners = submitted(Partitioned, tmp_path)
    assert "stream.map.output" not in settings
    assert partitioners == ["org.example.Partitioner"]


def test_a_job_that_handles_fields_itself_has_hadoops_own_ways(tmp_path: Path) -> None:
    """And mrjob's, for values in order."""
    settings, partitioners = submitted(OwnFields, tmp_path)
    assert settings["stream.num.map.output.key.fields"] == "3"
    assert [name for name in settings if name.endswith(("put",))] == []
    assert partitioners == [BY_FIRST_FIELD]


def test_one_step_that_handles_keys_itself_decides_for_all(tmp_path: Path) -> None:
    """Since a step reads what the one before wrote."""
    settings, partitioners = submitted(Reversed, tmp_path)
    assert ([name for name in settings if name.startswith("stream.") and name != "stream.tmpdir"], partitioners) == (
        [],
        [],
    )


def test_an_output_format_of_the_jobs_own_gets_keys_and_values(tmp_path: Path) -> None:
    """From reducers as from maps alone."""
    for job in (Formatted, FormattedMaps):
        settings, _ = submitted(job, tmp_path)
        assert not {name for name, value in settings.items() if value == LINES}


def test_a_job_of_maps_alone_has_no_reduces_whatever_is_asked_for(tmp_path: Path) -> None:
    """Else Hadoop would sort its lines."""
    settings, _ = submitted(MapOnly, tmp_path, "-D", "mapreduce.job.reduces=3")
    assert (settings["mapreduce.job.reduces"], settings["stream.map.output"]) == ("0", LINES)


def test_a_run_without_reduces_is_one_of_maps_alone(tmp_path: Path) -> None:
    """Where its user asks for that."""
    with runner(Count, tmp_path, "-D", "mapreduce.job.reduces=0") as made:
        assert made._is_in_order()
    with runner(Count, tmp_path) as made:
        assert not made._is_in_order()
    with runner(MapOnly, tmp_path, "--output-dir", "out") as made:
        assert not made._is_in_order()


def test_small_jobs_run_in_one_container_unless_they_are_not_to(tmp_path: Path) -> None:
    """A default of the runner, so that an installed wheel has it."""
    assert submitted(Count, tmp_path)[0]["mapreduce.job.ubertask.enable"] == "true"
    off = submitted(Count, tmp_path, "-D", "mapreduce.job.ubertask.enable=false")[0]
    assert off["mapreduce.job.ubertask.enable"] == "false"


def test_hadoop_is_found_in_its_home_and_by_its_name(hadoop: Path, tmp_path: Path) -> None:
    """With the arguments that are given besides."""
    with runner(Count, tmp_path) as made:
        assert made.get_hadoop_bin() == [str(hadoop / "bin" / "hadoop")]
    with runner(Count, tmp_path, "--hadoop-bin", f"{hadoop}/bin/hadoop --config etc") as made:
        assert made.get_hadoop_bin() == [str(hadoop / "bin" / "hadoop"), "--config", "etc"]


def test_the_streaming_jar_is_found_below_hadoops_home(hadoop: Path, tmp_path: Path) -> None:
    """Not its sources; or it is named."""
    with runner(Count, tmp_path) as made:
        assert made.get_hadoop_streaming_jar() == str(hadoop / "tools" / "hadoop-streaming-3.4.2.jar")
        assert made.get_hadoop_streaming_jar() == str(hadoop / "tools" / "hadoop-streaming-3.4.2.jar")
    with runner(Count, tmp_path, "--hadoop-streaming-jar", "x.jar") as made:
        assert made.get_hadoop_streaming_jar() == "x.jar"


def test_without_a_streaming_jar_there_is_one_line(hadoop: Path, tmp_path: Path) -> None:
    """It has the option to give."""
    for jar in (hadoop / "tools").iterdir():
        jar.unlink()
    with runner(Count, tmp_path) as made, pytest.raises(RunError, match=r"name it by --hadoop-streaming-jar$"):
        made.get_hadoop_streaming_jar()


def test_a_folder_for_temporary_files_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    """It has the option to give."""
    (tmp_path / "file").touch()
    with (
        runner(Count, tmp_path / "file" / "tmp") as made,
        pytest.raises(RunError, match=r"Not a directory; name another folder by --local-tmp-dir$"),
    ):
        made._get_local_tmp_dir()


def test_input_that_is_not_here_is_refused_before_anything_starts(hadoop: Path, tmp_path: Path) -> None:
    """Hadoop is not asked."""
    with runner(Count, tmp_path, str(tmp_path / "no.txt")) as made, pytest.raises(InputError, match=r"does not exist"):
        made.run()


def test_output_is_printed_after_the_run(tmp_path: Path) -> None:
    """As mrjob has it."""
    with runner(Count, tmp_path) as made, pytest.raises(ValueError, match=r"^Run the job before streaming output$"):
        list(made.cat_output())


def test_a_step_that_is_sparks_is_refused_in_one_line() -> None:
    """Before anything starts."""

    class Sparky(Job):
        def spark(self, _: str, __: str) -> None:
            raise AssertionError

    job: Any = Sparky(["-r", "hadoop", "--no-conf"])
    with pytest.raises(RunError, match=r"^-r hadoop cannot run this job: step 0 has type 'spark'.*; use -r spark$"):
        job.run_job()


def test_setup_commands_are_locked_in_a_folder_that_goes_with_the_application(tmp_path: Path) -> None:
    """A lock in /tmp would stay there on every node."""
    with runner(Count, tmp_path) as made:
        lines = made._setup_cmd_content([["make"]])
    assert [line for line in lines if "lock" in line and "exec" in line and "&-" not in line] == [
        'exec 9>"${LOCAL_DIRS%%,*}/gristmill-setup.lock"'
    ]
    assert "  make" in lines
