"""Scenarios: sets of sites with the dwellings each would receive, and whether they can hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Literal

import numpy as np
import pandas as pd

from renewal_gis.errors import DataError
from renewal_gis.territories.inputs import Floats, nearest, numbers

__all__ = [
    "Origins",
    "Scenario",
    "check_scenarios",
    "origins",
    "placed_dwellings",
    "shares_of_sites",
]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A set of sites, with the dwellings rebuilt on each.

    Parameters
    ----------
    name
        Stable name (`south-as-asked`).
    dwellings
        Site → dwellings rebuilt there, whole numbers above zero.
    en, fr
        Label; the name by default.
    flows
        Perimeter → site → households that move from one to the other, when it is known. The
        households of a perimeter without flows are spread over the sites as the dwellings are.
    """

    name: str
    dwellings: Mapping[str, int]
    en: str = ""
    fr: str = ""
    flows: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return the dwellings of all sites together."""
        return sum(self.dwellings.values())

    def label(self, language: Literal["en", "fr"]) -> str:
        """Return the label in a language."""
        return (self.fr if language == "fr" else self.en) or self.name


@dataclass(frozen=True, kw_only=True, eq=False)
class Origins:
    """The buildings whose households are rehoused.

    Attributes
    ----------
    rows
        Their places in the table of the stock, by perimeter, then building.
    households
        Dwellings of each.
    perimeter
        Perimeter of each; `outside` for a demolished building in no perimeter.
    """

    rows: np.ndarray
    households: Floats
    perimeter: np.ndarray

    def names(self) -> list[str]:
        """Return the perimeters in order."""
        return [str(name) for name in np.unique(self.perimeter)]


def check_scenarios(
    scenarios: Sequence[Scenario], sites: pd.DataFrame, *, perimeters: Sequence[str] | None = None
) -> None:
    """Refuse scenarios that cannot be, all faults in one message, before anything is computed.

    Parameters
    ----------
    scenarios
        What to check.
    sites
        Table `sites`, with its `capacity`; a missing capacity limits nothing.
    perimeters
        Perimeters that hold demolished dwellings, to check the origins of flows; not checked by
        default.

    Raises
    ------
    DataError
        When a site is unknown (the nearest is named), a site would receive more dwellings than it
        holds, a number is not a whole number above zero, a scenario is empty, a name is taken twice, or
        flows come from or go to a place that is not there.

    Examples
    --------
    >>> sites = pd.DataFrame({"capacity": [40]}, index=["S01"])
    >>> try:
    ...     check_scenarios([Scenario(name="south", dwellings={"S1": 50})], sites)
    ... except DataError as error:
    ...     print(error)
    scenarios.south: no site is called 'S1'. Did you mean 'S01'?
    """
    faults = []
    names = [scenario.name for scenario in scenarios]
    faults += [
        f"scenarios.{name}: two scenarios have this name. Rename one."
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    for scenario in scenarios:
        faults += _faults(scenario, sites)
        faults += _faults_of_flows(scenario, perimeters)
    if faults:
        raise DataError("\n".join(faults))


def _faults(scenario: Scenario, sites: pd.DataFrame) -> list[str]:
    where, faults = f"scenarios.{scenario.name}", []
    if not scenario.dwellings:
        faults.append(f"{where}: it names no site. Give each of its sites a number of dwellings.")
    for site, dwellings in scenario.dwellings.items():
        if site not in sites.index:
            faults.append(f"{where}: no site is called {site!r}.{nearest(site, sites.index)}")
        elif not _is_whole(dwellings):
            faults.append(
                f"{where}.{site}: dwellings are a whole number above zero, got {dwellings!r}."
            )
        elif pd.notna(held := sites.at[site, "capacity"]) and dwellings > held:
            faults.append(
                f"{where}.{site}: {dwellings} dwellings on a site that holds {floor(held)}. Move "
                f"{int(dwellings) - floor(held)} elsewhere, or correct the site's capacity."
            )
    return faults


def _is_whole(number: object) -> bool:
    """Tell whether this is a whole number above zero, however it is typed."""
    return (
        isinstance(number, int | float | np.number)
        and not isinstance(number, bool)
        and bool(np.isfinite(number))
        and number == int(number)
        and bool(number > 0)
    )


def _faults_of_flows(scenario: Scenario, perimeters: Sequence[str] | None) -> list[str]:
    faults = []
    for perimeter, flow in scenario.flows.items():
        where = f"scenarios.{scenario.name}.flows.{perimeter}"
        if perimeters is not None and perimeter not in perimeters:
            faults.append(
                f"{where}: no demolished dwelling stands in a perimeter of this name."
                f"{nearest(perimeter, perimeters)}"
            )
        faults += [
            f"{where}: {site!r} is no site of the scenario.{nearest(site, scenario.dwellings)}"
            for site in flow
            if site not in scenario.dwellings
        ]
        sound = all(
            isinstance(held, int | float | np.number) and np.isfinite(held) and held >= 0
            for held in flow.values()
        )
        if not sound or not any(flow.values()):
            faults.append(f"{where}: households are numbers of 0 or more, and not all 0.")
    return faults


def origins(stock: pd.DataFrame) -> Origins:
    """Return the buildings whose dwellings are demolished: where rehoused households live today.

    Parameters
    ----------
    stock
        Table `stock`, with `dwellings`, `fate` and, if known, `perimeter`. Every dwelling counts as a
        household, vacant ones too: the reconstitution counts dwellings.

    Raises
    ------
    DataError
        When no dwelling is demolished.

    Examples
    --------
    >>> stock = pd.DataFrame({"dwellings": [24, 1], "fate": ["demolish", "keep"],
    ...                       "perimeter": ["P08", None]}, index=["B1", "B2"])
    >>> origins(stock).households.tolist()
    [24.0]
    """
    dwellings = numbers(stock["dwellings"])
    gone = (stock["fate"] == "demolish").to_numpy(dtype=bool, na_value=False) & (dwellings > 0)
    if not gone.any():
        raise DataError(
            "stock: no dwelling has the fate 'demolish', so nobody is rehoused. Fill the column fate, "
            "or compare sectors without scenarios."
        )
    held = stock.get("perimeter", pd.Series(None, index=stock.index, dtype=object)).astype(object)
    perimeter = held.where(held.notna(), "outside").astype(str).to_numpy(dtype=object)
    building = stock.index.astype(str).to_numpy(dtype=object)
    rows = np.flatnonzero(gone)
    # In this order whatever the table's: draws made by place then never depend on it.
    rows = rows[np.lexsort((building[rows], perimeter[rows]))]
    return Origins(rows=rows, households=dwellings[rows], perimeter=perimeter[rows].astype(str))


def placed_dwellings(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return the dwellings of each scenario and site: columns `scenario, site, dwellings`."""
    rows = [
        (scenario.name, site, float(scenario.dwellings[site]))
        for scenario in scenarios
        for site in sorted(scenario.dwellings)
    ]
    return pd.DataFrame(rows, columns=["scenario", "site", "dwellings"])


def shares_of_sites(scenario: Scenario, perimeter: str) -> pd.Series:
    """Return the share of a perimeter's households that goes to each site of the scenario.

    Examples
    --------
    >>> shares_of_sites(Scenario(name="x", dwellings={"A": 30, "B": 10}), "P08").to_dict()
    {'A': 0.75, 'B': 0.25}
    """
    flow = scenario.flows.get(perimeter) or scenario.dwellings
    held = pd.Series({site: float(flow.get(site, 0)) for site in sorted(scenario.dwellings)})
    return held / held.sum()
