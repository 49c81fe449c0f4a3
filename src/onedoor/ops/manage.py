"""`./onedoor manage …`"""

from onedoor.ops import data as data_directory
from onedoor.ops import prepare


def run(argv: list[str]) -> int:
    """Django's own command line. Its errors end the process with Django's exit code."""
    from django.core.management import execute_from_command_line

    prepare.forget(data_directory.chosen(None))  # it may change the schema or the demo data
    execute_from_command_line(["./onedoor manage", *argv])
    return 0
