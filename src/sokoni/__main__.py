"""The command line `sokoni`."""

import sys

from sokoni.cli.app import app
from sokoni.cli.console import complain
from sokoni.errors import AppError


def main() -> None:
    """Run the command that was typed; an expected refusal is one plain message and exit code 1."""
    try:
        app()
    except AppError as error:
        complain(str(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
