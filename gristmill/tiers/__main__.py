"""``python -m gristmill.tiers``: Django's own commands (manage.py), with our settings."""

from __future__ import annotations

import os
import sys

from gristmill.job.process import ending_in_one_line
from gristmill.tiers.commands import SETTINGS, check_python


def main() -> None:
    """Run the command of Django's that the command line names."""
    with ending_in_one_line():
        check_python("python -m gristmill.tiers")
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        # all that is made is this user's alone: a database is, with what opens the accounts
        os.umask(0o077)
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
