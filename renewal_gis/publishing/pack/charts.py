"""Each chart as a picture for a slide: from the same tables as the map, with its alternative text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from renewal_gis.publishing.pack.content import PackContent
from renewal_gis.publishing.pack.labelling import Label, on_sheet, write_labels
from renewal_gis.publishing.pack.layout import dated
from renewal_gis.publishing.pack.paper import SOFT, Box, Sheet
from renewal_gis.publishing.pack.text import number, percent, printable
from renewal_gis.publishing.pack.themes import spoken_unit, theme_of
from renewal_gis.publishing.pack.typeface import drawable
from renewal_gis.publishing.pack.words import label, say
from renewal_gis.publishing.palette import SECTOR_COLOURS
from renewal_gis.schema.codes import SECTORS

__all__ = ["Drawn", "charts", "site_chart"]

_WIDE, _HIGH = 254.0, 143.0  # a slide of 16:9
_HATCH = {"corridor": "", "south": "////", "other": "...."}
_MARK = {"corridor": "o", "south": "^", "other": "s"}


class Drawn(NamedTuple):
    """A chart, its name, and what it shows, for those who do not see it."""

    name: str
    sheet: Sheet
    alt: str


def charts(content: PackContent) -> Iterator[Drawn]:
    """Draw the charts of the territory, those whose tables are there."""
    makers: dict[str, Callable[[PackContent], tuple[Sheet, str] | None]] = {
        "medians": _medians,
        "distribution": _distribution,
        "scores": _scores,
        "two_axes": _two_axes,
        "programme": _programme,
    }
    for name, maker in makers.items():
        made = maker(content)
        if made is not None:
            yield Drawn(name, *made)


def site_chart(content: PackContent, site: str) -> tuple[Sheet, str] | None:
    """Draw a site's walks against those of all dwellings; None without a comparison.

    The bars are the dwellings of the whole territory: sectors are put together by their dwellings
    from `distribution`, never by averaging percentiles.
    """
    language, sites = content.language, content.map.sites
    assert sites is not None
    rows: list[tuple[str, tuple[Any, Any], Any]] = []
    for measure in content.map.measures:
        if not measure.key.startswith("walk_min:") or measure.key not in sites.columns:
            continue
        spread = _spread(content.map.distribution, measure.key) if len(rows) < 10 else None
        if spread is not None:
            name = (measure.fr if language == "fr" else measure.en).replace("\u00a0", " ")
            rows.append(
                (drawable(printable(name.partition(":")[0])), spread, sites.at[site, measure.key])
            )
    if not rows:
        return None
    sheet = Sheet.blank(174, 23 + 6.2 * len(rows))
    name = f"{printable(site, longest=16)} {printable(sites.at[site, 'name'], longest=200)}".strip()
    title = f"{name} – {say('chart.site', language)}"
    sheet.paragraph(2, 0, 170, title, size=8.5, weight="bold", most=1)
    sheet.write(2, sheet.height - 1.5, _foot(content), size=5.4, color=SOFT)
    axes = sheet.axes(Box(44, 8, 126, 6.2 * len(rows)))
    edges, told = rows[0][1][0], []
    top = float(edges[-2]) * 1.25
    for place, (name, (limits, shares), value) in enumerate(rows):
        _strip(axes, place, limits, shares, top, mark=value)
        if pd.notna(value):
            inside = float(value) <= top
            # Beyond the scale, an arrow at its end.
            axes.plot(
                [float(value) if inside else top * 0.995], [place], "D" if inside else ">", color="#b3261e",
                ms=5 if inside else 6.5, mec="white", mew=0.7, zorder=4, clip_on=False,
            )  # fmt: skip
        told.append(f"{name} {number(value, language)}")
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, top)
    axes.set_xlabel(
        f"{say('chart.minutes', language)} · {say('chart.shareDwellings', language)} (%)"
    )
    _plain(axes)
    spoken, foot = say("chart.thisSite", language), sheet.height - 1.5
    sheet.write(170, foot, spoken, size=7, ha="right")
    mark = 168 - sheet.width_mm(spoken, size=7)
    sheet.ink.plot([mark], [foot - 0.8], "D", color="#b3261e", ms=5, mec="white", mew=0.7)
    alt = f"{say('chart.site', language)}. {say('chart.thisSite', language).capitalize()} – "
    return sheet, alt + f"{', '.join(told)} {spoken_unit('min', language)}."


def _spread(table: pd.DataFrame | None, measure: str) -> tuple[Any, Any] | None:
    """Return the classes of a measure and the share of all dwellings in each."""
    if table is None:
        return None
    own = (table["measure"] == measure).to_numpy()
    dwellings = table["dwellings"].to_numpy(dtype=float)[own]
    if not dwellings.sum():
        return None
    upper, of = np.unique(table["to_value"].to_numpy(dtype=float)[own], return_inverse=True)
    shares = np.bincount(of, weights=dwellings, minlength=len(upper)) / dwellings.sum()
    return np.array([0.0, *upper]), shares


def _strip(axes: Any, place: int, limits: Any, shares: Any, top: float, *, mark: Any) -> None:
    """Draw the dwellings of the territory as a strip: the darker a class, the more dwellings in it.

    A share stands at the left of its class, or at the right where the mark of the site would hide it.
    """
    ends = np.minimum(limits[1:], top)
    axes.broken_barh(
        list(zip(limits[:-1], ends - limits[:-1], strict=True)), (place - 0.36, 0.72), ec="white", lw=0.5,
        fc=[f"{0.95 - 0.5 * float(share):.3f}" for share in shares],
    )  # fmt: skip
    for low, end, share in zip(limits, ends, shares, strict=False):
        hidden = pd.notna(mark) and -0.015 < (float(mark) - low) / top < 0.055
        axes.text(
            end - 0.01 * top if hidden else low + 0.01 * top, place, f"{100 * share:.0f}",
            fontsize=5.6, color="#1b1f24", ha="right" if hidden else "left", va="center_baseline",
        )  # fmt: skip


def _slide(content: PackContent, title: str) -> tuple[Sheet, Box]:
    """Return a slide with its title and its foot, and the room left for the chart."""
    sheet = Sheet.blank(_WIDE, _HIGH, grown=1.3)
    y = sheet.paragraph(8, 5, _WIDE - 16, title, size=12, weight="bold", most=2)
    sheet.write(8, _HIGH - 4, _foot(content), size=6, color=SOFT)
    return sheet, Box(16, y + 8, _WIDE - 26, _HIGH - y - 30)


def _foot(content: PackContent) -> str:
    """Say what a chart rests on: dates, run, nature of the data."""
    kinds = [kind for kind in ("synthetic", "schematic") if kind in content.map.notices.values()]
    parts = [dated(content), ", ".join(say(f"chart.{kind}", content.language) for kind in kinds)]
    return printable(" · ".join(part for part in parts if part))


def _medians(content: PackContent) -> tuple[Sheet, str] | None:
    """Draw where the middle of the dwellings of each sector stands, measure by measure."""
    language, table = content.language, content.map.comparison
    keys = [m for m in content.map.measures if m.unit == "min" and m.key.startswith("walk_min:")][
        :8
    ]
    if table is None or not keys:
        return None
    sheet, room = _slide(content, say("chart.medians", language))
    axes = sheet.axes(Box(room.x + 46, room.y, room.w - 46, room.h))
    sectors = [name for name in SECTORS if (table["sector"] == name).any()]
    told = []
    for place, measure in enumerate(keys):
        for number_, sector in enumerate(sectors):
            held = table[(table["measure"] == measure.key) & (table["sector"] == sector)]
            if held.empty:
                continue
            row, at = held.iloc[0], place + (number_ - (len(sectors) - 1) / 2) * 0.24
            colour = SECTOR_COLOURS[sector]
            axes.plot([row["p10"], row["p90"]], [at, at], color=colour, lw=1)
            axes.plot(
                [row["p25"], row["p75"]], [at, at], color=colour, lw=4.5, solid_capstyle="butt"
            )
            axes.plot(
                [row["p50"]],
                [at],
                _MARK[sector],
                color="white",
                mec=colour,
                ms=6,
                mew=1.4,
                zorder=3,
            )
            if place == 0:
                axes.plot([], [], _MARK[sector], color="white", mec=colour, mew=1.4, ms=6,
                          label=label(SECTORS, sector, language))  # fmt: skip
            told.append(f"{_short(measure, language)}, {label(SECTORS, sector, language)}"
                        f" {number(row['p50'], language, decimals=1)}")  # fmt: skip
    axes.set_yticks(range(len(keys)), [_short(measure, language) for measure in keys])
    axes.set_ylim(len(keys) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(
        f"{say('chart.minutes', language)} · {say('chart.middle', language)}", fontsize=10.5
    )
    _plain(axes, size=10.5)
    axes.legend(frameon=False, fontsize=11, loc="lower right")
    return (
        sheet,
        f"{say('chart.medians', language)} ({spoken_unit('min', language)}). {'; '.join(told)}.",
    )


def _distribution(content: PackContent) -> tuple[Sheet, str] | None:
    """Draw the share of dwellings in each class of the first measure, sector beside sector."""
    language, table = content.language, content.map.distribution
    if table is None or not content.map.measures:
        return None
    measure = content.map.measures[0]
    theme = theme_of(measure, language)
    title = say(
        "chart.distribution", language, measure=measure.fr if language == "fr" else measure.en
    )
    sheet, room = _slide(content, title)
    axes = sheet.axes(Box(room.x + 4, room.y, room.w - 4, room.h))
    sectors = [name for name in SECTORS if (table["sector"] == name).any()]
    told = []
    for place, sector in enumerate(sectors):
        shares = np.array(theme.shares(table, sector))
        if np.isnan(shares).any():
            continue
        at = np.arange(len(shares)) + (place - (len(sectors) - 1) / 2) * 0.27
        axes.bar(
            at, 100 * shares, width=0.25, color=SECTOR_COLOURS[sector], ec="white",
            hatch=_HATCH[sector], label=label(SECTORS, sector, language),
        )  # fmt: skip
        for x, share in zip(at, shares, strict=True):
            axes.text(x, 100 * share + 0.8, f"{100 * share:.0f}", ha="center", fontsize=9.5)
        parts = [
            f"{text} {percent(share, language, decimals=0)}"
            for text, share in zip(theme.labels, shares, strict=True)
        ]
        told.append(f"{label(SECTORS, sector, language)} – {', '.join(parts)}")
    unit = spoken_unit(measure.unit, language)
    axes.set_xticks(range(len(theme.labels)), theme.labels)
    axes.set_xlabel(unit)
    axes.set_ylabel(f"{say('chart.shareDwellings', language)} (%)")
    _plain(axes, size=10.5)
    axes.legend(frameon=False, fontsize=11)
    return sheet, f"{title}. {'; '.join(told)}."


def _scores(content: PackContent) -> tuple[Sheet, str] | None:
    """Draw the sites' scores, best first, intervals where a measure is missing."""
    language, sites = content.language, content.map.sites
    if sites is None or "score" not in sites.columns:
        return None
    held = pd.DataFrame(sites.drop(columns=sites.geometry.name))
    held["middle"] = held["score"].fillna((held["score_low"] + held["score_high"]) / 2)
    held = held.sort_values("middle", ascending=False, kind="stable").head(40)
    sheet, room = _slide(content, say("chart.scores", language))
    axes = sheet.axes(Box(room.x + 4, room.y, room.w - 4, room.h))
    told = []
    for place, (site, row) in enumerate(held.iterrows()):
        sector = str(row["sector"])
        colour = SECTOR_COLOURS.get(sector, "#7d7a72")
        axes.bar(
            place, row["score"], width=0.78, color=colour, ec="white", hatch=_HATCH.get(sector, "")
        )
        axes.plot([place, place], [row["score_low"], row["score_high"]], color="#1b1f24", lw=0.9)
        if str(row.get("veto", "")):
            axes.plot([place], [3.5], "x", color="white", ms=6, mew=1.6)
        told.append(f"{printable(site, longest=16)} {number(row['score'], language, decimals=1)}")
    for sector in SECTORS:
        if (held["sector"] == sector).any():
            axes.bar([0], [0], color=SECTOR_COLOURS[sector], hatch=_HATCH[sector], ec="white",
                     label=label(SECTORS, sector, language))  # fmt: skip
    axes.plot([], [], "x", color="#1b1f24", mew=1.6, label=say("legend.veto", language))
    names = [drawable(printable(site, longest=16)) for site in held.index]
    axes.set_xticks(range(len(held)), names, rotation=90 if len(held) > 12 else 0)
    axes.set_ylabel(say("chart.score", language))
    axes.set_ylim(0, 100)
    axes.set_xlim(-0.7, max(len(held) - 0.3, 1))
    _plain(axes, size=10.5)
    axes.legend(frameon=False, fontsize=11)
    return sheet, f"{say('chart.scores', language)}. {', '.join(told)}."


def _two_axes(content: PackContent) -> tuple[Sheet, str] | None:
    """Draw access against constraint: the best served land may be the most constrained."""
    language, sites = content.language, content.map.sites
    if sites is None or content.axes is None:
        return None
    axes_of = content.axes.reindex(sites.index)
    sheet, room = _slide(content, say("chart.axes", language))
    place = Box(room.x + 4, room.y, room.w - 4, room.h)
    axes, labels = sheet.axes(place), []
    told = []
    for site, row in sites.iterrows():
        x, y = axes_of.at[site, "access"], 100 * axes_of.at[site, "constraint"]
        if pd.isna(x) or pd.isna(y):
            continue
        sector = str(row["sector"])
        axes.plot([x], [y], _MARK.get(sector, "s"), color=SECTOR_COLOURS.get(sector, "#7d7a72"), ms=7,
                  mec="#1b1f24", mew=1.8 if str(row.get("veto", "")) else 0.4, alpha=0.9)  # fmt: skip
        labels.append(Label(text=printable(site, longest=16), x=x, y=y, size=7.0, away=1.6))
        told.append(
            f"{printable(site, longest=16)} {number(x, language, decimals=1)} / {number(y, language)} %"
        )
    for sector in SECTORS:
        if (sites["sector"] == sector).any():
            axes.plot([], [], _MARK[sector], color=SECTOR_COLOURS[sector], ms=7, mec="#1b1f24", mew=0.4,
                      label=label(SECTORS, sector, language))  # fmt: skip
    axes.plot(
        [], [], "o", color="white", ms=7, mec="#1b1f24", mew=1.8, label=say("legend.veto", language)
    )
    axes.set_xlabel(say("chart.score", language))
    axes.set_ylabel(f"{say('chart.constrained', language)} (%)")
    axes.set_xlim(0, 102)
    axes.set_ylim(-6, 108)
    spots = [on_sheet(axes, place, one.x, one.y) for one in labels]
    marks = [Box(x - 1.3, y - 1.3, 2.6, 2.6) for x, y in spots]
    write_labels(sheet, axes, place, labels, taken=marks)
    _plain(axes, size=10.5)
    axes.legend(frameon=False, fontsize=11, loc="upper left")
    return sheet, f"{say('chart.axes', language)}. {', '.join(told)}."


def _programme(content: PackContent) -> tuple[Sheet, str] | None:
    """Draw dwellings demolished and rebuilt, convention by convention."""
    language = content.language
    held = next((one.frame for one in content.tables if one.name == "programme"), None)
    if held is None or not {"demolished", "rebuilt"} <= set(held.columns):
        return None
    rows = held.drop(index="total", errors="ignore")
    title = say("chart.programme", language)
    sheet, room = _slide(content, title)
    axes = sheet.axes(Box(room.x + 4, room.y, room.w - 4, room.h))
    for place, (name, colour, hatch) in enumerate(
        (("demolished", "#c0392b", "////"), ("rebuilt", "#1f8f7d", ""))
    ):
        at = np.arange(len(rows)) + (place - 0.5) * 0.38
        values = rows[name].astype(float)
        axes.bar(
            at,
            values,
            width=0.36,
            color=colour,
            hatch=hatch,
            ec="white",
            label=say(f"chart.{name}", language),
        )
        for x, value in zip(at, values, strict=True):
            axes.text(x, value, number(value, language), ha="center", va="bottom", fontsize=10.5)
    axes.set_xticks(
        range(len(rows)), [drawable(printable(name, longest=30)) for name in rows.index]
    )
    axes.set_ylabel(say("chart.dwellings", language))
    _plain(axes, size=10.5)
    axes.legend(frameon=False, fontsize=11)
    told = [
        f"{printable(name, longest=80)} {number(row['demolished'], language)}"
        f" / {number(row['rebuilt'], language)}"
        for name, row in held.iterrows()
    ]
    return sheet, f"{title}. {'; '.join(told)}."


def _short(measure: Any, language: str) -> str:
    name = measure.fr if language == "fr" else measure.en
    return drawable(printable(name.replace("\u00a0", " ").partition(":")[0]))


def _plain(axes: Any, *, size: float = 7.0) -> None:
    axes.xaxis.label.set_size(size)
    axes.yaxis.label.set_size(size)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=2.5, width=0.5, labelsize=size)
    axes.grid(visible=True, axis="x" if axes.yaxis_inverted() else "y", color="#e3e5e7", lw=0.5)
    axes.set_axisbelow(True)
