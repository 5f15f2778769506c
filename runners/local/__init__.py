"""``-r local`` and ``-r inline``: this machine."""
