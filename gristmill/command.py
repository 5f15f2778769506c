"""The command `gristmill`."""

from __future__ import annotations


def main() -> None:
    """Run the command that the first argument names."""
    raise SystemExit("error: not yet")
