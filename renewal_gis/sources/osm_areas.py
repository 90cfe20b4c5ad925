"""Services, buildings and land use of an OpenStreetMap extract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from renewal_gis.schema import BASKET, Finding

__all__ = ["buildings", "groups_of", "landuse", "services"]

_GONE = ("disused", "abandoned")


@dataclass
class _Shapes:
    """Tagged shapes of an extract, in the order of the file."""

    id: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)
    open_outlines: list[str] = field(default_factory=list)


def groups_of(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the basket groups a place belongs to, each with the tag that says so.

    A shop that holds the post office belongs to two groups.

    Examples
    --------
    >>> groups_of({"shop": "convenience", "amenity": "post_office"})
    [('courses', 'shop=convenience'), ('poste', 'amenity=post_office')]
    """
    if any(tags.get(key) == "yes" for key in _GONE):
        return []
    found = []
    for group in BASKET:
        for tag in group.osm:
            key, _, value = tag.partition("=")
            if value in tags.get(key, "").replace(" ", "").split(";"):
                found.append((group.id, tag))
                break
    return found


def services(path: Path, table: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read the places of the service basket; an outline becomes the point at its centroid."""
    wanted = sorted({tag for group in BASKET for tag in group.osm})
    shapes = _shapes(
        path, tags=[(key, value) for key, _, value in (t.partition("=") for t in wanted)]
    )
    rows: list[dict[str, Any]] = []
    places = np.array(shapely.centroid(shapely.from_wkb(shapes.wkb)), dtype=object)
    points = []
    for id, tags, place in zip(shapes.id, shapes.tags, places, strict=True):
        for rank, (group, tag) in enumerate(groups_of(tags)):
            # The first group keeps the plain id, so that it can be looked up on the map's site.
            own = id if rank == 0 else f"{id}#{group}"
            rows.append({"id": own, "group": group, "name": tags.get("name"), "source_code": tag})
            points.append(place)
    columns = ("id", "group", "name", "source_code")
    return _frame(rows, columns, points), _open_findings(shapes, table)


def buildings(path: Path, table: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read buildings: closed ways and multipolygon relations."""
    shapes = _shapes(path, keys=["building"])
    rows = [
        {
            "id": id,
            "building": tags["building"],
            "flats": tags.get("building:flats"),
            "levels": tags.get("building:levels"),
            "name": tags.get("name"),
            "label": tags.get("name", f"{tags['building']} {id}"),
        }
        for id, tags in zip(shapes.id, shapes.tags, strict=True)
    ]
    columns = ("id", "building", "flats", "levels", "name", "label")
    return _frame(rows, columns, _outlines(shapes)), _open_findings(shapes, table)


def landuse(path: Path, table: str) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read areas of land use: closed ways and multipolygon relations."""
    shapes = _shapes(path, keys=["landuse"])
    rows = [
        {
            "id": id,
            "landuse": tags["landuse"],
            "name": tags.get("name"),
            "label": tags.get("name", f"{tags['landuse']} {id}"),
        }
        for id, tags in zip(shapes.id, shapes.tags, strict=True)
    ]
    columns = ("id", "landuse", "name", "label")
    return _frame(rows, columns, _outlines(shapes)), _open_findings(shapes, table)


def _shapes(
    path: Path, *, keys: Iterable[str] = (), tags: Iterable[tuple[str, str]] = ()
) -> _Shapes:
    """Collect nodes (for places given by tags) and areas that carry a key or a tag."""
    import osmium

    points = bool(tags)
    chosen = osmium.filter.TagFilter(*tags) if points else osmium.filter.KeyFilter(*keys)
    shapes, factory = _Shapes(), osmium.geom.WKBFactory()
    ways: dict[int, None] = {}
    assembled: set[int] = set()
    stream: Any = osmium.FileProcessor(str(path)).with_areas(chosen).with_filter(chosen)
    for thing in stream:
        if thing.is_way():
            ways[thing.id] = None
        elif thing.is_area():
            origin = thing.orig_id()
            if thing.from_way():
                assembled.add(origin)
            shapes.id.append(f"{'way' if thing.from_way() else 'relation'}/{origin}")
            shapes.tags.append(dict(thing.tags))
            shapes.wkb.append(factory.create_multipolygon(thing))
        elif points and thing.is_node():
            shapes.id.append(f"node/{thing.id}")
            shapes.tags.append(dict(thing.tags))
            shapes.wkb.append(factory.create_point(thing))
    shapes.open_outlines = [f"way/{way}" for way in ways if way not in assembled]
    return shapes


def _outlines(shapes: _Shapes) -> list[shapely.Geometry]:
    """Return polygons; the library writes every area as a multipolygon, even one of one part."""
    outlines = shapely.from_wkb(shapes.wkb)
    alone = shapely.get_num_geometries(outlines) == 1
    return list(np.where(alone, shapely.get_geometry(outlines, 0), outlines))


def _frame(
    rows: list[dict[str, Any]], columns: tuple[str, ...], shapes: list[shapely.Geometry]
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in columns}, geometry=shapes, crs="EPSG:4326"
    )


def _open_findings(shapes: _Shapes, table: str) -> list[Finding]:
    return [
        Finding(
            layer=table,
            severity="dropped",
            code="open-outline",
            message="The outline is not closed, crosses itself or is cut by the edge of the "
            "extract; it was left out. Correct it in OpenStreetMap.",
            row=way,
        )
        for way in shapes.open_outlines
    ]
