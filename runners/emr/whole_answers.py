"""Half an answer is none: of a connection that ends too early botocore takes what came for all, and raises nothing.

HTTP 200, {"Steps": [{"Id": "s-1", "Na        to botocore: an answer without members, as if there were no steps
                                              here: HTTP 502, which reads send again and writes take for lost
"""

from __future__ import annotations

import json
from typing import Any

#: Bad Gateway: what came is no answer. botocore sends a read again for it.
BAD = 502


def check(client: Any) -> None:
    """Have a client of boto3's take each answer that is not whole for a 502, before it is retried or believed."""
    events, service = client.meta.events, client.meta.service_model.service_id.hyphenize()
    events.register(f"before-parse.{service}", _mark)
    events.register_first(f"needs-retry.{service}", _show)


def _mark(operation_model: Any, response_dict: Any, customized_response_dict: Any, **_: Any) -> None:
    """Make a 502 of an answer that is not whole."""
    if not _is_whole(operation_model, response_dict):
        response_dict.update(status_code=BAD, body=b"")
        # what the parser makes of no body is replaced by this
        customized_response_dict["Error"] = {"Code": str(BAD), "Message": "half an answer"}


def _show(response: Any, **_: Any) -> None:
    """Show the status that an answer was given to those who ask whether it is to be sent again."""
    if response is not None:
        answer, parsed = response
        answer.status_code = parsed["ResponseMetadata"].get("HTTPStatusCode", answer.status_code)


def _is_whole(operation_model: Any, response: dict[str, Any]) -> bool:
    """Whether an answer has its length, and of its operation's members one at least, where that is JSON."""
    body, length = response["body"], response["headers"].get("content-length")
    if operation_model.http["method"] == "HEAD" or not isinstance(body, bytes):
        # the length of an object's that is not sent, or is read and counted later
        return True
    if length is not None and length != str(len(body)):
        return False
    shape, protocol = operation_model.output_shape, operation_model.service_model.resolved_protocol
    if response["status_code"] >= 300 or shape is None or protocol != "json":
        return True
    try:
        return not shape.members.keys().isdisjoint(json.loads(body))
    except (TypeError, ValueError):
        return False
