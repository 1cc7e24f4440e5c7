#!/usr/bin/env python3
"""Parley's command line: `python manage.py help` lists what it can do."""

import os
import sys

from conference import env


def main() -> None:
    """Run one management command with the settings of the environment and `.env`."""
    env.read_dotenv()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
