"""OpenStreetMap extracts: streets open to walkers, services of the basket, buildings, land use."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd

from renewal_gis.errors import LayerReadError, needed
from renewal_gis.files import holds
from renewal_gis.schema import Finding
from renewal_gis.sources.opening import nearest, reading
from renewal_gis.sources.wholeness import whole

__all__ = ["LAYERS", "extract_reader_is_compiled", "read_osm"]

LAYERS = ("streets", "streets_r5", "services", "buildings", "landuse")
_STREETS = ("streets", "streets_r5")


def read_osm(path: Path, *, layer: str, table: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read one layer of an extract.

    Parameters
    ----------
    path
        The `.osm.pbf` file.
    layer
        `streets`: id (`way/rank`), u, v, kind, name, walkable, bridge, crossings (pedestrian
        crossings between the ends); lines cut wherever two ways share a node. `streets_r5`: the same
        by the rules of the engine R5, for comparison with it, and linkable (places may be joined to
        the edge); lines cut also where other ways but buildings touch them. `services`: id
        (`node/…`, `way/…`, `relation/…`), group, name, source_code; points. `buildings`: id,
        building, flats, levels, name, label; polygons. `landuse`: id, landuse, name, label;
        polygons. A label is the name, or the class and the id of what has none.
    table
        Name of the layer in the study, for messages.

    Returns
    -------
    tuple
        The rows in degrees (EPSG:4326), in the order of the file, and what was found on the way.

    Raises
    ------
    LayerReadError
        When the file is truncated or not an extract, or `layer` is not one of the five; for
        streets, when no way is open to walkers.
    MissingExtraError
        When the library osmium is needed and not installed: for all but streets of a `.pbf`.
    """
    if layer not in LAYERS:
        raise LayerReadError(
            f"{table} ({path.name}): an OpenStreetMap extract has no layer {layer!r}."
            f'{nearest(layer, list(LAYERS))} Write layer = "…", one of: {", ".join(LAYERS)}.'
        )
    whole(path, layer=table)
    if layer not in _STREETS:
        needed("osmium", extra="osm", purpose="Reading an OpenStreetMap extract")
    # Here and not at the top: few studies read an extract, and the compiled reader is heavy.
    from renewal_gis.sources import osm_areas, osm_streets

    readers: dict[str, Any] = {
        **{name: partial(osm_streets.streets, layer=name) for name in _STREETS},
        "services": osm_areas.services,
        "buildings": osm_areas.buildings,
        "landuse": osm_areas.landuse,
    }
    with reading(path, layer=table, advice="Copy the extract again."):
        try:
            frame, findings = readers[layer](path, table)
        except MemoryError as error:
            raise LayerReadError(
                f"{table} ({path.name}): the extract needs more memory than this machine has. Cut "
                "it to the study and its surroundings (osmium extract)."
            ) from error
    frame.index = range(1, len(frame) + 1)
    return frame, findings


def extract_reader_is_compiled() -> bool:
    """Tell whether an earlier run has left the compiled reader of streets on this machine."""
    from renewal_gis.sources.osm_blocks import decoded_ways

    kept = Path(decoded_ways.stats.cache_path)  # type: ignore[attr-defined]
    return holds(kept, "osm_blocks.decoded_ways-*.nbi")
