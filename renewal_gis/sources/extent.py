"""The extent of a study: lines that touch its area and the margin around it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import geopandas as gpd
import shapely

from renewal_gis.errors import UsageError
from renewal_gis.schema import Finding

__all__ = ["Extent", "extent"]


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Where lines are wanted.

    Parameters
    ----------
    shape
        The area of the study with its margin, in the study's system.
    margin_m
        The margin, in metres.
    """

    shape: shapely.Geometry
    margin_m: float

    @property
    def key(self) -> str:
        """A text that is equal for equal extents."""
        outline = shapely.to_wkb(shapely.normalize(self.shape), hex=True, byte_order=1)
        return f"{self.margin_m!r} {outline}"

    def within(
        self, frame: gpd.GeoDataFrame, *, table: str, file: str
    ) -> tuple[gpd.GeoDataFrame, list[Finding]]:
        """Keep the rows that touch the area and its margin, whole; count the others.

        Returns
        -------
        tuple
            The rows, and a note with the number left out, or a fault when none is left.
        """
        shapely.prepare(self.shape)
        touched = shapely.intersects(self.shape, frame.geometry.to_numpy())
        aside = int((~touched).sum())
        if aside == 0:
            return frame, []
        around = f"the study area and its margin of {self.margin_m:g} m"
        told = Finding(
            layer=table,
            severity="note",
            code="beyond-margin",
            message=f"{aside} of {len(frame)} lines do not touch {around}; they were left out.",
            file=file,
            count=aside,
        )
        if not touched.any():
            message = (
                f"None of the {aside} lines touches {around}. Take a file that covers the study, "
                "or check the crs of both."
            )
            told = replace(told, severity="error", code="outside-area", message=message)
        return frame[touched], [told]


def extent(area: shapely.Geometry | None, margin_m: float) -> Extent | None:
    """Return the extent of a study, None without an area.

    Raises
    ------
    UsageError
        When the area is no valid polygon, or the margin is no length.

    Examples
    --------
    >>> extent(shapely.box(0, 0, 10, 10), 5).shape.bounds
    (-5.0, -5.0, 15.0, 15.0)
    """
    if not math.isfinite(margin_m) or margin_m < 0:
        raise UsageError(f"margin_m = {margin_m:g} is not a length in metres. Give 0 or more.")
    if area is None:
        return None
    fault = ""
    if not isinstance(area, shapely.Polygon | shapely.MultiPolygon):
        fault = f"a {type(area).__name__}"
    elif area.is_empty:
        fault = "empty"
    elif not area.is_valid:
        fault = f"invalid ({shapely.is_valid_reason(area)})"
    if fault:
        raise UsageError(f"area is {fault}. Give a polygon in the study's system.")
    return Extent(shape=shapely.buffer(area, margin_m) if margin_m else area, margin_m=margin_m)
