"""``python -m gristmill``: the command `gristmill`, where no script of that name is on the path."""

from gristmill.command import main

if __name__ == "__main__":
    main()
