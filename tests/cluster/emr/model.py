"""EMR's requests and answers by botocore's own service model: JSON 1.1 in both directions, and every limit held.

An answer is serialised as botocore serialises a request: by an operation of ours whose input is the answer's shape.
What an older botocore has no member for is left out of answers (`known`), as by an older endpoint.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import ServiceModel

_SURROGATES = re.compile("[\ud800-\udfff]")


class InvalidError(Exception):
    """A value that the model does not allow; the text is what AWS says of it."""


@cache
def service() -> ServiceModel:
    """EMR's service model, of the botocore that is installed."""
    model: ServiceModel = Session().get_service_model("emr")
    return model


def parse(name: str, body: bytes) -> dict[str, Any]:
    """The members of a request to the operation `name`; InvalidError for what the model does not allow."""
    shape = service().operation_model(name).input_shape
    if shape is None:
        return {}
    try:
        parsed = create_parser("json").parse({"status_code": 200, "headers": {}, "body": body or b"{}"}, shape)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidError(f"the request cannot be read: {error}") from error
    parsed.pop("ResponseMetadata", None)
    check(parsed, shape)
    return dict(parsed)


def serialise(name: str, answer: dict[str, Any]) -> bytes:
    """The body of an answer; an AssertionError, or botocore's own, where the answer is not one that AWS could give."""
    shape = service().operation_model(name).output_shape
    if shape is None:
        assert answer == {}, answer
        return b""
    faults = list(_faults(answer, shape, ""))
    assert faults == [], faults
    description = {"name": name, "http": {"method": "POST", "requestUri": "/"}, "input": {"shape": shape.name}}
    operation = OperationModel(description, service(), name)
    body: bytes = create_serializer("json").serialize_to_request(answer, operation)["body"]
    return body


def known(shape: str, members: dict[str, Any]) -> dict[str, Any]:
    """Those of `members` that have a value and that this botocore's shape of that name knows."""
    names = service().shape_for(shape).members
    return {name: value for name, value in members.items() if name in names and value is not None}


def check(value: Any, shape: Any) -> None:
    """Raise InvalidError with every rule of `shape` that `value` breaks."""
    faults = list(_faults(value, shape, ""))
    if faults:
        count = f"{len(faults)} validation error{'s' if len(faults) > 1 else ''} detected"
        raise InvalidError(f"{count}: {'; '.join(faults)}")


def _faults(value: Any, shape: Any, name: str) -> Iterator[str]:
    kind = shape.type_name
    yield from (_fault(value, name, rule) for rule in _broken(value, shape))
    if kind == "structure":
        for member in shape.metadata.get("required", ()):
            if member not in value:
                yield _fault(None, _path(name, member), "Member must not be null")
        for member, inner in value.items():
            yield from _faults(inner, shape.members[member], _path(name, member))
    elif kind == "list":
        for number, inner in enumerate(value, 1):
            yield from _faults(inner, shape.member, f"{name}.{number}.member")
    elif kind == "map":
        for key, inner in value.items():
            yield from _faults(inner, shape.value, _path(name, key))


def _broken(value: Any, shape: Any) -> Iterator[str]:
    rules = shape.metadata
    sized = shape.type_name in ("string", "list", "map", "blob")
    size = len(value) if sized else value
    what = "length " if sized else "value "
    if "min" in rules and size < rules["min"]:
        yield f"Member must have {what}greater than or equal to {rules['min']}"
    if "max" in rules and size > rules["max"]:
        yield f"Member must have {what}less than or equal to {rules['max']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"Member must satisfy enum value set: [{', '.join(rules['enum'])}]"
    if "pattern" in rules and not _matches(rules["pattern"], value):
        yield f"Member must satisfy regular expression pattern: {rules['pattern']}"


def _matches(pattern: str, value: str) -> bool:
    """Whether a Java pattern allows `value`; Java sees a character beyond the first 65,536 as one, as Python does."""
    if "uD800" in pattern:
        return re.fullmatch("[\r\n\t\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", value) is not None
    return re.fullmatch(pattern, value) is not None


def _fault(value: Any, name: str, rule: str) -> str:
    shown = "null" if value is None else str(value)
    return f"Value '{_SURROGATES.sub('?', shown)}' at '{name}' failed to satisfy constraint: {rule}"


def _path(name: str, member: str) -> str:
    inner = member[:1].lower() + member[1:]
    return f"{name}.{inner}" if name else inner
