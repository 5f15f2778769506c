"""Django made ready: our settings, and the tables as our migrations have them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

from gristmill.errors import RunError
from gristmill.tiers.commands import SETTINGS
from gristmill.tiers.state import locked

if TYPE_CHECKING:
    from collections.abc import Iterator


def make_ready() -> None:
    """Set Django up, and make or change the tables where they are not those of this version."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    # all that is made is this user's alone: uploads, results, mails
    os.umask(0o077)
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    # one process at a time: the first connection of all makes the file
    with locked(settings.STATE / "migrate.lock"), telling_of_database():
        check_collation(connection)
        if _is_behind():
            call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def telling_of_database() -> Iterator[None]:
    """A database that cannot be used is RunError: a line for a person."""
    from django.db import Error, connection

    try:
        yield
    except Error as error:
        name = connection.settings_dict["NAME"]
        raise RunError(f"database {name}: {error}; see that it is there, and that you may use it") from error


def check_collation(connection: Any) -> None:
    """RunError for a MariaDB that would take one name for another."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_database, @@collation_database")
        charset, collation = cursor.fetchone()
    if charset != "utf8mb4" or not collation.endswith("_bin"):
        name = connection.settings_dict["NAME"]
        raise RunError(
            f"database {name}: by its collation {collation} Ann is ann, and would see what is ann's; make it by CREATE "
            f"DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
        )


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
