"""`python -m renewal_gis`: the same as the command `renewal-gis`."""

from renewal_gis.cli import main

main()
