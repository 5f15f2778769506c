"""A streaming step as Hadoop's jar for programs takes it, on any cluster: the values of its command line.

    hadoop jar hadoop-streaming.jar
        -files FILE#NAME,… -archives … -libjars JAR,… -D NAME=VALUE …     files, jobconf: generic, so they stand first
        … -partitioner CLASS                                              arguments
        -inputformat CLASS -outputformat CLASS -input URI … -output URI   arguments
        -mapper COMMAND -combiner COMMAND -reducer COMMAND

A record stays the line that it is, though Hadoop's own way, key TAB value, adds a TAB to a line that has none, and with
mrjob's way of sorting values to every line of two fields:

    SORT_VALUES    a record is all key, to KeyFieldBasedPartitioner its first field; sorted by that, then as a whole
    else           a record is key TAB value to Hadoop, to HashPartitioner its key; filters keep its TABs (RecordFilter)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import record_settings as settings
from .job_steps import REDUCES, SUBSTEPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .job_steps import JobSteps

#: Sorts lines by their first field, then as a whole, where keycomparator.options are BY_FIELD_THEN_LINE.
FIELD_COMPARATOR = "org.apache.hadoop.mapred.lib.KeyFieldBasedComparator"
BY_FIELD_THEN_LINE = "-k1,1 -k1"
#: Gives each map task one line of its input.
BY_LINE = "org.apache.hadoop.mapred.lib.NLineInputFormat"

#: A value that is empty where a task asks for it: one that is set empty is lost on its way through Hadoop's XML.
_NOTHING = "${env.GRISTMILL_NOTHING:-}"


@dataclass(frozen=True)
class StepFiles:
    """What a cluster fetches for a step, as URIs; behind # the name in a task's working directory."""

    files: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()
    libjars: tuple[str, ...] = ()

    def arguments(self) -> list[str]:
        """As generic options of Hadoop's; nothing for those that are empty."""
        kinds = (("-files", self.files), ("-archives", self.archives), ("-libjars", self.libjars))
        return [word for option, uris in kinds if uris for word in (option, ",".join(uris))]


@dataclass(frozen=True)
class StreamingStep:
    """What a cluster is given to run one step; nothing of it is bound to this machine but what its files name."""

    #: Options of the streaming jar, in order.
    arguments: tuple[str, ...]
    files: StepFiles = field(default_factory=StepFiles)
    #: Settings of Hadoop's by name.
    jobconf: Mapping[str, str] = field(default_factory=dict)

    def command_line(self) -> list[str]:
        """All that stands behind ``hadoop jar JAR``, and on EMR behind ``hadoop-streaming``."""
        settings = [word for name, value in sorted(self.jobconf.items()) for word in ("-D", f"{name}={value}")]
        # generic options end at the first that is the jar's own
        return [*self.files.arguments(), *settings, *self.arguments]


def step_arguments(
    job: JobSteps, step_num: int, script: str, uris: tuple[Sequence[str], str], extra: Sequence[str] = ()
) -> tuple[str, ...]:
    """The options of the jar for a step: `uris` are its inputs and its output, `extra` is the user's and stands first.

    The command of a substep is ``SCRIPT 0-mapper``; a step without a mapper has one that passes records on.
    """
    step, (inputs, output) = job.steps[step_num], uris
    options = {
        "-partitioner": job.partitioner_class(step_num),
        "-inputformat": None if step_num else job.input_format,
        "-outputformat": job.output_format if job.is_formatted(step_num) else None,
    }
    words = [word for option, name in options.items() if name for word in (option, name)]
    sources = [word for uri in inputs for word in ("-input", uri)]
    names = [name for name in SUBSTEPS if name in step or name == "mapper"]
    commands = [word for name in names for word in (f"-{name}", f"{script} {step_num}-{name}")]
    return (*extra, *words, *sources, "-output", output, *commands)


def record_jobconf(job: JobSteps, step_num: int) -> dict[str, str]:
    """Settings by which the records of a step stay as they are; none where the job handles records itself."""
    if job.has_own_records():
        return {}
    is_formatted, combines = job.is_formatted(step_num), "combiner" in job.steps[step_num]
    if job.is_map_only(step_num):
        return {} if is_formatted else {settings.MAP_OUTPUT: settings.LINES}
    if not job.sorts_values:
        if is_formatted:
            return {}
        # what a combiner writes is read as a reducer's output is; that has an empty key then
        return {settings.OUTPUT_SEPARATOR: _NOTHING} if combines else {settings.REDUCE_OUTPUT: settings.LINES}
    conf = {} if is_formatted else {settings.REDUCE_OUTPUT: settings.LINES}
    # a partitioner of the job's wants keys
    if not (job.named_partitioner(step_num) or (is_formatted and combines)):
        conf.update({settings.MAP_OUTPUT: settings.LINES, settings.REDUCE_INPUT: settings.LINES})
        conf[settings.PARTITIONER_OPTIONS] = "-k1,1"
        if not job.plain_keys:
            conf[settings.COMPARATOR] = FIELD_COMPARATOR
            conf[settings.COMPARATOR_OPTIONS] = BY_FIELD_THEN_LINE
    return conf


def step_jobconf(job: JobSteps, step_num: int, *jobconfs: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a step: those for its records, then `jobconfs`, of which later ones win.

    Without a reducer there are no reduces, whatever is asked for.
    """
    given = (record_jobconf(job, step_num), *jobconfs)
    # Hadoop Streaming takes the partitioner as an option, and refuses the setting
    conf = {name: str(value) for each in given for name, value in each.items() if not settings.is_partitioner(name)}
    return conf if "reducer" in job.steps[step_num] else {**conf, REDUCES: "0"}
