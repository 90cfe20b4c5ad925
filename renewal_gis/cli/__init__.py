"""The command line: one command per step; errors become sentences.

Exit status: 0 done, 1 the data is at fault, 2 the command is at fault.
"""

from __future__ import annotations

import click

from renewal_gis.cli import asking, fetching, packing, planning, running
from renewal_gis.cli.frame import Commands

__all__ = ["main"]


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="renewal-gis")
def main() -> None:
    """Where should the demolished dwellings come back?

    Scores reconstruction sites for access to services and transit, compares the mining corridor
    with the southern communes, and draws it as one HTML map that opens without network.
    """


for command in (
    *running.COMMANDS,
    *fetching.COMMANDS,
    *asking.COMMANDS,
    *planning.COMMANDS,
    *packing.COMMANDS,
):
    main.add_command(command)
