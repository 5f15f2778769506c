"""The app, as Django lists it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.db import connections

from gristmill.errors import RunError
from gristmill.tiers.database import check_collation


def check_databases(databases: Any, **_: Any) -> list[Error]:
    """An error for a database that would take one name for another: `migrate` asks, whoever calls it."""
    try:
        for each in databases or ():
            check_collation(connections[each])
    except RunError as error:
        return [Error(str(error), id="tiers.E001")]
    return []


class TiersConfig(AppConfig):
    """Its tables begin with ``tiers_``."""

    name = "gristmill.tiers"
    label = "tiers"

    def ready(self) -> None:
        """Have Django's own commands check what ours do."""
        register(check_databases, Tags.database)
