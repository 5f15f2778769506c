"""What lists, states and takes cost with 100,000 requests: at most half as much again as with 1,000.

The cost is the number of steps of SQLite's machine, which is the same on every machine and under every load.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from gristmill.tiers import request as life
from gristmill.tiers import status
from gristmill.tiers.models import Request
from gristmill.tiers.queue.table import TableQueue

FEW, MANY = 1_000, 100_000
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %s) "
#: Half of them wait, a half of those with one owner; the others are done.
ROWS = """
INSERT INTO tiers_request (id, owner, job, options, mail, state, ending, why, result, cancel_asked, token, lease_until,
  holder, tries, created, changed)
SELECT 'r' || i, CASE WHEN i % 4 < 2 THEN 'ann' ELSE 'p' || (i % 40) END, 'index', '[]', 'ann@example.org',
  CASE WHEN i % 2 THEN 'QUEUED' ELSE 'DONE' END, '', '', '', 0, 0, '2026-03-01', '', 0,
  strftime('%%Y-%%m-%%d %%H:%%M:%%f', '2026-03-01', i || ' seconds'), '2026-03-01' FROM n
"""
UPLOADS = """
INSERT INTO tiers_upload (request_id, role, name, key, size, sha256)
SELECT 'r' || i, 'input', 'a.tsv', 'k', 1, '' FROM n
"""
EVENTS = """
INSERT INTO tiers_event (request_id, at, state, token, text) SELECT 'r' || i, '2026-03-01', 'QUEUED', 0, 'queued'
FROM n
"""
MESSAGES = """
INSERT INTO tiers_queuedmessage (request_id, "group", visible_at, receipt)
SELECT id, owner, '2026-03-01', '' FROM tiers_request WHERE state = 'QUEUED' AND created >= %s ORDER BY created
"""


def fill(first: int, end: int) -> None:
    """Have requests of these numbers, with a file, an event and, where they wait, a message."""
    with connection.cursor() as cursor:
        for each in (ROWS, UPLOADS, EVENTS):
            cursor.execute(NUMBERS + each.strip(), [first, end])
        cursor.execute(MESSAGES, [Request.objects.get(pk=f"r{first}").created])


def cost(do: Callable[[], object]) -> int:
    """The steps that SQLite takes for it."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 1)
    try:
        do()
    finally:
        connection.connection.set_progress_handler(None, 1)
    return steps


def take() -> None:
    """What a consumer does for the next request."""
    life.take_over(1)
    message = TableQueue().receive(60)
    assert message
    assert life.claim(message.request_id)
    TableQueue().ack(message)


def test_with_a_hundred_times_the_requests_nothing_costs_more(state: Path):
    """A page of a list, with each filter; one request; a consumer's take, while an owner's first is worked on."""
    clients = {}
    for name in ("ann", "sue"):
        clients[name] = Client()
        clients[name].force_login(get_user_model().objects.create_user(name, is_staff=name == "sue"))

    def page(name: str, query: str = "") -> Callable[[], object]:
        return lambda: clients[name].get(f"/api/requests/?{query}").json()["results"]

    doings: dict[str, Callable[[], object]] = {
        "list": page("ann"),
        "list, a state": page("ann", "state=DONE"),
        "list, a state of none": page("ann", "state=FAILED"),
        "list, a job of none": page("ann", "job=sentiment"),
        "list, a time": page("ann", "created_after=2026-03-01T00:05:00Z"),
        "list of all": page("sue"),
        "list of all, a state": page("sue", "state=QUEUED"),
        "list of all, a state of none": page("sue", "state=FAILED"),
        "list of all, an owner": page("sue", "owner=ann"),
        "one": lambda: clients["ann"].get("/api/requests/r1/").json()["id"],
        "page of requests": lambda: clients["ann"].get("/").content,
        "gristmill status ID": lambda: status.show([life.get("r1")], as_json=False, watch=False, whole=True),
        "take": take,
    }
    fill(1, FEW)
    # from here on the first of the largest owner is being worked on
    held = TableQueue().receive(3600)
    assert held
    few = {name: cost(do) for name, do in doings.items()}
    fill(FEW, MANY)
    many = {name: cost(do) for name, do in doings.items()}
    assert {name: (few[name], many[name]) for name in doings if many[name] > 1.5 * few[name]} == {}


def test_a_list_goes_by_pages(state: Path):
    """The newest first; a number of no use is the first page, and past the last there is a way back."""
    client = Client()
    client.force_login(get_user_model().objects.create_user("ann"))
    fill(1, 104)
    for number, shown, newer, older in (
        ("1", 25, False, True),
        ("2", 25, True, True),
        ("3", 1, True, False),
        ("9", 0, True, False),
        ("x", 25, False, True),
        ("-1", 25, False, True),
        ("0", 25, False, True),
        ("9" * 30, 25, False, True),
    ):
        text = client.get(f"/?page={number}").content.decode()
        assert text.count('<th scope="row">') == shown, number
        assert (">Newer</a>" in text, ">Older</a>" in text) == (newer, older), number
    assert client.get("/documents/?page=2").content.decode().count('<th scope="row">') == 25
