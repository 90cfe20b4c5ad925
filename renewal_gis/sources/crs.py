"""Coordinate systems: the study's own, and what each layer's coordinates say about theirs."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError as ProjCRSError
from pyproj.exceptions import ProjError

from renewal_gis.errors import CRSError

__all__ = [
    "LAMBERT_93",
    "OVERSEAS",
    "Verdict",
    "layer_crs",
    "outside",
    "study_crs",
    "swapped",
    "verdict",
]

LAMBERT_93 = 2154
# Department or collectivity → EPSG code of its legal system (decree 2019-165 of 5 March 2019): RGAF09
# UTM 20N, RGFG95 UTM 22N, RGR92 UTM 40S, RGSPM06 UTM 21N, RGM04 UTM 38S.
OVERSEAS = {
    "971": 5490, "972": 5490, "973": 2972, "974": 2975, "975": 4467, "976": 4471, "977": 5490, "978": 5490,
}  # fmt: skip

# Areas of use are drawn generously by hand: a degree of slack keeps border communes in.
_SLACK_DEG = 1.0
_STRETCHED = ("Popular Visualisation Pseudo Mercator", "Mercator (variant A)")
_CURE = (
    'Write crs = "EPSG:2154" (Lambert-93) for metropolitan France; elsewhere the national grid in '
    'metres, or the UTM zone ("EPSG:32631" north of the equator between 0 and 6 degrees east).'
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Where a layer's coordinates fall against the study's area.

    Parameters
    ----------
    outside
        One flag per row; False for a row without geometry or with a coordinate that is not finite.
    message
        A sentence when a row is outside, else empty.
    """

    outside: Mask
    message: str = ""


def study_crs(text: str) -> pyproj.CRS:
    """Return the coordinate system of a study: projected, in metres.

    Parameters
    ----------
    text
        As in the study file: `EPSG:2154`, a PROJ string or WKT.

    Raises
    ------
    CRSError
        When the text is not a coordinate system, or the system is geographic, not in metres,
        or stretches lengths (web Mercator).

    Examples
    --------
    >>> study_crs("EPSG:2154").name
    'RGF93 v1 / Lambert-93'
    """
    crs = _parsed(text, "study")
    if crs.is_geographic:
        raise CRSError(
            f"study: {text} ({crs.name}) is in degrees; distances need a projected system in "
            f"metres. {_CURE}"
        )
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or units != {"metre"}:
        unit = ", ".join(sorted(units)) or "no known unit"
        raise CRSError(
            f"study: {text} ({crs.name}) is in {unit}; distances need a projected system in "
            f"metres. {_CURE}"
        )
    operation = crs.coordinate_operation
    if operation is not None and operation.method_name in _STRETCHED:
        raise CRSError(
            f"study: {text} ({crs.name}) stretches lengths (1.6 times at 50 degrees north). {_CURE}"
        )
    return crs


def layer_crs(stated: pyproj.CRS | None, given: str | None, *, layer: str, file: str) -> pyproj.CRS:
    """Return the system of a layer: the one the file states, else the one the study gives.

    Raises
    ------
    CRSError
        When there is neither, or the given text is not a coordinate system.
    """
    if stated is not None:
        return pyproj.CRS.from_user_input(stated)
    if given is None:
        raise CRSError(
            f"{layer} ({file}): the file states no coordinate system. Find out which one it is in "
            f'and write crs = "EPSG:…" under [layers.{layer}].'
        )
    return _parsed(given, f"{layer} ({file})")


def swapped(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the shapes with x and y exchanged."""
    exchanged = shapely.transform(shapes.to_numpy(), lambda pairs: pairs[:, ::-1])
    return gpd.GeoSeries(exchanged, index=shapes.index, crs=shapes.crs)


def outside(shapes: gpd.GeoSeries, crs: pyproj.CRS) -> Mask:
    """Return which shapes leave the area of use of `crs`."""
    return _outside_box(shapes.bounds.to_numpy(), shapes.crs, crs)


def verdict(shapes: gpd.GeoSeries, crs: pyproj.CRS) -> Verdict:
    """Test coordinates against the study's area of use, before they are reprojected.

    Parameters
    ----------
    shapes
        Shapes of the layer in its own system.
    crs
        The study's system.
    """
    box = shapes.bounds.to_numpy()
    source = pyproj.CRS.from_user_input(shapes.crs)
    out = _outside_box(box, source, crs)
    if not out.any():
        return Verdict(outside=out)
    first = box[out][0]
    where = f"{first[0]:.10g}, {first[1]:.10g}"
    area = crs.area_of_use
    place = f" ({area.name.rstrip('.')})" if area else ""
    told = (
        f"{int(out.sum())} of {len(shapes)} rows lie outside the area where the study's system "
        f"{crs.name} may be used{place}: the first is at x, y = {where} in {source.name}. "
    )
    if not _outside_box(box[out][:, [1, 0, 3, 2]], source, crs).any():
        every = out.sum() == np.isfinite(box).all(axis=1).sum()
        cure = (
            "The axes look swapped: write swap_axes = true."
            if every
            else "In these rows x and y look swapped: correct them in the file."
        )
        return Verdict(outside=out, message=told + cure)
    if source.is_geographic and not _outside_box(box[out], crs, crs).any():
        cure = (
            f"The numbers are metres and fit {crs.name}: the file states the wrong system; "
            "correct it in the file."
        )
        return Verdict(outside=out, message=told + cure)
    return Verdict(
        outside=out,
        message=told + "Check the coordinates and the crs of the layer, or the crs of the study.",
    )


def _parsed(text: str, place: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(text)
    except (ProjCRSError, TypeError, ValueError) as error:
        raise CRSError(
            f"{place}: {text!r} is not a known coordinate system. "
            'Write its code, for example crs = "EPSG:2154".'
        ) from error


def _outside_box(box: npt.NDArray[np.float64], source: pyproj.CRS, target: pyproj.CRS) -> Mask:
    """Tell which boxes (minx, miny, maxx, maxy in `source`) leave the area of use of `target`."""
    finite = np.isfinite(box).all(axis=1)
    if finite.all() and len(box) > 1 and _well_inside(box, source, target):
        return np.zeros(len(box), dtype=np.bool_)
    try:
        to_degrees = pyproj.Transformer.from_crs(source, "OGC:CRS84", always_xy=True)
        corners = [to_degrees.transform(box[:, i], box[:, j]) for i, j in ((0, 1), (2, 3))]
    except ProjError as error:
        raise CRSError(
            f"Coordinates in {source.name} cannot be turned into degrees: {error}."
        ) from error
    area = target.area_of_use
    out = np.zeros(len(box), dtype=np.bool_)
    for east, north in corners:
        out |= ~(np.isfinite(east) & np.isfinite(north))
        if area is None:
            continue
        out |= (north < area.south - _SLACK_DEG) | (north > area.north + _SLACK_DEG)
        after, before = east >= area.west - _SLACK_DEG, east <= area.east + _SLACK_DEG
        # West of the area may be a larger number than its east: it crosses the 180th meridian.
        out |= ~((after & before) if area.west <= area.east else (after | before))
    return np.asarray(finite & out, dtype=np.bool_)


def _well_inside(box: npt.NDArray[np.float64], source: pyproj.CRS, target: pyproj.CRS) -> bool:
    """Tell whether the box around all boxes lies inside: then each does, and none need be moved."""
    area = target.area_of_use
    if area is None or area.west > area.east:
        return False
    try:
        to_degrees = pyproj.Transformer.from_crs(source, "OGC:CRS84", always_xy=True)
        west, south, east, north = to_degrees.transform_bounds(
            *box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)
        )
    except ProjError:
        return False
    # An answer that is not finite, or that crosses the 180th meridian, fails these comparisons.
    return bool(
        area.west <= west <= east <= area.east and area.south <= south <= north <= area.north
    )
