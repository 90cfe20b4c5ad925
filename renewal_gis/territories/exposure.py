"""What a scenario does to places: hazards, social housing of the communes, services to share."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.territories.comparison import compare
from renewal_gis.territories.inputs import nearest, numbers
from renewal_gis.territories.scenarios import Scenario, placed_dwellings

__all__ = ["hazard_exposure", "scenario_access", "service_capacity", "social_housing"]


def scenario_access(
    scenarios: Sequence[Scenario],
    sites: pd.DataFrame,
    *,
    thresholds: dict[str, Sequence[float]] | None = None,
) -> pd.DataFrame:
    """Access of the dwellings of each scenario: each site counts for the dwellings it receives.

    Parameters
    ----------
    scenarios
        Scenarios that `check_scenarios` accepts.
    sites
        Measures of the sites (numbers only are told).
    thresholds
        As in `compare`.

    Returns
    -------
    DataFrame
        As `compare` gives it, the column `scenario` in the place of `sector` and `sites` in that of
        `buildings`; scenarios in the order given.

    Examples
    --------
    >>> sites = pd.DataFrame({"walk_min:ecole": [5.0, 25.0]}, index=["A", "B"])
    >>> table = scenario_access([Scenario(name="south", dwellings={"A": 3, "B": 1})], sites)
    >>> table[["scenario", "dwellings", "mean"]].to_numpy().tolist()
    [['south', 4.0, 10.0]]
    """
    measures = sites.select_dtypes("number")
    told = []
    for scenario in scenarios:
        held = placed_dwellings([scenario])
        rows = measures.reindex(held["site"]).reset_index(drop=True)
        told.append(
            compare(
                rows, sector=held["scenario"], weight=held["dwellings"], thresholds=thresholds
            ).rename(columns={"sector": "scenario", "buildings": "sites"})
        )
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame()


def hazard_exposure(
    scenarios: Sequence[Scenario], sites: pd.DataFrame, *, prefix: str = "constraint_share:"
) -> pd.DataFrame:
    """Share of each scenario's dwellings on land under each kind of constraint.

    Parameters
    ----------
    scenarios
        Scenarios that `check_scenarios` accepts.
    sites
        Columns `constraint_share:<kind>`: the share of each site's area under the constraint.
    prefix
        How the columns begin.

    Returns
    -------
    DataFrame
        Columns `scenario, kind, dwellings, touched, share_touched, on_it, share_on_it, unknown`: the
        dwellings of sites the constraint touches at all, and those on the constrained land itself if
        dwellings are spread evenly over a site. Shares are of the dwellings whose site is known, NaN
        when none is; `unknown` counts the others.

    Examples
    --------
    >>> sites = pd.DataFrame({"constraint_share:mining": [0.5, 0.0]}, index=["A", "B"])
    >>> table = hazard_exposure([Scenario(name="x", dwellings={"A": 30, "B": 10})], sites)
    >>> table[["kind", "share_touched", "share_on_it"]].to_numpy().tolist()
    [['mining', 0.75, 0.375]]
    """
    rows = []
    for scenario in scenarios:
        held = placed_dwellings([scenario])
        dwellings = held["dwellings"].to_numpy()
        for column in (name for name in sites.columns if str(name).startswith(prefix)):
            share = numbers(sites[column].reindex(held["site"]))
            known = np.isfinite(share)
            total = float(dwellings[known].sum())
            touched = float(dwellings[known & (share > 0)].sum())
            on_it = float((dwellings[known] * share[known]).sum())
            rows.append(
                {
                    "scenario": scenario.name, "kind": str(column).removeprefix(prefix),
                    "dwellings": float(dwellings.sum()), "touched": touched,
                    "share_touched": touched / total if total else np.nan, "on_it": on_it,
                    "share_on_it": on_it / total if total else np.nan,
                    "unknown": float(dwellings.sum()) - total,
                }
            )  # fmt: skip
    columns = ["scenario", "kind", "dwellings", "touched", "share_touched", "on_it", "share_on_it"]
    return pd.DataFrame(rows, columns=[*columns, "unknown"])


def social_housing(
    scenarios: Sequence[Scenario],
    *,
    sites: pd.DataFrame,
    stock: pd.DataFrame,
    tenures: Collection[str] = ("social",),
    social_rebuilt: float = 1.0,
) -> pd.DataFrame:
    """Share of social housing of each commune, before and after each scenario.

    Parameters
    ----------
    scenarios
        Scenarios that `check_scenarios` accepts.
    sites, stock
        Tables with their `commune`; the stock with `dwellings`, `tenure`, `fate`.
    tenures
        Tenures counted as social; add `mining` to count the mining estate.
    social_rebuilt
        Share of the rebuilt dwellings that are social.

    Returns
    -------
    DataFrame
        One row per scenario and commune that loses or receives dwellings, in order: `scenario,
        commune, dwellings_before, social_before, share_before, demolished, social_demolished, rebuilt,
        dwellings_after, social_after, share_after, unknown_tenure`. Shares are of the dwellings whose
        tenure is known. All dwellings count, not only main homes: it is not the rate of the SRU law.

    Raises
    ------
    UsageError
        When `social_rebuilt` is not between 0 and 1.

    Examples
    --------
    >>> stock = pd.DataFrame({"commune": ["59019"] * 2, "dwellings": [90, 10],
    ...                       "tenure": ["owner", "social"], "fate": ["keep"] * 2})
    >>> sites = pd.DataFrame({"commune": ["59019"]}, index=["A"])
    >>> table = social_housing([Scenario(name="x", dwellings={"A": 100})], sites=sites, stock=stock)
    >>> table[["commune", "share_before", "share_after"]].to_numpy().tolist()
    [['59019', 0.1, 0.55]]
    """
    if not 0 <= social_rebuilt <= 1:
        raise UsageError(f"social_rebuilt must lie between 0 and 1, got {social_rebuilt}.")
    before = _tenures(stock, tenures)
    told = []
    for scenario in scenarios:
        held = placed_dwellings([scenario])
        rebuilt = held["dwellings"].groupby(sites["commune"].reindex(held["site"]).to_numpy()).sum()
        communes = sorted({*before.index[before["demolished"] > 0], *rebuilt.index})
        table = before.reindex(communes).fillna(0.0)
        table["rebuilt"] = rebuilt.reindex(communes).fillna(0.0)
        known = table["dwellings_before"] - table["unknown_tenure"]
        lost = table["demolished"] - table["unknown_demolished"]
        social = table["social_before"] - table["social_demolished"]
        table["share_before"] = table["social_before"] / known.where(known > 0)
        table["dwellings_after"] = (
            table["dwellings_before"] - table["demolished"] + table["rebuilt"]
        )
        table["social_after"] = social + social_rebuilt * table["rebuilt"]
        after = known - lost + table["rebuilt"]
        table["share_after"] = table["social_after"] / after.where(after > 0)
        told.append(table.rename_axis("commune").reset_index().assign(scenario=scenario.name))
    columns = [
        "scenario", "commune", "dwellings_before", "social_before", "share_before", "demolished",
        "social_demolished", "rebuilt", "dwellings_after", "social_after", "share_after",
        "unknown_tenure",
    ]  # fmt: skip
    return pd.concat(told, ignore_index=True)[columns] if told else pd.DataFrame(columns=columns)


def _tenures(stock: pd.DataFrame, tenures: Collection[str]) -> pd.DataFrame:
    dwellings = pd.Series(numbers(stock["dwellings"]), index=stock.index)
    social = stock["tenure"].isin(list(tenures))
    gone = (stock["fate"] == "demolish").fillna(False).astype(bool)
    unknown = stock["tenure"].isna()
    counted = {
        "dwellings_before": dwellings,
        "social_before": dwellings.where(social, 0.0),
        "unknown_tenure": dwellings.where(unknown, 0.0),
        "demolished": dwellings.where(gone, 0.0),
        "social_demolished": dwellings.where(gone & social, 0.0),
        "unknown_demolished": dwellings.where(gone & unknown, 0.0),
    }
    return pd.DataFrame(counted).groupby(stock["commune"].to_numpy()).sum()


def service_capacity(
    scenarios: Sequence[Scenario],
    *,
    services: pd.DataFrame,
    dwellings: pd.Series,
    reached: pd.DataFrame,
    demolished: pd.Series | None = None,
) -> pd.DataFrame:
    """Capacity for each dwelling of the services around each scenario's sites, before and after.

    Parameters
    ----------
    scenarios
        Scenarios that `check_scenarios` accepts.
    services
        Table `services`, with `group` and `capacity`; a missing capacity is listed, not counted.
    dwellings
        Dwellings that reach each service today, on the services' index (as `access.catchment` tells).
    reached
        The field's long table of who reaches what: `from_id` a site, `to_id` a service, one row per
        pair within the walk that was chosen (as `access.travel_times` tells).
    demolished
        Of the dwellings that reach each service today, those that are demolished; none by default.

    Returns
    -------
    DataFrame
        One row per scenario and group, over the services that one site at least reaches: `scenario,
        group, services, capacity, dwellings_before, dwellings_after, per_dwelling_before,
        per_dwelling_after, unknown_capacity`. A dwelling that reaches two services counts for both,
        before as after. NaN where no dwelling reaches them; `unknown_capacity` counts the services left
        out.

    Raises
    ------
    UsageError
        When a service of `reached` is not in the table.

    Examples
    --------
    >>> services = pd.DataFrame({"group": ["ecole"], "capacity": [150.0]}, index=["E1"])
    >>> table = service_capacity([Scenario(name="x", dwellings={"A": 100})], services=services,
    ...                          dwellings=pd.Series([200.0], index=["E1"]),
    ...                          reached=pd.DataFrame({"from_id": ["A"], "to_id": ["E1"]}))
    >>> table[["group", "per_dwelling_before", "per_dwelling_after"]].to_numpy().tolist()
    [['ecole', 0.75, 0.5]]
    """
    pairs = reached[["from_id", "to_id"]].astype(object).drop_duplicates()
    strange = pairs.loc[~pairs["to_id"].isin(services.index), "to_id"]
    if len(strange):
        raise UsageError(
            f"reached: no service is called {strange.iloc[0]!r}."
            f"{nearest(str(strange.iloc[0]), services.index)}"
        )
    today = dwellings.reindex(services.index).astype(float)
    gone = 0.0 if demolished is None else demolished.reindex(services.index).fillna(0.0)
    told = []
    for scenario in scenarios:
        coming = pairs["from_id"].map(dict(scenario.dwellings)).astype(float)
        more = coming.groupby(pairs["to_id"]).sum(min_count=1).reindex(services.index)
        table = pd.DataFrame({"group": services["group"], "capacity": services["capacity"]})
        table = table.assign(before=today, after=today - gone + more).loc[more.notna()]
        told.extend(_by_group(scenario.name, table))
    columns = [
        "scenario", "group", "services", "capacity", "dwellings_before", "dwellings_after",
        "per_dwelling_before", "per_dwelling_after", "unknown_capacity",
    ]  # fmt: skip
    return pd.DataFrame(told, columns=columns)


def _by_group(scenario: str, table: pd.DataFrame) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for group, part in table.groupby("group", sort=True):
        known = part["capacity"].notna() & part["before"].notna()
        held = part.loc[known, ["capacity", "before", "after"]].astype(float).sum()
        rows.append(
            {
                "scenario": scenario, "group": group, "services": int(known.sum()),
                "capacity": held["capacity"], "dwellings_before": held["before"],
                "dwellings_after": held["after"],
                "per_dwelling_before": held["capacity"] / held["before"] if held["before"] else np.nan,
                "per_dwelling_after": held["capacity"] / held["after"] if held["after"] else np.nan,
                "unknown_capacity": int((~known).sum()),
            }
        )  # fmt: skip
    return rows
