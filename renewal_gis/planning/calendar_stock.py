"""Who can move where, and when: the stock balance by quarter and product, and the account of dwellings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.planning.calendar_links import dates_of
from renewal_gis.schema import Finding

__all__ = ["UNSTATED", "Account", "Balance", "dwelling_account", "stock_balance"]

UNSTATED = "unstated"
_PRODUCTS = ("plai", "plus", "pls", "intermediate", "free")
_HELD = (*_PRODUCTS, "mining")
_DEMOLITION, _PRODUCTION = "01", "02"


@dataclass(frozen=True, kw_only=True, eq=False)
class Balance:
    """The stock balance.

    Attributes
    ----------
    table
        Indexed by `quarter` (`2027-Q1`) and `product`: `vacated`, `delivered`, `to_rehouse` in the
        quarter; `balance`, what is left since the start; `verdict`: `pass`, `short`, or `cannot be
        evaluated` while households whose product is not stated wait for any dwelling. Households of no
        stated product stand under `unstated`, where the balance is missing.
    findings
        Rows left out, and why.
    """

    table: pd.DataFrame
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Account:
    """Dwellings before, demolished, delivered, after.

    Attributes
    ----------
    table
        Indexed by `commune` and `product`: `before`, `demolished`, `delivered`, `after`, whole
        numbers; before − demolished + delivered = after, in every row.
    findings
        Rows left out, and rows where more is demolished than stood.
    """

    table: pd.DataFrame
    findings: tuple[Finding, ...]


def stock_balance(
    operations: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    needs: pd.DataFrame | None = None,
    vacated: pd.DataFrame | None = None,
    dates: pd.Series | None = None,
) -> Balance:
    """Return, for each quarter and product, whether households to rehouse find a dwelling.

    Parameters
    ----------
    operations, milestones
        Tables `operations` and `milestones`.
    needs
        Households to rehouse, demolitions × products: counts only. Without, the dwellings of each
        demolition stand for its households, under the products it states and `unstated` for the rest.
    vacated
        Dwellings that fall vacant and are kept for rehousing: `quarter`, `product`, `dwellings`.
    dates
        Date of each milestone; by default the actual date, or what is planned now. Give the forecast of
        `calendar_dates` to see the balance that lateness leaves.

    Returns
    -------
    Balance
        vacated + delivered − to rehouse, added up from the first quarter on. Nothing is summed over
        products: a PLS left over rehouses nobody who needs a PLAI.

    Raises
    ------
    DataError
        When a product is unknown or a number negative.

    Examples
    --------
    >>> operations = pd.DataFrame({"family": ["01", "02"], "dwellings": [30, 20], "plai": [30, 20]},
    ...                           index=["D", "P"])
    >>> milestones = pd.DataFrame({"operation": ["D", "P"], "step": ["rehoused", "delivered"],
    ...                            "planned_now": ["2027-05-01", "2027-02-01"]})
    >>> stock_balance(operations, milestones).table["balance"].to_dict()
    {('2027-Q1', 'plai'): 20, ('2027-Q2', 'plai'): -10}
    """
    when = dates_of(milestones) if dates is None else pd.to_datetime(dates)
    findings: list[Finding] = []
    flows = [
        _dated(_split(operations, _PRODUCTION, findings), milestones, when, "delivered", findings),
        _dated(_wanted(operations, needs, findings), milestones, when, "rehoused", findings),
    ]
    frames = [
        _quarterly(flow, name)
        for flow, name in zip(flows, ("delivered", "to_rehouse"), strict=True)
    ]
    frames.append(_vacated(vacated))
    table = pd.concat(frames, axis=1).fillna(0)
    if not len(table):
        return Balance(table=_judged(table), findings=tuple(findings))
    return Balance(table=_judged(_every_quarter(table)), findings=tuple(findings))


def _split(operations: pd.DataFrame, family: str, findings: list[Finding]) -> pd.DataFrame:
    """Return dwellings by product of the operations of a family; what no product explains is unstated."""
    rows = operations[operations["family"] == family]
    total = _numbers(rows, "dwellings")
    parts = pd.DataFrame({name: _numbers(rows, name) for name in _HELD}, index=rows.index)
    stated = parts.sum(axis=1)
    findings.extend(
        Finding(
            layer="operations",
            severity="note",
            code="products-do-not-add-up",
            message=(
                f"The products add up to {stated[name]} dwellings, the row says {total[name]}. "
                "The products are counted; correct one of them."
            ),
            row=str(name),
            column="dwellings",
        )
        for name in rows.index[stated > total]
    )
    parts[UNSTATED] = (total - stated).clip(lower=0)
    return parts


def _numbers(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows.columns:
        return pd.Series(0, index=rows.index, dtype="int64")
    numbers = pd.to_numeric(rows[name]).fillna(0)
    if (numbers < 0).any() or (numbers != np.round(numbers)).any():
        wrong = rows.index[(numbers < 0) | (numbers != np.round(numbers))]
        raise DataError(
            f"operations: {name} is no count in {', '.join(map(str, wrong[:5]))}. "
            "Give whole numbers of 0 or more."
        )
    return numbers.astype("int64")


def _wanted(
    operations: pd.DataFrame, needs: pd.DataFrame | None, findings: list[Finding]
) -> pd.DataFrame:
    if needs is None:
        return _split(operations, _DEMOLITION, findings)
    unknown = [str(name) for name in needs.columns if name not in (*_HELD, UNSTATED)]
    if unknown:
        raise DataError(f"needs: unknown product {', '.join(unknown)}. Known: {', '.join(_HELD)}.")
    strangers = needs.index.difference(operations.index)
    if len(strangers):
        raise DataError(f"needs: no operation called {', '.join(map(str, strangers[:5]))}.")
    return pd.DataFrame({name: _numbers(needs, str(name)) for name in needs.columns})


def _dated(
    parts: pd.DataFrame,
    milestones: pd.DataFrame,
    when: pd.Series,
    step: str,
    findings: list[Finding],
) -> pd.DataFrame:
    """Return `date, operation, product, dwellings`; operations without a date are listed."""
    kept = milestones["step"] == step
    dates = pd.Series(when[kept].to_numpy(), index=milestones.loc[kept, "operation"].to_numpy())
    dates = dates.dropna()
    if dates.index.has_duplicates:
        twice = dates.index[dates.index.duplicated()][0]
        raise DataError(f"milestones: {twice} {step} stands twice. Keep one row.")
    undated = ~parts.index.isin(dates.index) & (parts.sum(axis=1) > 0).to_numpy()
    findings.extend(
        Finding(
            layer="milestones",
            severity="dropped",
            code="no-date",
            message=(
                f"{int(parts.loc[name].sum())} dwellings have no date for the step {step}, and "
                f"are not in the balance. Give {name} a milestone {step}."
            ),
            row=str(name),
            column="planned_now",
        )
        for name in parts.index[undated]
    )
    long = parts.loc[parts.index.isin(dates.index)].stack().rename("dwellings").reset_index()
    long.columns = pd.Index(["operation", "product", "dwellings"])
    long = long[long["dwellings"] > 0]
    return long.assign(date=pd.to_datetime(dates.reindex(long["operation"]).to_numpy()))


def _quarterly(flow: pd.DataFrame, name: str) -> pd.Series:
    quarter = flow["date"].dt.year.astype(str) + "-Q" + flow["date"].dt.quarter.astype(str)
    keys = [quarter.rename("quarter"), flow["product"]]
    return flow["dwellings"].groupby(keys).sum().rename(name)


def _vacated(vacated: pd.DataFrame | None) -> pd.Series:
    if vacated is None:
        vacated = pd.DataFrame({"quarter": [], "product": [], "dwellings": []})
        vacated = vacated.astype({"quarter": str, "product": str, "dwellings": "int64"})
    unknown = sorted(set(vacated["product"]) - set(_HELD))
    if unknown:
        raise DataError(
            f"vacated: unknown product {', '.join(unknown)}. Known: {', '.join(_HELD)}."
        )
    wrong = ~vacated["quarter"].astype(str).str.fullmatch(r"\d{4}-Q[1-4]")
    if wrong.any() or (vacated["dwellings"] < 0).any():
        raise DataError("vacated: give quarters such as 2027-Q1, and dwellings of 0 or more.")
    return vacated.groupby(["quarter", "product"])["dwellings"].sum().rename("vacated")


def _every_quarter(table: pd.DataFrame) -> pd.DataFrame:
    quarters = table.index.get_level_values(0)
    span = pd.period_range(_period(min(quarters)), _period(max(quarters)), freq="Q")
    present = set(table.index.get_level_values(1))
    products = [name for name in (*_HELD, UNSTATED) if name in present]
    names = [f"{period.year}-Q{period.quarter}" for period in span]
    index = pd.MultiIndex.from_product([names, products], names=["quarter", "product"])
    return table.reindex(index, fill_value=0)


def _period(quarter: str) -> pd.Period:
    return pd.Period(quarter.replace("-", ""), freq="Q")


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    names = ["vacated", "delivered", "to_rehouse"]
    table = table.reindex(columns=names).fillna(0).astype("int64")
    change = table["vacated"] + table["delivered"] - table["to_rehouse"]
    balance = change.groupby(level=1).cumsum() if len(table) else change
    product = table.index.get_level_values(-1)
    unstated = product == UNSTATED
    # From the quarter in which households of unknown product wait, no surplus is safe.
    waiting = table["to_rehouse"].where(unstated, 0).groupby(level=0).sum().cumsum() > 0
    unsure = waiting.reindex(table.index.get_level_values(0)).to_numpy(dtype=bool)
    table["balance"] = balance.astype("Int64").mask(unstated)
    table["verdict"] = np.select(
        [unstated, (balance < 0).to_numpy(), unsure],
        ["cannot be evaluated", "short", "cannot be evaluated"],
        default="pass",
    )
    return table


def dwelling_account(
    before: pd.Series,
    operations: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    until: str | None = None,
    dates: pd.Series | None = None,
) -> Account:
    """Return dwellings before, demolished, delivered and after, by commune and product.

    Parameters
    ----------
    before
        Dwellings standing, indexed by commune and product (`plai` … `free`, `mining`, `unstated`).
    operations, milestones
        Tables `operations` and `milestones`.
    until
        Last day counted; by default everything dated is counted.
    dates
        Date of each milestone; by default the actual date, or what is planned now.

    Returns
    -------
    Account
        Communes and products of either side, in order.

    Raises
    ------
    DataError
        When a number is negative.

    Examples
    --------
    >>> before = pd.Series([100], index=pd.MultiIndex.from_tuples([("59079", "plus")]))
    >>> operations = pd.DataFrame({"family": ["01"], "dwellings": [40], "plus": [40],
    ...                            "commune": ["59079"]}, index=["D"])
    >>> milestones = pd.DataFrame({"operation": ["D"], "step": ["demolished"],
    ...                            "planned_now": ["2027-05-01"]})
    >>> dwelling_account(before, operations, milestones).table.values.tolist()
    [[100, 40, 0, 60]]
    """
    if (before < 0).any():
        raise DataError("before: a number of dwellings is negative.")
    when = dates_of(milestones) if dates is None else pd.to_datetime(dates)
    findings: list[Finding] = []
    columns = {"before": before.groupby(level=[0, 1]).sum()}
    for name, family, step in (
        ("demolished", _DEMOLITION, "demolished"),
        ("delivered", _PRODUCTION, "delivered"),
    ):
        flow = _dated(_split(operations, family, findings), milestones, when, step, findings)
        if until is not None:
            flow = flow[flow["date"] <= pd.Timestamp(until)]
        columns[name] = _by_commune(flow, operations, findings)
    table = pd.concat(columns, axis=1).fillna(0).astype("int64").sort_index()
    table.index.names = ["commune", "product"]
    table["after"] = table["before"] - table["demolished"] + table["delivered"]
    findings.extend(_overdrawn(table))
    return Account(table=table, findings=tuple(findings))


def _by_commune(flow: pd.DataFrame, operations: pd.DataFrame, findings: list[Finding]) -> pd.Series:
    places = operations.get("commune", pd.Series(index=operations.index, dtype=object))
    commune = places.astype(object).reindex(flow["operation"]).set_axis(flow.index)
    findings.extend(
        Finding(
            layer="operations",
            severity="dropped",
            code="no-place",
            message="The operation has no commune, and is not in the account. Give it one.",
            row=str(name),
            column="commune",
        )
        for name in flow.loc[commune.isna(), "operation"].unique()
    )
    return flow["dwellings"].groupby([commune.rename("commune"), flow["product"]]).sum()


def _overdrawn(table: pd.DataFrame) -> Iterator[Finding]:
    for commune, product in table.index[table["before"] < table["demolished"]]:
        row = table.loc[(commune, product)]
        yield Finding(
            layer="operations",
            severity="note",
            code="more-demolished-than-stood",
            message=(
                f"{commune}, {product}: {row['demolished']} dwellings demolished, {row['before']} "
                "stood. Correct the stock or the operations."
            ),
            row=str(commune),
            column="dwellings",
        )
