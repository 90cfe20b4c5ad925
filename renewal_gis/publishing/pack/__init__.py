"""The committee's pack: map sheets, dossiers, workbook, GeoPackage, charts, one manifest."""

from renewal_gis.publishing.pack.content import PackContent, PackTable
from renewal_gis.publishing.pack.logos import Logo, read_logos
from renewal_gis.publishing.pack.making import PackOptions, cores
from renewal_gis.publishing.pack.paper import PAPERS
from renewal_gis.publishing.pack.since import Change, changes_since, read_manifest
from renewal_gis.publishing.pack.verifying import altered, rebuilt_differently, strangers
from renewal_gis.publishing.pack.writing import write_pack

__all__ = [
    "PAPERS",
    "Change",
    "Logo",
    "PackContent",
    "PackOptions",
    "PackTable",
    "altered",
    "changes_since",
    "cores",
    "read_logos",
    "read_manifest",
    "rebuilt_differently",
    "strangers",
    "write_pack",
]
