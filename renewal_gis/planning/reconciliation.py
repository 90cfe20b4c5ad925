"""Whether the totals of a ledger agree: between its cuts, and with the tables that count the same."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from renewal_gis.errors import DataError, UsageError
from renewal_gis.planning.ledger import (
    CUTS,
    MOVEMENTS,
    counts,
    ledger_entries,
    ledger_totals,
    listed,
    programme_totals,
)

__all__ = ["reconcile", "reconciliation"]


def reconciliation(
    operations: pd.DataFrame,
    *,
    milestones: pd.DataFrame | None = None,
    perimeters: pd.DataFrame | None = None,
    sites: pd.DataFrame | None = None,
    stock: pd.DataFrame | None = None,
    published: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Compare the totals of every cut, and of every other table that counts the same dwellings.

    Parameters
    ----------
    operations, milestones
        The ledger.
    perimeters
        The project and convention its perimeters belong to must be those the rows state.
    sites
        The commune of a row's site must be the row's.
    stock
        Dwellings of the buildings to demolish, by perimeter, must be those the rows demolish.
    published
        Totals known from elsewhere: `demolished`, `of_which_mining`, `rebuilt`.

    Returns
    -------
    DataFrame
        One row per comparison: `cut`, `key`, `movement`, `total`, `expected`, `difference`,
        `agrees`, `operations` (the rows that make them differ; empty when they agree).
    """
    entries = ledger_entries(operations, milestones)
    rows = [row for cut in CUTS for row in _cut_rows(operations, entries, cut)]
    for table, column, cuts in (
        (perimeters, "perimeter", ("project", "convention")),
        (sites, "site", ("commune",)),
    ):
        if table is not None:
            rows += [row for cut in cuts for row in _through(entries, table, column, cut)]
    if stock is not None:
        rows += _stock_rows(entries, stock)
    if published is not None:
        rows += _published_rows(operations, published)
    frame = pd.DataFrame(
        rows, columns=["cut", "key", "movement", "total", "expected", "operations"]
    )
    frame["difference"] = frame["total"] - frame["expected"]
    # Two faults of opposite sign leave a total right and its rows wrong.
    frame["agrees"] = (frame["difference"] == 0) & (frame["operations"] == "")
    return frame[[*frame.columns[:5], "difference", "agrees", "operations"]]


def reconcile(operations: pd.DataFrame, **tables: object) -> pd.DataFrame:
    """Return the reconciliation, or stop when two totals do not agree.

    Takes what `reconciliation` takes.

    Raises
    ------
    DataError
        Names each cut whose total differs, by how much, and the rows behind it.
    """
    compared = reconciliation(operations, **tables)  # type: ignore[arg-type]
    wrong = compared[~compared["agrees"]]
    if len(wrong):
        # One row at fault shows in every cut it stands in: said once, with the cuts it spoils.
        same = wrong.groupby(["key", "movement", "total", "expected", "operations"], sort=False)
        lines = [
            f"  by {', '.join(dict.fromkeys(cuts))}{f' ({key})' if key else ''}: {total} {movement}, "
            f"{expected} expected{f' ({rows})' if rows else ''}"
            for (key, movement, total, expected, rows), cuts in same["cut"]
        ]
        raise DataError(
            "operations: the totals do not agree. Correct these rows, or the table they are "
            "compared with:\n" + "\n".join(lines)
        )
    return compared


def _cut_rows(operations: pd.DataFrame, entries: pd.DataFrame, cut: str) -> list[dict[str, object]]:
    whole = counts(operations, "dwellings")
    rows: list[dict[str, object]] = []
    totals = ledger_totals(entries, by=cut)
    for family, movement in MOVEMENTS.items():
        own = whole[operations["family"] == family]
        held = entries[entries["movement"] == movement]
        sums = held.groupby("operation")["dwellings"].sum().reindex(own.index.astype(str)).fillna(0)
        wrong = own.index[sums.to_numpy() != own.to_numpy()]
        rows.append(
            {
                "cut": cut,
                "key": "",
                "movement": movement,
                "total": int(totals[movement].sum()),
                "expected": int(own.sum()),
                "operations": ", ".join(map(str, wrong)),
            }
        )
    return rows


def _through(
    entries: pd.DataFrame, table: pd.DataFrame, column: str, cut: str
) -> list[dict[str, object]]:
    """Compare a cut as the rows state it with the same cut read through another table."""
    if cut not in table.columns:
        return []
    known = entries[entries[column].isin(table.index)]
    told = known[column].map(table[cut])
    known = known[told.notna().to_numpy()]
    told = known[column].map(table[cut]).astype(str)
    other = known["operation"].where(told != known[cut], "")
    rows: list[dict[str, object]] = []
    for movement in MOVEMENTS.values():
        mine = known["movement"] == movement
        for key in sorted({*told[mine], *known.loc[mine, cut]}):
            at = mine & ((told == key) | (known[cut] == key))
            rows.append(
                {
                    "cut": f"{cut} of the {column}",
                    "key": key,
                    "movement": movement,
                    "total": int(known.loc[mine & (told == key), "dwellings"].sum()),
                    "expected": int(known.loc[mine & (known[cut] == key), "dwellings"].sum()),
                    "operations": listed(other[at & (other != "")]),
                }
            )
    return rows


def _stock_rows(entries: pd.DataFrame, stock: pd.DataFrame) -> list[dict[str, object]]:
    if not {"fate", "perimeter"} <= set(stock.columns):
        return []
    going = stock[(stock["fate"] == "demolish").fillna(False).astype(bool)]
    counted = counts(going, "dwellings").groupby(going["perimeter"].fillna("").astype(str)).sum()
    stated = entries[entries["movement"] == "demolished"].groupby("perimeter")
    sums, rows = stated["dwellings"].sum(), stated["operation"].agg(listed)
    return [
        {
            "cut": "buildings of the perimeter",
            "key": key,
            "movement": "demolished",
            "total": int(counted.get(key, 0)),
            "expected": int(sums.get(key, 0)),
            "operations": str(rows.get(key, "")) if counted.get(key, 0) != sums.get(key, 0) else "",
        }
        for key in sorted({*counted.index, *sums.index})
    ]


def _published_rows(
    operations: pd.DataFrame, published: Mapping[str, int]
) -> list[dict[str, object]]:
    totals = programme_totals(operations).loc["total"]
    unknown = [name for name in published if name not in totals.index[:4]]
    if unknown:
        raise UsageError(
            f"No published total called {', '.join(unknown)}. "
            f"There are: {', '.join(totals.index[:4])}."
        )
    return [
        {
            "cut": "published",
            "key": "",
            "movement": name,
            "total": int(totals[name]),
            "expected": int(value),
            "operations": "",
        }
        for name, value in published.items()
    ]
