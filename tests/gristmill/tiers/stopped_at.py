"""``python stopped_at.py SIGNAL PLACE WORD…``: the command `gristmill WORD…`, which gets a signal at a place.

PLACE is ``module:name:before`` or ``…:after``, and ``:N`` behind it for its Nth call: the signal comes there, once.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import wraps
from importlib import import_module
from operator import attrgetter
from typing import Any

import gristmill.command
from gristmill.tiers import database


def stop_at(number: int, place: str) -> None:
    """Have the function at the place send the signal to this process."""
    module, name, when, *nth = place.split(":")
    owner, _, attribute = name.rpartition(".")
    holder: Any = import_module(module)
    holder = attrgetter(owner)(holder) if owner else holder
    function = getattr(holder, attribute)
    left = int(nth[0]) if nth else 1

    @wraps(function)
    def stopping(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if when == "before" and left == 0:
            os.kill(os.getpid(), number)
        value = function(*args, **kwargs)
        if when == "after" and left == 0:
            os.kill(os.getpid(), number)
        return value

    setattr(holder, attribute, stopping)


def main() -> None:
    """Run the command."""
    number, place = getattr(signal, sys.argv[1]), sys.argv[2]
    sys.argv = ["gristmill", *sys.argv[3:]]
    make_ready = database.make_ready

    def ready_to_stop() -> None:
        make_ready()
        stop_at(number, place)

    database.make_ready = ready_to_stop
    gristmill.command.main()


if __name__ == "__main__":
    main()
