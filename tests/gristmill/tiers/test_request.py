"""The only writer of a request's states: one UPDATE that names the state, the token and the lease."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from django.db.models import QuerySet
from django.db.models.functions import Now

from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers.models import Event, Request, State
from gristmill.tiers.request import Lease, LeaseLost

if TYPE_CHECKING:
    Ask = Callable[..., str]


def let_lease_run_out(request: str) -> None:
    """As if no consumer had said a word for its whole lease."""
    Request.objects.filter(pk=request).update(lease_until=Now() - timedelta(seconds=1))


def test_a_request_is_taken_by_one_consumer(ask: Ask):
    """The second finds that it no longer waits."""
    request = ask()
    assert life.claim(request) == Lease(request, 1)
    assert life.claim(request) is None
    assert life.take_over(10) == []
    assert Request.objects.get().state == State.SUBMITTING


def test_a_request_whose_lease_ran_out_is_taken_over_with_the_next_token(ask: Ask):
    """Whatever its state; the first consumer changes nothing from then on, not even its lease."""
    request = ask()
    first = life.claim(request)
    assert first
    life.move(first, State.SUBMITTING, State.RUNNING, "runs")
    let_lease_run_out(request)
    (second,) = life.take_over(10)
    assert second == Lease(request, 2)
    before = Request.objects.values().get(), Event.objects.count()
    for change in (
        lambda: life.move(first, State.RUNNING, State.NOTIFYING, "ends"),
        lambda: life.begin(first, State.RUNNING, "run begun"),
        lambda: life.put_off(first, State.RUNNING, 0, "put off"),
        lambda: life.renew(first),
    ):
        with pytest.raises(LeaseLost):
            change()
    assert (Request.objects.values().get(), Event.objects.count()) == before
    life.move(second, State.RUNNING, State.NOTIFYING, "ends")


def test_a_consumer_whose_lease_ran_out_changes_nothing_though_nobody_took_over(ask: Ask):
    """By the database's clock: it cannot know that nobody did."""
    lease = life.claim(ask())
    assert lease
    let_lease_run_out(lease.request_id)
    with pytest.raises(LeaseLost):
        life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
    with pytest.raises(LeaseLost):
        life.renew(lease)
    assert Request.objects.get().state == State.SUBMITTING


def test_a_change_names_the_state_that_it_expects(ask: Ask):
    """A step is not taken twice by the one that has the lease either."""
    lease = life.claim(ask())
    assert lease
    life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
    with pytest.raises(LeaseLost):
        life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
    assert [(event.state, event.token, event.text.partition(" by ")[0]) for event in Event.objects.order_by("pk")] == [
        ("QUEUED", 0, "queued"),
        ("SUBMITTING", 1, "taken"),
        ("RUNNING", 1, "runs"),
    ]


def test_a_change_without_its_event_does_not_happen(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """They are one transaction."""
    lease = life.claim(ask())
    assert lease

    def full(**_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Event.objects, "create", full)
    with pytest.raises(OSError, match="no space"):
        life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
    assert Request.objects.get().state == State.SUBMITTING


def test_a_lease_lasts_for_its_time_from_the_last_word(ask: Ask):
    """Renewed, it outlives the first."""
    lease = life.claim(ask())
    assert lease
    before = Request.objects.get().lease_until
    time.sleep(0.05)
    life.renew(lease)
    assert Request.objects.get().lease_until > before
    assert life.take_over(10) == []
    life.put_off(lease, State.SUBMITTING, 60, "put off")
    assert life.take_over(10) == []
    let_lease_run_out(lease.request_id)
    assert life.take_over(10) == [Lease(lease.request_id, 2)]


def test_no_more_are_taken_over_than_there_is_room_for(ask: Ask):
    """The others are left to other consumers."""
    for request in [ask("ann"), ask("ben"), ask("cem")]:
        assert life.claim(request)
        let_lease_run_out(request)
    assert life.take_over(0) == []
    assert len(life.take_over(2)) == 2
    assert len(life.take_over(2)) == 1


def test_a_request_that_another_takes_over_first_is_left(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """It was free when it was looked at, and is not when it is written."""
    request = ask()
    assert life.claim(request)
    let_lease_run_out(request)
    order_by = QuerySet.order_by

    def look_and_be_late(rows: QuerySet, *names: str) -> list[Request]:
        found = list(order_by(rows, *names))
        monkeypatch.setattr(QuerySet, "order_by", order_by)
        assert len(life.take_over(1)) == 1
        return found

    monkeypatch.setattr(QuerySet, "order_by", look_and_be_late)
    assert life.take_over(1) == []
    assert Request.objects.get().token == 2


def test_a_request_that_waits_is_cancelled_at_once(ask: Ask):
    """What is left is the mail."""
    request = ask()
    assert life.cancel(request) == State.QUEUED
    found = Request.objects.get()
    assert (found.state, found.ending, found.cancel_asked) == (State.NOTIFYING, State.CANCELLED, True)
    assert life.claim(request) is None
    with pytest.raises(RunError, match=f"^request {request} has ended as CANCELLED; there is nothing to cancel$"):
        life.cancel(request)


@pytest.mark.parametrize("reached", [State.SUBMITTING, State.RUNNING])
def test_a_request_that_a_consumer_has_is_marked_to_be_cancelled(ask: Ask, reached: State):
    """Its consumer does it, and loses nothing by it."""
    request = ask()
    lease = life.claim(request)
    assert lease
    if reached == State.RUNNING:
        life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
    assert life.cancel(request) == reached
    found = Request.objects.get()
    assert (found.state, found.cancel_asked) == (reached, True)
    life.renew(lease)


def test_a_request_that_is_taken_while_it_is_cancelled_is_looked_at_again(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    """The cancel is of the state that it has then."""
    request = ask()
    get = life.get

    def get_and_be_late(request_id: str) -> Request:
        found = get(request_id)
        monkeypatch.setattr(life, "get", get)
        assert life.claim(request_id)
        return found

    monkeypatch.setattr(life, "get", get_and_be_late)
    assert life.cancel(request) == State.SUBMITTING
    assert Request.objects.get().cancel_asked


def test_a_request_that_there_is_none_of_is_one_line(state: Path):
    """It says what lists them."""
    for call in (life.get, life.cancel):
        with pytest.raises(RunError, match=r"^there is no request 'x'; gristmill status --all lists them$"):
            call("x")
    assert life.claim("x") is None
