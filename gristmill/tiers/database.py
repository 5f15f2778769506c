"""Django made ready: our settings, and the tables as our migrations have them."""

from __future__ import annotations

import os

import django

from gristmill.tiers.commands import SETTINGS
from gristmill.tiers.state import locked


def make_ready() -> None:
    """Set Django up, and make or change the tables where they are not those of this version."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    # all that is made is this user's alone: uploads, results, mails
    os.umask(0o077)
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    # one process at a time: the first connection of all makes the file
    with locked(settings.STATE / "migrate.lock"):
        if _is_behind():
            call_command("migrate", verbosity=0, interactive=False)


def _is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
