"""The stops of a study, from a schedule: where vehicles call on a dated day, and how often."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.access.departures import departures
from renewal_gis.access.served_places import findings_of_rows, placed
from renewal_gis.access.timetables import require_service, window_s
from renewal_gis.schema import Finding, Schedule, require, table

__all__ = ["MODE_ORDER", "lines_of", "served_stops"]

LAYER = "stops"
# From the best to the last, as in the service levels of the Swiss norm SN 640 290: rail, then
# metro and tram, then bus; what must be ordered beforehand comes last.
MODE_ORDER = ("rail", "metro", "tram", "bus", "other", "on_demand")


def served_stops(
    schedule: Schedule,
    *,
    date: datetime.date,
    window: tuple[str, str],
    files: Sequence[str] = (),
) -> tuple[gpd.GeoDataFrame, tuple[Finding, ...]]:
    """Return the stops served on a day, as the declared table `stops`, and what was set aside.

    Parameters
    ----------
    schedule
        Every trip of the timetables.
    date
        The service day.
    window
        First and last time on the clock of `date`, such as `("07:00", "09:00")`; the last one is not
        included and may be beyond 24:00, for the day's own trips.
    files
        File of each feed, for the findings.

    Returns
    -------
    tuple
        The table `stops`, and findings. One row per stop, or per station when stops name one, that
        has a departure on the service day or in the window. `departures_day` counts the departures of
        the trips that run on `date` (after midnight too); `departures_h` those in the window, trips of
        the day before included, divided by its hours; `lines` the names riders know, in natural
        order. The mode is the best that calls; `on_demand` where every call must be ordered
        beforehand. Rows of the schedule = rows here + rows counted in the findings.

    Raises
    ------
    DataError
        When a feed has no service on `date`; the nearest days with service are named.
    CRSError
        When no served stop of a feed lies in the area of use of the study's system.
    UsageError
        When the window cannot be read.

    Examples
    --------
    With the town of `transit_network`'s example:

    >>> stops, findings = served_stops(bus, date=tuesday, window=("07:00", "09:00"))
    >>> stops[["departures_day", "departures_h", "lines"]].to_dict("index")["A"]
    {'departures_day': 2, 'departures_h': 1.0, 'lines': '7'}
    >>> stops.index.tolist(), [(one.code, one.count) for one in findings]
    (['A', 'B'], [('no-departure', 1)])
    """
    window_at = window_s(schedule, date, window)
    require_service(schedule, date, files=files)
    found = departures(schedule, date)
    counted = _counts(found, window_at)
    findings: list[Finding] = []
    stops = schedule.stops
    feed = stops["feed"].to_numpy(dtype=np.int64)
    kept = []
    for number in sorted(set(feed.tolist())):
        file = _file(files, number)
        of_feed = counted[feed[counted.index.to_numpy(dtype=np.int64)] == number]
        kept.append(placed(stops, of_feed.index, file=file, findings=findings))
        _note_the_rest(stops[feed == number], of_feed, feed == number, file, findings)
    points = pd.concat(kept)
    frame = gpd.GeoDataFrame(
        _declared(stops, counted.loc[points.index]), geometry=points.to_numpy(), crs=stops.crs
    )
    frame.index = pd.Index(
        stops.index[points.index.to_numpy(dtype=np.int64)], name=table(LAYER).index
    )
    require(frame, LAYER)
    return frame, tuple(findings)


def lines_of(found: pd.DataFrame) -> pd.Series:
    """Return the lines that call at each station, in natural order: `2, 10, T1`.

    Examples
    --------
    >>> found = pd.DataFrame({"station": [4, 4, 4], "line": pd.Categorical(["10", "2", "10"])})
    >>> lines_of(found).to_dict()
    {4: '2, 10'}
    """
    names = found["line"].cat.categories
    order = sorted(range(len(names)), key=lambda code: _natural(str(names[code])))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    pairs = pd.DataFrame(
        {"station": found["station"].to_numpy(), "rank": rank[found["line"].cat.codes.to_numpy()]}
    ).drop_duplicates()
    pairs = pairs.sort_values(["station", "rank"])
    told = pd.Series([str(names[order[place]]) for place in pairs["rank"]], index=pairs.index)
    return told.groupby(pairs["station"]).agg(", ".join)


def _counts(found: pd.DataFrame, window_at: tuple[int, int]) -> pd.DataFrame:
    """Add up the departures of each station or stop; those of the day before count in the window alone."""
    time = found["time_s"].to_numpy()
    modes = list(found["mode"].cat.categories)
    rank_of = np.array([MODE_ORDER.index(mode) for mode in modes])
    rank = np.where(
        found["on_demand"],
        MODE_ORDER.index("on_demand"),
        rank_of[found["mode"].cat.codes.to_numpy()],
    )
    held = found.assign(
        rank=rank,
        day=found["service_day"].to_numpy() == 0,
        window=(time >= window_at[0]) & (time < window_at[1]),
    )
    held = held[held["day"] | held["window"]]
    of_station = held.groupby("station", sort=True)
    result = of_station.agg(departures_day=("day", "sum"), window=("window", "sum"))
    result["departures_h"] = result.pop("window") / ((window_at[1] - window_at[0]) / 3600)
    result["mode"] = [MODE_ORDER[best] for best in of_station["rank"].min()]
    result["lines"] = lines_of(held)
    return result


def _declared(stops: gpd.GeoDataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the table `stops`, in the types of their declaration."""
    place = counted.index.to_numpy(dtype=np.int64)
    text = pd.Series(["a"]).dtype
    return pd.DataFrame(
        {
            "name": pd.Series(stops["name"].to_numpy()[place].tolist(), dtype=text),
            "mode": pd.Series(counted["mode"].tolist(), dtype=text),
            "departures_day": counted["departures_day"].to_numpy(dtype=np.int64),
            "departures_h": counted["departures_h"].to_numpy(dtype=np.float64),
            "lines": pd.Series(counted["lines"].tolist(), dtype=text),
        }
    )


def _note_the_rest(
    stops: gpd.GeoDataFrame,
    served: pd.DataFrame,
    members: npt.NDArray[np.bool_],
    file: str,
    findings: list[Finding],
) -> None:
    """Count the rows of a feed's stops that do not appear by themselves in the table."""
    place = np.flatnonzero(members)
    alone = stops["station"].to_numpy(dtype=np.int64) == place
    boarded = stops["kind"].isin(["stop", "station"]).to_numpy(dtype=bool)
    idle = alone & boarded & ~np.isin(place, served.index.to_numpy(dtype=np.int64))
    for code, count, what in (
        ("grouped", (~alone & boarded).sum(), "platforms are counted at the station they name"),
        (
            "no-departure",
            idle.sum(),
            "stops or stations have no departure on the day and were set aside",
        ),
        ("not-a-stop", (~boarded).sum(), "rows are entrances or path nodes and were set aside"),
    ):
        message = f"stops.txt: {count} of {len(stops)} {what}."
        if count:
            findings += findings_of_rows([], "note", code, message, file=file, count=int(count))


def _file(files: Sequence[str], feed: int) -> str:
    return files[feed] if feed < len(files) else ""


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a sorting key where line 2 comes before line 10."""
    key: list[tuple[int, int, str]] = []
    digits = ""
    for sign in f"{name} ":
        if sign.isdecimal():
            digits += sign
            continue
        if digits:
            key.append((0, int(digits), digits))
            digits = ""
        key.append((1, 0, sign))
    return key
