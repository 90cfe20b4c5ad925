"""The shapes of a layer, whose name changes its case and its prefix from one product to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import geopandas as gpd
import pandas as pd

from renewal_gis.schema import Finding
from renewal_gis.sources.known.declaring import Asked, Field
from renewal_gis.sources.known.rows import Place, read_rows, there
from renewal_gis.sources.opening import reading
from renewal_gis.sources.postgis_cutting import Cut

__all__ = ["layer_named", "read_shapes"]


def read_shapes(
    asked: Asked,
    fields: Sequence[Field],
    usual: str,
    *,
    member: str = "",
    cut: Cut | None = None,
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read a layer with its shapes.

    Parameters
    ----------
    asked
        The request; its `layer` comes before the usual one.
    fields
        Columns to read.
    usual
        The layer's usual name, looked for whatever the case, with or without a prefix
        (`BDTOPO_V3:batiment`); a file of one layer is read whatever its name.
    member
        End of the name of the file in a zip that holds several.
    cut
        What the server of a database leaves out besides what lies beyond the study.

    Raises
    ------
    LayerReadError
        When the file has no shapes, or no such layer.
    """
    there(asked)
    layer = asked.layer if asked.layer is not None else usual
    found = layer_named(asked, layer)
    frame, notes = read_rows(asked, fields, layer=found, shapes=True, member=member, cut=cut)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise Place(asked).refusal(
            "the file has no shapes. Take the GeoPackage, the shapefile or the GeoJSON."
        )
    # A WFS writes one system whatever it was asked: what the file states is what counts.
    return cast(gpd.GeoDataFrame, _counted(frame)), notes


def layer_named(asked: Asked, usual: str) -> str | None:
    """Return the layer of a GeoPackage or folder with this name, whatever its case and prefix.

    None lets the reader take the only layer there is.
    """
    if asked.database is not None:
        return None
    if asked.path.suffix.lower() not in {".gpkg", ".gdb", ".sqlite"} and not asked.path.is_dir():
        return None
    with reading(asked.path, layer=asked.table):
        import pyogrio

        names = [str(name) for name in pyogrio.list_layers(asked.path)[:, 0]]
    plain = {name.casefold().rpartition(":")[2]: name for name in names}
    if usual.casefold() in plain:
        return plain[usual.casefold()]
    return None if len(names) == 1 else usual


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame
