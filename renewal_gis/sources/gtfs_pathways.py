"""Ways inside stations: `pathways.txt` as walking times."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from renewal_gis.assumptions import assumption
from renewal_gis.sources.gtfs_account import Account
from renewal_gis.sources.gtfs_files import Feed
from renewal_gis.sources.gtfs_places import Places
from renewal_gis.sources.gtfs_rows import Rows, read_rows

__all__ = ["PATHWAY_COLUMNS", "read_pathways"]

_FILE = "pathways.txt"
_COLUMNS = {
    "from_stop_id": True, "to_stop_id": True, "is_bidirectional": False, "traversal_time": False,
    "length": False, "stair_count": False,
}  # fmt: skip
PATHWAY_COLUMNS = ("from_stop", "to_stop", "walk_s")

Numbers = npt.NDArray[np.float64]


def read_pathways(feed: Feed, *, places: Places, account: Account) -> pd.DataFrame:
    """Read `pathways.txt`, when there is one.

    Returns
    -------
    pandas.DataFrame
        from_stop, to_stop, walk_s. A way open both ways is two rows. The time is that of the
        timetable; else the length at the assumed walking speed and the steps at the assumed pace; else
        the assumed time of a way of which nothing is said.

    Raises
    ------
    LayerReadError
        When the file is damaged or lacks a column.
    """
    rows = read_rows(feed, _FILE, _COLUMNS, account)
    stop = {name: rows[name].places(places.ids) for name in ("from_stop_id", "to_stop_id")}
    kept = np.ones(len(rows), dtype=bool)
    for name, place in stop.items():
        lost = np.flatnonzero(kept & (place < 0))
        what = f"the {name} is not in stops.txt"
        account.leave_out_by_value(
            _FILE, "undefined", rows.lines[lost], rows[name].all_at(lost), what
        )
        kept[lost] = False
    walk = _walk_s(rows, kept, account)[kept]
    table = pd.DataFrame(
        {
            "from_stop": stop["from_stop_id"][kept],
            "to_stop": stop["to_stop_id"][kept],
            "walk_s": walk,
        }
    )
    both = rows["is_bidirectional"].is_in(("1",))[kept]
    back = table[both].rename(columns={"from_stop": "to_stop", "to_stop": "from_stop"})
    return pd.concat([table, back[list(PATHWAY_COLUMNS)]], ignore_index=True)


def _walk_s(rows: Rows, kept: npt.NDArray[np.bool_], account: Account) -> Numbers:
    told, length, steps = (
        np.asarray(rows[name].numbers(_positive), dtype=np.float64)
        for name in ("traversal_time", "length", "stair_count")
    )
    speed = assumption("walk_speed").value / 3.6
    reckoned = np.nan_to_num(length) / speed
    reckoned += np.abs(np.nan_to_num(steps)) * assumption("station_step").value
    silent = ~(told > 0) & ~(length > 0) & ~(np.abs(steps) > 0)
    default = assumption("station_way").value
    reason = f"it tells no time, length or steps; {default:g} s are reckoned"
    account.remark(_FILE, "silent-pathway", rows.lines[kept & silent], reason)
    return np.where(told > 0, told, np.where(silent, default, np.round(reckoned, 3)))


def _positive(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return np.nan
    return value if abs(value) < 1e6 else np.nan
