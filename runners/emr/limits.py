"""What EMR takes: each member of a request, checked before anything is sent.

types, required members, least values     botocore's own validator
most letters, patterns, enumerations      botocore's model of the service, which that validator passes over
a step's strings, idle times, tags        AWS's documentation
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The most letters of all strings of a HadoopJarStep (API reference, AddJobFlowSteps).
STEP_LETTERS = 10_240
#: Seconds that a cluster may be idle before it ends (API reference, AutoTerminationPolicy).
IDLE_SECONDS = (60, 604_800)
#: The most letters of a tag's key and of its value (API reference, Tag).
TAG_LETTERS = {"Key": 128, "Value": 256}
#: The most letters of a name.
NAME_LETTERS = 256
#: Pairs of surrogates, as the patterns of the model write what Python has as one letter.
_PAIRS, _BEYOND = r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"


@lru_cache(maxsize=1)
def service_model() -> Any:
    """botocore's model of EMR; no credentials and no region are asked for."""
    from botocore.session import Session

    return Session().get_service_model("emr")


def knows(shape: str, member: str) -> bool:
    """Whether the installed botocore has a member of a structure of EMR's."""
    return member in service_model().shape_for(shape).members


def check(operation: str, request: Mapping[str, Any]) -> None:
    """RunError with the first member of a request that EMR would refuse, its rule, and what to do."""
    from botocore.validate import ParamValidator

    shape = service_model().operation_model(operation).input_shape
    report = ParamValidator().validate(request, shape)
    faults = [" ".join(report.generate_report().split())] if report.has_errors() else []
    if not faults:
        faults = [*_faults(shape, request, ""), *_documented(request)]
    if faults:
        raise RunError(f"EMR does not take this {operation}: {faults[0]}; mend the option or setting that it is from")


def _faults(shape: Any, value: Any, place: str) -> Iterator[str]:
    """What the model forbids of a value and of all below it, each with its place in the request."""
    if shape.type_name == "structure":
        for name, below in value.items():
            yield from _faults(shape.members[name], below, f"{place}.{name}".lstrip("."))
    elif shape.type_name == "list":
        for number, below in enumerate(value):
            yield from _faults(shape.member, below, f"{place}[{number}]")
    elif shape.type_name == "map":
        for name, below in value.items():
            yield from _faults(shape.value, below, f"{place}.{name}")
    elif shape.type_name == "string":
        yield from _string_faults(shape, value, place)
    elif value > shape.metadata.get("max", value):
        yield f"{place} is {value}, and {shape.metadata['max']} is the most"


def _string_faults(shape: Any, value: str, place: str) -> Iterator[str]:
    about = shape.metadata
    if len(value) > about.get("max", len(value)):
        yield f"{place} has {len(value)} letters, and {about['max']} are the most"
    if shape.enum and value not in shape.enum:
        yield f"{place} is {value!r}, and is one of {', '.join(shape.enum)}"
    if "pattern" in about and not re.fullmatch(about["pattern"].replace(_PAIRS, _BEYOND), value):
        yield f"{place} is {value!r}, which holds a letter that it may not"


def _documented(request: Mapping[str, Any]) -> Iterator[str]:
    """What AWS's documentation forbids and the model does not."""
    for number, step in enumerate(request.get("Steps", ())):
        letters = sum(map(len, step_strings(step["HadoopJarStep"])))
        if letters > STEP_LETTERS:
            yield (
                f"the strings of Steps[{number}].HadoopJarStep have {letters} letters, and {STEP_LETTERS} are the "
                "most: give folders or globs in place of many files, and fewer -D and --files"
            )
    idle = request.get("AutoTerminationPolicy", {}).get("IdleTimeout", IDLE_SECONDS[0])
    if not IDLE_SECONDS[0] <= idle <= IDLE_SECONDS[1]:
        yield f"AutoTerminationPolicy.IdleTimeout is {idle} s, and is from {IDLE_SECONDS[0]} to {IDLE_SECONDS[1]}"
    for tag in request.get("Tags", ()):
        for part, most in TAG_LETTERS.items():
            if len(tag.get(part, "")) > most:
                yield f"a tag's {part} has {len(tag[part])} letters, and {most} are the most"


def step_strings(step: Mapping[str, Any]) -> list[str]:
    """All strings of a HadoopJarStep."""
    properties = [text for pair in step.get("Properties", ()) for text in pair.values()]
    return [*(step[name] for name in ("Jar", "MainClass") if name in step), *step.get("Args", ()), *properties]
