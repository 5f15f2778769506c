"""boto3's clients for EMR and S3, with credentials from boto3's chain alone; what it raises becomes one line.

reads     tried again by boto3, with back-off
writes    sent once: with the answer lost, a second AddJobFlowSteps is a second step (see submitting)
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from . import whole_answers
from .numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Seconds for a connection to be made, and for an answer to come.
CONNECT_SECONDS, ANSWER_SECONDS = 10, 60
#: How often a read is sent at most; botocore waits up to 20 s between two.
READ_ATTEMPTS = 8
NO_BOTO3 = "-r emr needs boto3, which is not installed: pip install 'gristmill[aws]'"
#: Error codes by which AWS says that it has not done what it was asked, since it is asked too much.
THROTTLED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})


class NoAnswer(RunError):
    """AWS cannot be reached now, or has no answer now: a read may be tried again."""


@dataclass(frozen=True)
class Clients:
    """The clients of one run, and how long an answer is waited for."""

    #: boto3's EMR client, whose calls are tried again.
    reads: Any
    #: The same, whose calls are sent once.
    writes: Any
    s3: Any
    answer_seconds: float = ANSWER_SECONDS

    @property
    def endpoint(self) -> str:
        """Where EMR's API is."""
        return str(self.reads.meta.endpoint_url)


def clients(opts: Mapping[str, Any]) -> Clients:
    """Clients by the options `region`, `emr_endpoint`, `s3_endpoint` and `answer_seconds`; RunError for none."""
    session, seconds, (limits, again) = _session(opts), _seconds(opts), _configs(opts)
    once = {"retries": {"total_max_attempts": 1}, **limits}
    endpoint = endpoint_url(opts.get("emr_endpoint"))
    return Clients(
        _client(session, "emr", endpoint, again),
        _client(session, "emr", endpoint, once),
        s3_client(opts, session),
        seconds,
    )


def s3_client(opts: Mapping[str, Any], session: Any = None) -> Any:
    """The client of S3 alone, of boto3's `session` where there is one; RunError for none."""
    # a bucket is no part of the host's name where one host is named
    path_style = {"s3": {"addressing_style": "path"}} if opts.get("s3_endpoint") else {}
    config = {**_configs(opts)[1], **path_style}
    return _client(session or _session(opts), "s3", endpoint_url(opts.get("s3_endpoint")), config)


def _seconds(opts: Mapping[str, Any]) -> float:
    return number(opts, "answer_seconds") or ANSWER_SECONDS


def _configs(opts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """botocore's Config: limits of time, and these with calls that are tried again."""
    seconds = _seconds(opts)
    limits = {"connect_timeout": min(seconds, CONNECT_SECONDS), "read_timeout": seconds}
    return limits, {"retries": {"mode": "standard", "total_max_attempts": READ_ATTEMPTS}, **limits}


def _session(opts: Mapping[str, Any]) -> Any:
    """A session of boto3's, which reads what it knows of AWS once for all its clients."""
    try:
        import boto3
    except ImportError:
        raise RunError(NO_BOTO3) from None
    with one_line():
        return boto3.session.Session(region_name=opts.get("region"))


def _client(session: Any, service: str, endpoint: Any, config: Mapping[str, Any]) -> Any:
    from botocore.config import Config

    with one_line(), warnings.catch_warnings():
        # boto3 says at each client that it leaves Python 3.9, which EMR's nodes have
        warnings.filterwarnings("ignore", message=".*no longer support Python")
        client = session.client(service, endpoint_url=endpoint, config=Config(**config))
    whole_answers.check(client)
    return client


def endpoint_url(endpoint: Any) -> Any:
    """An endpoint as boto3 takes it, None for none; mrjob takes a host too."""
    return f"https://{endpoint}" if endpoint and "://" not in endpoint else endpoint or None


@contextmanager
def one_line() -> Iterator[None]:
    """What boto3 raises within is a RunError of one line, which holds no credentials; NoAnswer where that may pass."""
    import boto3.exceptions
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (BotoCoreError, ClientError, ResponseParserError, boto3.exceptions.Boto3Error) as error:
        raise _as_run_error(error) from None


def _as_run_error(error: Any) -> RunError:
    """What a person is told of an error of boto3's."""
    from botocore.exceptions import NoCredentialsError, NoRegionError, PartialCredentialsError

    text = " ".join(str(error).split())
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return RunError(f"AWS: {text}; set AWS_PROFILE, or have credentials where boto3 looks for them")
    if isinstance(error, NoRegionError):
        return RunError("AWS: no region; name it by --region, region in mrjob.conf, or AWS_DEFAULT_REGION")
    if may_pass(error):
        return NoAnswer(f"AWS: {text}; try again later")
    name = error_code(error)
    if "AccessDenied" in name or name == "403":
        return RunError(f"AWS: {text}; runners/emr/policies says what a submitter needs")
    return RunError(f"AWS: {text}; mend that, and run again")


def may_pass(error: Any) -> bool:
    """Whether an error says nothing of what was asked, but of the way there or of how busy AWS is."""
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError, IncompleteReadError
    from botocore.parsers import ResponseParserError

    status = int(_response(error).get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    gone = (NoConnection, HTTPClientError, IncompleteReadError, ResponseParserError)
    return status >= 500 or error_code(error) in THROTTLED or isinstance(error, gone)


def error_code(error: Any) -> str:
    """The code of an error that AWS answered with; "" of one that is no answer."""
    return str(_response(error).get("Error", {}).get("Code", ""))


def _response(error: Any) -> dict[str, Any]:
    """What AWS answered with."""
    return getattr(error, "response", None) or {}
