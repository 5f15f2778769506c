"""What each command of the tiers does, given its options; stdout is data, and the log goes to stderr."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from gristmill.errors import RunError
from gristmill.job.driver import log_to
from gristmill.job.process import stopping_in_order
from gristmill.tiers import dead as dead_requests
from gristmill.tiers import jobs
from gristmill.tiers import request as life
from gristmill.tiers.account import account, system_user
from gristmill.tiers.consumer import Consumer
from gristmill.tiers.doctor import diagnose
from gristmill.tiers.models import Request, Role
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.result import rows
from gristmill.tiers.status import newest_first, show
from gristmill.tiers.tokens import new_token
from gristmill.tiers.upload import Given, NewRequest
from gristmill.tiers.upload import upload as store

if TYPE_CHECKING:
    from argparse import Namespace


def upload(options: Namespace) -> None:
    """Store the files, queue the request, and print its id."""
    files = [Given(path, Role.INPUT) for path in options.files]
    programs = {Role.MAPPER: options.mapper, Role.REDUCER: options.reducer}
    brought = [Given(path, role) for role, path in programs.items() if path]
    job, words = jobs.requested_job(options.job, options.option, [given.role for given in brought])
    files += brought
    new = NewRequest(system_user(), job, words, options.mail, files)
    print(store(new, configured_queue()))  # noqa: T201 (it is what was asked for)


def consume(options: Namespace) -> None:
    """Work on requests until Ctrl-C or, with --once, until nothing is left."""
    log_to(None, logging.INFO)
    consumer = Consumer(configured_queue(), options.workers, trusts_programs=options.trust_programs)
    with stopping_in_order():
        consumer.work(once=options.once)


def status(options: Namespace) -> None:
    """Print how one request is, or all."""
    found = newest_first(Request.objects.all()) if options.all else [life.get(options.id)]
    show(found, as_json=options.json, watch=options.watch, whole=not options.all)


def result(options: Namespace) -> None:
    """Print the output of a request, as its job prints it."""
    for chunk in rows(life.get(options.id)):
        sys.stdout.buffer.write(chunk)


def cancel(options: Namespace) -> None:
    """Have a request end; say how far it was."""
    state = life.cancel(options.id)
    print(f"{options.id}: cancelled ({state.lower()} until now)")  # noqa: T201 (it is what was asked for)


def serve(options: Namespace) -> None:
    """Answer browsers until Ctrl-C."""
    log_to(None, logging.INFO)
    # no other command needs gunicorn
    import_module("gristmill.tiers.serve").serve(options.bind, options.workers)


def dead(options: Namespace) -> None:
    """List dead requests, or redrive or discard some or all of them."""
    queue = configured_queue()
    listed = options.action == "list"
    if listed == bool(options.ids or options.all) or (options.ids and options.all):
        raise RunError("list goes alone; redrive and discard go with ids, or with --all: write gristmill dead list")
    if listed:
        lines = [*map(dead_requests.line, dead_requests.given_up()), *dead_requests.put_aside(queue)]
    else:
        act = dead_requests.redrive if options.action == "redrive" else dead_requests.discard
        lines = list(act(queue, None if options.all else options.ids))
    sys.stdout.writelines(f"{line}\n" for line in lines)


def token(options: Namespace) -> None:
    """Print a new token of an account."""
    print(new_token(account(options.name or system_user())))  # noqa: T201 (it is what was asked for)


def doctor(_: Namespace) -> None:
    """Print a line a tier; RunError where one does not work."""
    broken = []
    for name, works, text in diagnose():
        print(f"{name:10}{'works' if works else 'FAILS'}  {text}", flush=True)  # noqa: T201 (it is what was asked for)
        broken += [] if works else [name]
    if broken:
        raise RunError(f"{', '.join(broken)}: see above")
