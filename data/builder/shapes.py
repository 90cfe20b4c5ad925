"""Small geometry: smooth lines, blobs, oriented rectangles."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import LineString, Polygon

__all__ = ["blob", "oriented", "oriented_axes", "polygons", "round_to", "smooth"]

Array = np.ndarray


def smooth(points: list[tuple[float, float]], step: float = 60.0) -> LineString:
    """Return a centripetal-looking Catmull-Rom line through the points."""
    known = np.asarray(points, dtype=float)
    if len(known) == 2:
        return LineString(known)
    closed = bool(np.allclose(known[0], known[-1]))
    before = known[-2] if closed else 2 * known[0] - known[1]
    after = known[1] if closed else 2 * known[-1] - known[-2]
    padded = np.vstack([before, known, after])
    pieces = []
    for index in range(len(known) - 1):
        p0, p1, p2, p3 = padded[index : index + 4]
        span = float(np.hypot(*(p2 - p1)))
        # Tangents are scaled to the span, so a short span beside a long one does not overshoot.
        m1 = (p2 - p0) / max(float(np.hypot(*(p2 - p0))), 1.0) * span * 0.8
        m2 = (p3 - p1) / max(float(np.hypot(*(p3 - p1))), 1.0) * span * 0.8
        t = np.linspace(0.0, 1.0, max(2, int(span / step) + 1))[:-1, None]
        a, b = 2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t
        c, d = -2 * t**3 + 3 * t**2, t**3 - t**2
        pieces.append(a * p1 + b * m1 + c * p2 + d * m2)
    pieces.append(known[-1:])
    return LineString(np.vstack(pieces))


def blob(
    centre: tuple[float, float],
    rx: float,
    ry: float,
    degrees: float,
    rng: np.random.Generator,
    roughness: float = 0.13,
) -> Polygon:
    """Return a smooth irregular patch: an ellipse bent by a few harmonics."""
    t = np.linspace(0.0, 2 * math.pi, 49)[:-1]
    factor = np.ones_like(t)
    for order in (2, 3, 4, 5):
        factor += roughness / order * 2 * rng.normal() * np.cos(order * t + rng.uniform(0, 6.3))
    factor = np.clip(factor, 0.55, 1.5)
    x, y = rx * factor * np.cos(t), ry * factor * np.sin(t)
    a = math.radians(degrees)
    xy = np.column_stack(
        [
            centre[0] + x * math.cos(a) - y * math.sin(a),
            centre[1] + x * math.sin(a) + y * math.cos(a),
        ]
    )
    return Polygon(xy).buffer(0)


def oriented(centre: tuple[float, float], degrees: float, length: float, width: float) -> Polygon:
    """Return a rectangle whose long side makes this angle with the east."""
    a = math.radians(degrees)
    along = np.array([math.cos(a), math.sin(a)]) * length / 2
    across = np.array([-math.sin(a), math.cos(a)]) * width / 2
    c = np.asarray(centre)
    return Polygon([c - along - across, c + along - across, c + along + across, c - along + across])


def oriented_axes(shape: Polygon) -> tuple[Array, Array, float, float, Array]:
    """Return the long and short unit axes of the shape's box, its length, width and centre."""
    box = shapely.oriented_envelope(shape)
    if not isinstance(box, Polygon):
        return np.array([1.0, 0.0]), np.array([0.0, 1.0]), shape.length / 2, 0.0, np.zeros(2)
    corners = np.asarray(box.exterior.coords)
    first, second = corners[1] - corners[0], corners[2] - corners[1]
    if np.hypot(*first) < np.hypot(*second):
        first, second = second, first
    length, width = float(np.hypot(*first)), float(np.hypot(*second))
    centre = corners[:4].mean(axis=0)
    return first / max(length, 1e-9), second / max(width, 1e-9), length, width, centre


def polygons(shape: object) -> list[Polygon]:
    """Return the polygons of any geometry."""
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]


def round_to(shapes: Array, grid: float = 0.1) -> Array:
    """Round coordinates to the grid, keeping polygons valid; the values print short."""
    digits = max(0, round(-math.log10(grid)))
    return shapely.transform(shapes, lambda xy: np.round(xy, digits))
