"""What changed between two runs, in sentences made of the same numbers as the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pandas as pd

from renewal_gis.publishing.published import Published
from renewal_gis.schema import HAZARDS, UNITS
from renewal_gis.schema import measure as declared
from renewal_gis.schema.codes import SECTORS

__all__ = ["told_changes"]

_SHOWN = 6  # named in a sentence; the tables hold them all
_FIGURES = {
    "demolished": ("dwellings demolished", "logements démolis"),
    "of_which_mining": ("mining dwellings demolished", "logements miniers démolis"),
    "rebuilt": ("dwellings rebuilt", "logements reconstruits"),
    "rebuilt_social": ("social dwellings rebuilt", "logements sociaux reconstruits"),
    "ratio": ("rebuilt per dwelling demolished", "reconstruits par logement démoli"),
}
_WORDS = {
    "en": {
        "runs": "First: {one} ({study_one}, run {run_one}). Second: {two} ({study_two}, run {run_two}).",
        "altered": "Changed by hand since the run: {files}.",
        "same_inputs": "Both rest on the same inputs.",
        "inputs": "Inputs that differ: {names}.",
        "content": "{layer} ({first} → {second})",
        "same_name": "{layer} ({first}, another content)",
        "name": "{layer} (the same bytes, {first} → {second})",
        "said": "{layer} (told otherwise: nature, vintage, licence or attribution)",
        "only-first": "{layer} (only in the first)",
        "only-second": "{layer} (only in the second)",
        "same_parameters": "Both ask the same questions.",
        "parameters": "Parameters that differ: {names}.",
        "parameter": "{name} ({first} → {second})",
        "absent": "none",
        "versions": "Versions that differ: {names}.",
        "only_first": "Sites only in the first: {names}.",
        "only_second": "Sites only in the second: {names}.",
        "no_sites": "No score and no rank of a site changes.",
        "sites": "{count} of {all} sites change score, rank or veto.",
        "one_site": "One of {all} sites changes score, rank or veto.",
        "vetoes": "Vetoes: {names}.",
        "veto": "{site} ({first} → {second})",
        "leader": "Rank 1: {one} in the first, {two} in the second.",
        "site": "{site} ({name}) goes from {first} to {second} points, rank {rank_first} to {rank_second}"
        "{most}.",
        "most": ", most of all by “{criterion}” ({change})",
        "criterion": "“{label}” moves {count} scores, by {change} points on average over all "
        "sites{because}.",
        "one_criterion": "“{label}” moves one score, by {change} points on average over all sites{because}.",
        "because": "; because of {names}",
        "unknown": "; because of nothing the manifests hold: look at the versions",
        "sector": "{sector}, {label}, median: {first} to {second} {unit}{because}.",
        "figure": "Programme, {figure}: {first} to {second}.",
        "scenario": "Scenario {item}, {label}: the average change of rehoused households goes from {first} "
        "to {second} {unit}.",
        "nothing": "No figure changes.",
        "more": "{shown} and {count} more",
        "synthetic": "These figures rest on synthetic data: they show the method, not the place.",
        "schematic": "Some outlines are schematic: they show where, not exactly what.",
        "missing": "not known",
    },
    "fr": {
        "runs": "Premier\u202f: {one} ({study_one}, calcul {run_one}). Second\u202f: {two} ({study_two}, "
        "calcul {run_two}).",
        "altered": "Modifié à la main depuis le calcul\u202f: {files}.",
        "same_inputs": "Les deux reposent sur les mêmes données.",
        "inputs": "Données qui diffèrent\u202f: {names}.",
        "content": "{layer} ({first} → {second})",
        "same_name": "{layer} ({first}, autre contenu)",
        "name": "{layer} (mêmes octets, {first} → {second})",
        "said": "{layer} (autrement dit\u202f: nature, millésime, licence ou attribution)",
        "only-first": "{layer} (dans le premier seulement)",
        "only-second": "{layer} (dans le second seulement)",
        "same_parameters": "Les deux posent les mêmes questions.",
        "parameters": "Paramètres qui diffèrent\u202f: {names}.",
        "parameter": "{name} ({first} → {second})",
        "absent": "aucun",
        "versions": "Versions qui diffèrent\u202f: {names}.",
        "only_first": "Sites du premier seulement\u202f: {names}.",
        "only_second": "Sites du second seulement\u202f: {names}.",
        "no_sites": "Aucun score ni aucun rang de site ne change.",
        "sites": "{count} sites sur {all} changent de score, de rang ou de veto.",
        "one_site": "Un site sur {all} change de score, de rang ou de veto.",
        "vetoes": "Vetos\u202f: {names}.",
        "veto": "{site} ({first} → {second})",
        "leader": "Rang 1\u202f: {one} dans le premier, {two} dans le second.",
        "site": "{site} ({name}) passe de {first} à {second} points, du rang {rank_first} au rang "
        "{rank_second}{most}.",
        "most": ", surtout par «\u202f{criterion}\u202f» ({change})",
        "criterion": "«\u202f{label}\u202f» déplace {count} scores, de {change} points en moyenne sur "
        "tous les sites{because}.",
        "one_criterion": "«\u202f{label}\u202f» déplace un score, de {change} points en moyenne sur tous "
        "les sites{because}.",
        "because": "\u202f; à cause de {names}",
        "unknown": "\u202f; rien dans les manifestes ne l’explique\u202f: voir les versions",
        "sector": "{sector}, {label}, médiane\u202f: de {first} à {second} {unit}{because}.",
        "figure": "Programme, {figure}\u202f: de {first} à {second}.",
        "scenario": "Scénario {item}, {label}\u202f: l’écart moyen des ménages relogés passe de {first} à "
        "{second} {unit}.",
        "nothing": "Aucun chiffre ne change.",
        "more": "{shown} et {count} de plus",
        "synthetic": "Ces chiffres reposent sur des données synthétiques\u202f: ils montrent la méthode, "
        "pas le lieu.",
        "schematic": "Certains contours sont schématiques\u202f: ils disent où, pas exactement quoi.",
        "missing": "non connu",
    },
}


def told_changes(
    found: Mapping[str, Any],
    one: Published,
    two: Published,
    *,
    language: Literal["en", "fr"],
) -> list[str]:
    """Tell what changed in sentences.

    Parameters
    ----------
    found
        The tables of `Changes`, by name.
    one, two
        The runs.
    language
        `en` or `fr`.

    Returns
    -------
    list of str
        What the runs are, which inputs and parameters differ, then what moved and why. The largest changes
        are told; the tables hold all.
    """
    return list(_Told(found, one, two, language).sentences())


class _Told:
    """The changes, and the words to tell them."""

    def __init__(
        self,
        found: Mapping[str, Any],
        one: Published,
        two: Published,
        language: Literal["en", "fr"],
    ) -> None:
        self.found, self.one, self.two, self.language = found, one, two, language
        self.words = _WORDS[language]
        self.place = 1 if language == "fr" else 0

    def sentences(self) -> Iterator[str]:
        yield self._say(
            "runs", one=self.one.name, two=self.two.name,
            study_one=str(self.one.parameters.get("study", "?")),
            study_two=str(self.two.parameters.get("study", "?")),
            run_one=str(self.one.parameters.get("run", "?")),
            run_two=str(self.two.parameters.get("run", "?")),
        )  # fmt: skip
        altered = [f"{run.name}/{file}" for run in (self.one, self.two) for file in run.altered]
        if altered:
            yield self._say("altered", files=self._listed(altered))
        yield self._inputs()
        yield self._parameters()
        yield from self._versions()
        for key in ("only_first", "only_second"):
            if self.found[key]:
                yield self._say(key, names=self._listed(list(self.found[key])))
        yield from self._sites()
        yield from self._reasons()
        tables = ("sites", "criteria", "sectors", "figures", "only_first", "only_second")
        if not any(len(self.found[name]) for name in tables):
            yield self.words["nothing"]
        natures = {
            str(held) for run in (self.one, self.two) for held in run.inputs.get("nature", ())
        }
        for nature in ("synthetic", "schematic"):
            if nature in natures:
                yield self.words[nature]
                break

    def _inputs(self) -> str:
        rows = self.found["inputs"].to_dict("records")
        if not rows:
            return self.words["same_inputs"]
        told = []
        for row in rows:
            same = row["change"] == "content" and row["first"] == row["second"]
            texts = {name: str(value) for name, value in row.items() if name != "change"}
            told.append(self._say("same_name" if same else str(row["change"]), **texts))
        return self._say("inputs", names=self._listed(told))

    def _parameters(self) -> str:
        rows = self.found["parameters"].to_dict("records")
        if not rows:
            return self.words["same_parameters"]
        none = self.words["absent"]
        told = [
            self._say(
                "parameter", name=row["parameter"], first=_short(row["first"]) or none,
                second=_short(row["second"]) or none,
            )
            for row in rows
        ]  # fmt: skip
        return self._say("parameters", names=self._listed(told))

    def _versions(self) -> Iterator[str]:
        held = (self.one.versions, self.two.versions)
        names = sorted({*held[0], *held[1]})
        told = [
            self._say("parameter", name=name, first=held[0].get(name, "–"), second=held[1].get(name, "–"))
            for name in names
            if held[0].get(name) != held[1].get(name)
        ]  # fmt: skip
        if told:
            yield self._say("versions", names=self._listed(told))

    def _sites(self) -> Iterator[str]:
        table = self.found["sites"]
        counts = [len(run.tables["sites"]) for run in (self.one, self.two) if "sites" in run.tables]
        if len(counts) < 2:
            return
        if not len(table):
            yield self.words["no_sites"]
            return
        shared = counts[0] - len(self.found["only_first"])
        yield self._say(
            "sites" if len(table) > 1 else "one_site", count=str(len(table)), all=str(shared)
        )
        leaders = [self._leader(run) for run in (self.one, self.two)]
        if leaders[0] != leaders[1]:
            yield self._say("leader", one=leaders[0], two=leaders[1])
        scored = table[table["score_first"].notna() | table["score_second"].notna()]
        for row in scored.head(3).to_dict("records"):
            yield self._site(row)
        vetoes = table[table["veto_first"] != table["veto_second"]]
        if len(vetoes):
            told = [
                self._say(
                    "veto", site=str(row["site"]), first=self._kinds(row["veto_first"]),
                    second=self._kinds(row["veto_second"]),
                )
                for row in vetoes.to_dict("records")
            ]  # fmt: skip
            yield self._say("vetoes", names=self._listed(told))

    def _kinds(self, veto: str) -> str:
        """Return kinds of constraint as words."""
        names = [HAZARDS.get(kind, (kind, kind))[self.place] for kind in veto.split(", ") if kind]
        return ", ".join(names).lower() or self.words["absent"]

    def _leader(self, run: Published) -> str:
        table = run.tables["sites"]
        if "rank" not in table.columns:
            return self.words["missing"]
        names = table.loc[table["rank"] == 1, "site"]
        return self._listed(list(names)) if len(names) else self.words["missing"]

    def _site(self, row: Mapping[str, Any]) -> str:
        most = ""
        if isinstance(row["criterion"], str) and row["criterion"]:
            change = self._signed(row["criterion_change"])
            most = self._say("most", criterion=self._label(row["criterion"]), change=change)
        return self._say(
            "site", site=str(row["site"]), name=str(row["name"]), most=most,
            first=self._number(row["score_first"]), second=self._number(row["score_second"]),
            rank_first=self._number(row["rank_first"], 0),
            rank_second=self._number(row["rank_second"], 0),
        )  # fmt: skip

    def _label(self, criterion: str) -> str:
        table = self.found["criteria"]
        held = table[table["criterion"] == criterion]
        column = "libelle" if self.language == "fr" else "label"
        return str(held[column].iloc[0]) if len(held) else criterion

    def _reasons(self) -> Iterator[str]:
        column = "libelle" if self.language == "fr" else "label"
        for row in self.found["criteria"].head(_SHOWN).to_dict("records"):
            yield self._say(
                "criterion" if row["sites"] > 1 else "one_criterion",
                label=str(row[column]), count=str(row["sites"]),
                change=self._signed(row["mean_change"]), because=self._because(row["because"]),
            )  # fmt: skip
        asked = set(self.found["criteria"]["measure"])
        sectors = self.found["sectors"]
        sectors = sectors[sectors["measure"].isin(asked) & sectors["sector"].ne("other")]
        for row in sectors.head(_SHOWN).to_dict("records"):
            yield self._say(
                "sector", sector=self._sector(row["sector"]), label=str(row[column]),
                unit=self._unit(row["unit"]),
                first=self._number(row["first"]), second=self._number(row["second"]),
                because=self._because(row["because"]),
            )  # fmt: skip
        yield from self._totals(self.found["figures"])

    def _totals(self, figures: pd.DataFrame) -> Iterator[str]:
        """Tell the programme's totals, and what changes for the rehoused on the criteria that moved."""
        for row in figures[figures["table"] == "programme"].to_dict("records"):
            name = str(row["figure"])
            decimals = 3 if name == "ratio" else 0
            yield self._say(
                "figure", figure=_FIGURES.get(name, (name, name))[self.place],
                first=self._number(row["first"], decimals),
                second=self._number(row["second"], decimals),
            )  # fmt: skip
        moves = figures[figures["table"] == "scenario_rehousing"]
        for row in moves.head(_SHOWN).to_dict("records"):
            held = declared(str(row["figure"]).removeprefix("change "))
            yield self._say(
                "scenario", item=str(row["item"]), label=held.fr if self.place else held.en,
                first=self._signed(row["first"]), second=self._signed(row["second"]),
                unit=self._unit(held.unit),
            )  # fmt: skip

    def _sector(self, name: str) -> str:
        return SECTORS.get(name, (name, name))[self.place]

    def _unit(self, unit: Any) -> str:
        told = UNITS.get(str(unit), (str(unit), str(unit), 1))
        return str(told[self.place]) if isinstance(unit, str) else ""

    def _because(self, names: str) -> str:
        if not names:
            return self.words["unknown"]
        return self._say("because", names=self._listed(names.split(", ")))

    def _listed(self, names: list[str]) -> str:
        if len(names) <= _SHOWN:
            return ", ".join(map(str, names))
        shown = ", ".join(map(str, names[:_SHOWN]))
        return self._say("more", shown=shown, count=str(len(names) - _SHOWN))

    def _number(self, value: float, decimals: int = 1) -> str:
        if pd.isna(value):
            return self.words["missing"]
        text = f"{value:.{decimals}f}"
        return text.replace(".", ",") if self.language == "fr" else text

    def _signed(self, value: float) -> str:
        if pd.isna(value):
            return self.words["missing"]
        # Two decimals where one would print a change as none.
        decimals = 1 if round(abs(value), 1) or not value else 2
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + self._number(abs(value), decimals)

    def _say(self, key: str, **values: str) -> str:
        return self.words[key].format(**values)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
