"""Hadoop's settings of a step -> what its records are on this machine: keys and values, order, reduce task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError
from gristmill.shuffle.key_fields import field_partitioner, orderer
from gristmill.shuffle.partition import partitioner
from gristmill.shuffle.record_rules import LineFields, RecordRules

from . import record_settings as settings
from .setting_values import whole_number
from .streaming_step import step_jobconf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .job_steps import JobSteps

Partition = Callable[[bytes], int]


def record_rules(job: JobSteps, step_num: int, jobconf: Mapping[str, Any], reduces: int) -> RecordRules:
    """The rules of a step's records, where it has any (JobSteps.has_rules). RunError for bad settings."""
    conf = step_jobconf(job, step_num, jobconf)
    order: Callable[[bytes], bytes] = bytes
    if settings.COMPARATORS.get(settings.value(conf, settings.COMPARATOR)):
        order = _checked(settings.COMPARATOR_OPTIONS, orderer, settings.value(conf, settings.COMPARATOR_OPTIONS), conf)
    between = _separator(conf, settings.REDUCE_INPUT_SEPARATOR)
    if b"\n" in between or b"\r" in between:
        raise RunError(f"{settings.REDUCE_INPUT_SEPARATOR} ends a line; use -r hadoop, or another separator")
    return RecordRules(
        LineFields(
            _separator(conf, settings.MAP_SEPARATOR),
            _count(conf, settings.MAP_KEY_FIELDS, 1),
            _is_key(conf, settings.MAP_OUTPUT),
        ),
        LineFields(
            _separator(conf, settings.REDUCE_SEPARATOR),
            _count(conf, settings.REDUCE_KEY_FIELDS, 1),
            _is_key(conf, settings.REDUCE_OUTPUT),
        ),
        None if _is_key(conf, settings.REDUCE_INPUT) else between,
        _separator(conf, settings.OUTPUT_SEPARATOR),
        order,
        key_partition(job, step_num, conf, reduces) or partitioner(max(reduces, 1), sort_values=False),
    )


def key_partition(job: JobSteps, step_num: int, conf: Mapping[str, Any], reduces: int) -> Partition | None:
    """What gives the reduce task of a key by the class that the job names; None where it names none."""
    name = job.partitioner_class(step_num)
    if name != settings.BY_FIELDS:
        return partitioner(max(reduces, 1), sort_values=False) if name == settings.HASH else None
    options = _partitioner_options(conf)
    spread = _checked(settings.PARTITIONER_OPTIONS, field_partitioner, options, conf, max(reduces, 1))
    return partitioner(1, sort_values=False) if reduces <= 1 else spread


def _partitioner_options(conf: Mapping[str, Any]) -> str:
    """The options of KeyFieldBasedPartitioner; a number of first fields is one, and Hadoop lets it win."""
    if settings.FIRST_FIELDS not in conf:
        return settings.value(conf, settings.PARTITIONER_OPTIONS)
    fields = _count(conf, settings.FIRST_FIELDS, 0)
    return f"-k1,{fields}" if fields else ""


def _checked(name: str, make: Callable[..., Any], options: str, conf: Mapping[str, Any], *others: int) -> Any:
    try:
        return make(options, _separator(conf, settings.KEY_SEPARATOR), *others)
    except ValueError as error:
        raise RunError(f"{name}: {error}") from None


def _separator(conf: Mapping[str, Any], name: str) -> bytes:
    return settings.value(conf, name).encode("utf-8", "surrogateescape") or b"\t"


def _count(conf: Mapping[str, Any], name: str, default: int) -> int:
    """A number of fields."""
    return whole_number(name, settings.value(conf, name).strip() or default)


def _is_key(conf: Mapping[str, Any], name: str) -> bool:
    return settings.value(conf, name).lower() == settings.LINES
