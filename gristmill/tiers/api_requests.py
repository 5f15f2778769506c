"""What a client of the API sends: a new request as a multipart form, filters as a query. All of it is checked here.

job=JOB [option=NAME[=VALUE]]… file=@FILE… [mail=ADDRESS]
mapper=@FILE [reducer=@FILE] file=@FILE… [mail=ADDRESS]
"""

from __future__ import annotations

from datetime import timezone
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_datetime

from gristmill.errors import RunError
from gristmill.tiers import jobs
from gristmill.tiers.models import Role, State
from gristmill.tiers.upload import Given, NewRequest
from gristmill.typed import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: The fields of files, and what each is to the job; of a program there is one.
_FILES = {"file": Role.INPUT, "mapper": Role.MAPPER, "reducer": Role.REDUCER}
_WORDS = ("job", "option", "mail")
#: The filters of requests, beside those of pages.
FILTERS = ("state", "job", "owner", "created_after", "created_before")
_PAGES = ("cursor", "page_size")


def new_request(user: Any, words: Any, files: Any) -> NewRequest:
    """The request that a form asks for, its fields and its files as Django has them; RunError for what is refused."""
    _check_names(words, _WORDS, "field", _FILES, "a file: send it as one, as curl's -F NAME=@FILE does")
    _check_names(files, _FILES, "file", _WORDS, "no file: send it as words, as curl's -F NAME=VALUE does")
    for name in ("job", "mail", "mapper", "reducer"):
        if len(words.getlist(name)) + len(files.getlist(name)) > 1:
            raise RunError(f"there are several fields {name!r}; a request has one")
    sent = [
        Given(file.temporary_file_path(), role, file.name)
        for name, role in _FILES.items()
        for file in files.getlist(name)
    ]
    if not files.getlist("file"):
        raise RunError("a request needs a file of input; send one in the field 'file'")
    programs = [given.role for given in sent if given.role != Role.INPUT]
    job, options = jobs.requested_job(words.get("job", ""), words.getlist("option"), programs)
    mail = words.get("mail") or user.email
    if not mail:
        raise RunError("the account has no mail address; send one in the field 'mail'")
    return NewRequest(user.get_username(), job, options, mail, sent)


def filtered(requests: Any, query: Mapping[str, str]) -> Any:
    """The requests that a query asks for; RunError for a filter that there is none of, or a value of no use."""
    _check_names(query, FILTERS, "filter", _PAGES, "")
    if state := query.get("state"):
        if state not in list(State):
            raise RunError(f"there is no state {state!r}{nearest(state, list(State))}; there are {', '.join(State)}")
        requests = requests.filter(state=state)
    if job := query.get("job"):
        requests = requests.filter(job=job if job == jobs.PROGRAMS_JOB else jobs.job_name(job))
    if owner := query.get("owner"):
        requests = requests.filter(owner=owner)
    for name, lookup in (("created_after", "created__gte"), ("created_before", "created__lt")):
        if given := query.get(name):
            requests = requests.filter(**{lookup: _time(name, given)})
    return requests


def _time(name: str, given: str) -> Any:
    try:
        # "+" of an offset comes as a blank where it was not escaped
        found = parse_datetime(given.replace(" ", "+") if "T" in given else given)
        # databases are asked in UTC, in which the first and the last days of the calendar may have no year
        found = found and (found.astimezone(timezone.utc) if found.tzinfo else found.replace(tzinfo=timezone.utc))
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise RunError(f"{name} {given!r} is no time; give it as 2026-03-01T07:05:00Z")
    return found


def _check_names(given: Collection[str], known: Collection[str], kind: str, other: Collection[str], rule: str) -> None:
    """Raise RunError for a name that is not known; for one of the others, where there is a rule, that rule."""
    for name in given:
        if name in other and rule:
            raise RunError(f"{name!r} is {rule}")
        if name not in (*known, *other):
            raise RunError(f"there is no {kind} {name!r}{nearest(name, known)}; there are {', '.join(known)}")
