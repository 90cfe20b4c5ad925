"""Two scenarios in ten lines, made of the same numbers as the tables."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from renewal_gis.errors import UsageError
from renewal_gis.schema import BASKET, HAZARDS
from renewal_gis.schema import measure as declared
from renewal_gis.territories.inputs import nearest
from renewal_gis.territories.whole import ScenarioFigures

__all__ = ["ten_lines"]

Language = Literal["en", "fr"]

_OUTSIDE = "outside"  # as `origins` calls the homes of no perimeter

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "scope": "“{a}” rebuilds {na} dwellings on {sa}; “{b}” rebuilds {nb} on {sb}.",
        "origins": "They are compared for {households} dwellings demolished in {perimeters}.",
        "sites": "{} sites",
        "site": "one site",
        "perimeters": "{} perimeters",
        "one_perimeter": "one perimeter",
        "no_perimeter": "no known perimeter",
        "outside": "the homes outside any perimeter",
        "inside": "perimeter {}",
        "access": "{label}: {a} min on average in “{a_name}”, {b} min in “{b_name}”.",
        "change": "{label}: on average a rehoused household {a} in “{a_name}”, and {b} in “{b_name}”.",
        "lost": "loses {minutes} min",
        "won": "wins {minutes} min",
        "same": "neither wins nor loses",
        "worse": "{label}: farther than today for {a} of the households in “{a_name}”, {b} in “{b_name}”.",
        "perimeter": "{label}: worst off in “{a_name}”, {pa} ({a}); in “{b_name}”, {pb} ({b}).",
        "signed": "{sign}{minutes} min",
        "hazard": "{label}: {a} of the dwellings on concerned land in “{a_name}”, {b} in “{b_name}”.",
        "social": "Highest social share of a commune that receives dwellings: {a} in “{a_name}” (from "
        "{was_a}), {b} in “{b_name}” (from {was_b}).",
        "capacity": "{label}: places per dwelling change by {a} around the sites of “{a_name}”, by {b} "
        "around those of “{b_name}”.",
        "difference": "{label}: more households are farther than today in “{a_name}” than in “{b_name}”, by "
        "{a} points (95% interval from {low} to {high}).",
        "ground": "Households are spread over the sites as the dwellings are, unless flows are given; "
        "intervals come from drawing the demolished buildings again.",
        "missing": "{label}: not known for both scenarios.",
        "no_social": "Social housing before and after: not known.",
        "places": "{} (places)",
        "unknown": "not known",
        "unknown_change": "has no known change",
        "no_measure": "No walk is measured for both the sites and the homes of today.",
    },
    "fr": {
        "scope": "«\u202f{a}\u202f» reconstruit {na} logements sur {sa}\u202f; «\u202f{b}\u202f» en "
        "reconstruit {nb} sur {sb}.",
        "origins": "Ils sont comparés pour {households} logements démolis dans {perimeters}.",
        "sites": "{} sites",
        "site": "un site",
        "perimeters": "{} périmètres",
        "one_perimeter": "un périmètre",
        "no_perimeter": "aucun périmètre connu",
        "outside": "les logements hors périmètre",
        "inside": "le périmètre {}",
        "access": "{label}\u202f: {a}\u202fmin en moyenne dans «\u202f{a_name}\u202f», {b}\u202fmin dans "
        "«\u202f{b_name}\u202f».",
        "change": "{label}\u202f: un ménage relogé {a} en moyenne dans «\u202f{a_name}\u202f», et {b} dans "
        "«\u202f{b_name}\u202f».",
        "lost": "perd {minutes}\u202fmin",
        "won": "gagne {minutes}\u202fmin",
        "same": "ne gagne ni ne perd",
        "worse": "{label}\u202f: plus loin qu’aujourd’hui pour {a} des ménages dans «\u202f{a_name}\u202f», "
        "{b} dans «\u202f{b_name}\u202f».",
        "perimeter": "{label}\u202f: les moins bien lotis dans «\u202f{a_name}\u202f», {pa} ({a})\u202f; "
        "dans «\u202f{b_name}\u202f», {pb} ({b}).",
        "signed": "{sign}{minutes}\u202fmin",
        "hazard": "{label}\u202f: {a} des logements sur un terrain concerné dans «\u202f{a_name}\u202f», {b} "
        "dans «\u202f{b_name}\u202f».",
        "social": "Plus forte part de logement social d’une commune d’accueil\u202f: {a} dans "
        "«\u202f{a_name}\u202f» (contre {was_a}), {b} dans «\u202f{b_name}\u202f» (contre {was_b}).",
        "capacity": "{label}\u202f: les places par logement varient de {a} autour des sites de "
        "«\u202f{a_name}\u202f», de {b} autour de ceux de «\u202f{b_name}\u202f».",
        "difference": "{label}\u202f: plus de ménages sont plus loin qu’aujourd’hui dans "
        "«\u202f{a_name}\u202f» que dans «\u202f{b_name}\u202f», de {a} points "
        "(intervalle à 95\u202f%\u202f: de {low} à {high}).",
        "ground": "Les ménages sont répartis sur les sites comme les logements, sauf flux donnés\u202f; les "
        "intervalles viennent de nouveaux tirages des bâtiments démolis.",
        "missing": "{label}\u202f: non connu pour les deux scénarios.",
        "no_social": "Logement social avant et après\u202f: non connu.",
        "places": "{} (places)",
        "unknown": "non connu",
        "unknown_change": "n’a pas d’écart connu",
        "no_measure": "Aucune marche n’est mesurée à la fois pour les sites et pour les logements actuels.",
    },
}


def ten_lines(
    told: ScenarioFigures,
    first: str,
    second: str,
    *,
    measure: str = "walk_min:ecole",
    hazard: str = "mining",
    group: str = "ecole",
    language: Language = "fr",
) -> list[str]:
    """Tell how two scenarios differ in ten sentences.

    Parameters
    ----------
    told
        Result of `compare_scenarios`.
    first, second
        Names of two of its scenarios.
    measure
        The walk, in minutes, that is told.
    hazard, group
        Kind of constraint, and basket group, that are told.
    language
        `en` or `fr`; French has its decimal comma and narrow no-break spaces.

    Returns
    -------
    list of str
        Ten sentences; a figure that a table does not hold is told as not known.

    Raises
    ------
    UsageError
        When a scenario is not there, the two are one, or the measure is no walk.

    Examples
    --------
    >>> from renewal_gis.territories import Scenario, compare_scenarios
    >>> stock = pd.DataFrame({"dwellings": [2], "fate": ["demolish"], "perimeter": ["P1"],
    ...                       "tenure": ["social"], "commune": ["59019"]})
    >>> sites = pd.DataFrame({"walk_min:ecole": [20.0, 4.0], "capacity": [5, 5],
    ...                       "commune": ["59019"] * 2}, index=["A", "B"])
    >>> pair = [Scenario(name="south", dwellings={"A": 4}), Scenario(name="north", dwellings={"B": 4})]
    >>> found = compare_scenarios(pair, sites=sites, stock=stock,
    ...                           homes=pd.DataFrame({"walk_min:ecole": [8.0]}), draws=20)
    >>> ten_lines(found, "south", "north", language="en")[3]
    'Primary school: on average a rehoused household loses 12.0 min in “south”, and wins 4.0 min in “north”.'
    """
    known = {scenario.name: scenario for scenario in told.scenarios}
    for name in (first, second):
        if name not in known:
            raise UsageError(f"No scenario is called {name!r}.{nearest(name, known)}")
    if first == second:
        raise UsageError(f"Two different scenarios are compared, got {first!r} twice.")
    if not measure.startswith("walk_min:"):
        raise UsageError(f"{measure!r} is no walk. Name a measure that begins with walk_min:.")
    page = _Page(told, (first, second), measure, hazard, group, language)
    return page.lines()


class _Page:
    """The figures of two scenarios, and the words to tell them."""

    def __init__(
        self,
        told: ScenarioFigures,
        names: tuple[str, str],
        measure: str,
        hazard: str,
        group: str,
        language: Language,
    ) -> None:
        self.told, self.names, self.measure = told, names, measure
        self.hazard, self.group, self.language = hazard, group, language
        self.words = _WORDS[language]
        labels = {held.name: held.label(language) for held in told.scenarios}
        self.labels = {"a_name": labels[names[0]], "b_name": labels[names[1]]}
        en_fr = {held.id: (held.en, held.fr) for held in BASKET}
        place = 1 if language == "fr" else 0
        shown = declared(measure)
        subject = measure.partition(":")[2]
        self.walk = en_fr.get(subject, (shown.en, shown.fr))[place].split(":")[0].strip()
        self.service = en_fr.get(group, (group, group))[place]
        self.ground = HAZARDS.get(hazard, (hazard, hazard))[place]

    def lines(self) -> list[str]:
        """Return the ten sentences."""
        return [
            self._scope(), self._origins(), self._access(), self._change(), self._worse(),
            self._perimeter(), self._hazard(), self._social(), self._capacity(), self._difference(),
        ]  # fmt: skip

    def _say(self, key: str, **values: str) -> str:
        return self.words[key].format(**self.labels, **values)

    def _number(self, value: float, decimals: int = 1) -> str:
        if not np.isfinite(value):
            return self.words["unknown"]
        # Adding zero turns −0.0 into 0.0.
        text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
        if self.language == "en":
            return text.replace("-", "−")
        return text.replace(",", "\u202f").replace(".", ",").replace("-", "−")

    def _share(self, value: float) -> str:
        if not np.isfinite(value):
            return self.words["unknown"]
        return self._number(100 * value, 0) + ("\u202f%" if self.language == "fr" else "%")

    def _cell(self, table: pd.DataFrame, column: str, **where: str) -> float:
        if not len(table):
            return np.nan
        use = np.ones(len(table), dtype=bool)
        for name, value in where.items():
            use &= (table[name] == value).to_numpy(dtype=bool, na_value=False)
        return float(table.loc[use, column].iloc[0]) if use.any() else np.nan

    def _pair(self, table: pd.DataFrame, column: str, **where: str) -> tuple[float, float]:
        one, two = (self._cell(table, column, scenario=name, **where) for name in self.names)
        return one, two

    def _scope(self) -> str:
        held = {scenario.name: scenario for scenario in self.told.scenarios}
        one, two = (held[name] for name in self.names)
        return self.words["scope"].format(
            a=self.labels["a_name"], b=self.labels["b_name"],
            na=self._number(one.total, 0), nb=self._number(two.total, 0),
            sa=self._sites(len(one.dwellings)), sb=str(len(two.dwellings)),
        )  # fmt: skip

    def _sites(self, count: int) -> str:
        return self.words["sites" if count > 1 else "site"].format(count)

    def _origins(self) -> str:
        table = self.told.rehousing
        if not len(table):
            return self.words["no_measure"]
        # Demolished homes in no perimeter are compared too, and are no perimeter.
        count = table.loc[~table["perimeter"].isin(("all", _OUTSIDE)), "perimeter"].nunique()
        word = ("no_perimeter", "one_perimeter")[count] if count < 2 else "perimeters"
        households = self._cell(table, "households", scenario=self.names[0], perimeter="all")
        told = self._say(
            "origins", households=self._number(households, 0),
            perimeters=self.words[word].format(count),
        )  # fmt: skip
        return f"{told} {self.words['ground']}"

    def _access(self) -> str:
        one, two = self._pair(self.told.access, "mean", measure=self.measure)
        return self._say("access", label=self.walk, a=self._number(one), b=self._number(two))

    def _change(self) -> str:
        pair = self._pair(self.told.rehousing, "change", perimeter="all", measure=self.measure)
        one, two = (self._minutes(value) for value in pair)
        return self._say("change", label=self.walk, a=one, b=two)

    def _minutes(self, value: float) -> str:
        if not np.isfinite(value):
            return self.words["unknown_change"]
        key = "same" if round(value, 1) == 0 else "lost" if value > 0 else "won"
        return self.words[key].format(minutes=self._number(abs(value)))

    def _worse(self) -> str:
        one, two = self._pair(
            self.told.rehousing, "worse_off", perimeter="all", measure=self.measure
        )
        return self._say("worse", label=self.walk, a=self._share(one), b=self._share(two))

    def _perimeter(self) -> str:
        (pa, one), (pb, two) = (self._worst(name) for name in self.names)
        return self._say("perimeter", label=self.walk, pa=pa, pb=pb, a=one, b=two)

    def _worst(self, scenario: str) -> tuple[str, str]:
        table = self.told.rehousing
        if len(table):
            use = (table["scenario"] == scenario) & (table["measure"] == self.measure)
            table = table[use & (table["perimeter"] != "all") & table["change"].notna()]
        if not len(table):
            return self.words["unknown"], self.words["unknown"]
        row = table.loc[table["change"].idxmax()]
        change = float(row["change"])
        sign = "+" if round(change, 1) > 0 else "−" if round(change, 1) < 0 else ""
        told = self.words["signed"].format(sign=sign, minutes=self._number(abs(change)))
        name = str(row["perimeter"])
        return self.words["outside" if name == _OUTSIDE else "inside"].format(name), told

    def _hazard(self) -> str:
        one, two = self._pair(self.told.exposure, "share_on_it", kind=self.hazard)
        if not np.isfinite([one, two]).any():
            return self.words["missing"].format(label=self.ground)
        return self._say("hazard", label=self.ground, a=self._share(one), b=self._share(two))

    def _social(self) -> str:
        (was_a, one), (was_b, two) = (self._highest(name) for name in self.names)
        if one == two == self.words["unknown"]:
            return self.words["no_social"]
        return self._say("social", a=one, b=two, was_a=was_a, was_b=was_b)

    def _highest(self, scenario: str) -> tuple[str, str]:
        table = self.told.social
        table = table[(table["scenario"] == scenario) & (table["rebuilt"] > 0)]
        table = table[table["share_after"].notna()]
        if not len(table):
            return self.words["unknown"], self.words["unknown"]
        row = table.loc[table["share_after"].astype(float).idxmax()]
        return self._share(float(row["share_before"])), self._share(float(row["share_after"]))

    def _capacity(self) -> str:
        before = self._pair(self.told.capacity, "per_dwelling_before", group=self.group)
        after = self._pair(self.told.capacity, "per_dwelling_after", group=self.group)
        if not np.isfinite([*before, *after]).any():
            return self.words["missing"].format(label=self.words["places"].format(self.service))
        # A dwelling counts once for each service it reaches, so only the change of the ratio has a
        # meaning: the ratio itself is the lower the more services overlap.
        one, two = (self._change_of(then, now) for then, now in zip(before, after, strict=True))
        return self._say("capacity", label=self.service, a=one, b=two)

    def _change_of(self, before: float, after: float) -> str:
        """Return a relative change with its sign."""
        if not np.isfinite([before, after]).all() or not before > 0:
            return self.words["unknown"]
        change = round(100 * (after / before - 1), 1)
        sign = "+" if change > 0 else "−" if change < 0 else ""
        percent = "\u202f%" if self.language == "fr" else "%"
        return f"{sign}{self._number(abs(change))}{percent}"

    def _difference(self) -> str:
        pairs = (self.names, self.names[::-1])
        # The table holds each pair once: read the other way round, its signs turn.
        told = [pair for pair in pairs if np.isfinite(self._gap(pair)[0])]
        if not told:
            return self.words["missing"].format(label=self.walk)
        pair = told[0]
        value, low, high = self._gap(pair)
        if value < 0:
            pair, value, low, high = pair[::-1], -value, -high, -low
        labels = dict(zip(self.names, self.labels.values(), strict=True))
        return self.words["difference"].format(
            label=self.walk, a_name=labels[pair[0]], b_name=labels[pair[1]],
            a=self._number(100 * value), low=self._number(100 * low), high=self._number(100 * high),
        )  # fmt: skip

    def _gap(self, pair: tuple[str, ...]) -> tuple[float, float, float]:
        """Return the difference of the shares who are farther than today, and its interval."""
        value, low, high = (
            self._cell(
                self.told.differences, column, scenario_first=pair[0], scenario_second=pair[1],
                measure=self.measure, figure="worse_off",
            )
            for column in ("difference", "difference_low", "difference_high")
        )  # fmt: skip
        return value, low, high
