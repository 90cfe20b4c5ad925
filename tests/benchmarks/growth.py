"""The growth of seconds with origins, drawn: both axes logarithmic, a dashed line for linear growth."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from pathlib import Path

__all__ = ["draw"]

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "growth.svg"
_WIDE, _HIGH, _LEFT, _BOTTOM, _DECADE = 560, 360, 70, 50, 200
_TICKS = (10_000, 100_000, 1_000_000)


def draw(seconds: Mapping[int, float], path: Path = PICTURE) -> None:
    """Write the plot of seconds by number of origins as SVG."""
    points = [_at(origins, spent) for origins, spent in sorted(seconds.items())]
    last = max(seconds)
    linear = [_at(origins, seconds[last] * origins / last) for origins in (min(seconds), last)]
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{_HIGH}" role="img" '
            'font-family="sans-serif" font-size="13">'
        ),
        "<title>Seconds by number of origins, both logarithmic; dashed: linear growth</title>",
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
        *(_tick_across(origins) for origins in _TICKS),
        *(_tick_up(spent) for spent in (0.01, 0.1, 1.0, 10.0)),
        f'<polyline points="{_text(linear)}" fill="none" stroke="#888" stroke-dasharray="5 4"/>',
        f'<polyline points="{_text(points)}" fill="none" stroke="#1f5a8a" stroke-width="2"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#1f5a8a"/>' for x, y in points),
        f'<text x="{_LEFT + _DECADE}" y="{_HIGH - 8}" text-anchor="middle">origins</text>',
        '<text x="8" y="18">wall seconds (dashed: linear)</text>',
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def _at(origins: float, seconds: float) -> tuple[float, float]:
    return _LEFT + (log10(origins) - 4) * _DECADE, _HIGH - _BOTTOM - (log10(seconds) + 2) * 90


def _text(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _tick_across(origins: int) -> str:
    x, _ = _at(origins, 0.01)
    label = f"{origins:_}".replace("_", " ")
    return (
        f'<line x1="{x}" x2="{x}" y1="40" y2="{_HIGH - _BOTTOM}" stroke="#ddd"/>'
        f'<text x="{x}" y="{_HIGH - _BOTTOM + 18}" text-anchor="middle">{label}</text>'
    )


def _tick_up(seconds: float) -> str:
    _, y = _at(10_000, seconds)
    return (
        f'<line x1="{_LEFT}" x2="{_LEFT + 2 * _DECADE}" y1="{y}" y2="{y}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{seconds:g}</text>'
    )
