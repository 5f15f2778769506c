"""The app, as Django lists it."""

from django.apps import AppConfig


class TiersConfig(AppConfig):
    """Its tables begin with ``tiers_``."""

    name = "gristmill.tiers"
    label = "tiers"
