"""Which input a measure rests on, and which inputs and parameters differ between two runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from renewal_gis.publishing.published import Published

__all__ = ["Ground", "causes", "differing_inputs", "differing_parameters", "ground_of"]

_NOT_CAUSES = ("run", "study")  # a name, and a number made of all the rest
_WALKED = ("walk.profile", "walk.slope", "walk.join_limit_m", "walk.margin_m")
_SERVED = (*_WALKED, "timetable_date", "window", "transit.rules.join_limit_m")
_RIDDEN = (*_WALKED, "timetable_date", "window", "transit.rules")


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a measure rests on.

    Attributes
    ----------
    layers
        Names of layers.
    parameters
        Names of parameters, or of groups of them (`walk.profile`, `transit.rules`).
    """

    layers: tuple[str, ...]
    parameters: tuple[str, ...] = ()

    def with_layers(self, *layers: str) -> Ground:
        """Return the same ground with some layers more."""
        return Ground(layers=(*self.layers, *layers), parameters=self.parameters)


_GROUNDS = {
    "constraint_share": Ground(layers=("constraints",)),
    "built_up_m": Ground(layers=("stock",)),
    "gravity": Ground(layers=("streets", "services", "stock"), parameters=(*_WALKED, "walk.decay")),
    "floating": Ground(
        layers=("streets", "services", "stock"), parameters=(*_WALKED, "walk.decay")
    ),
}


def ground_of(measure: str) -> Ground:
    """Return the layers and the parameters a measure rests on.

    Parameters
    ----------
    measure
        Name of a measure, such as `walk_min:ecole`.

    Examples
    --------
    >>> ground_of("walk_min:ecole").layers
    ('streets', 'services')
    >>> ground_of("departures_day:stop").parameters[-3:]
    ('timetable_date', 'window', 'transit.rules.join_limit_m')
    """
    kind, _, subject = measure.partition(":")
    if kind == "percentile":
        return ground_of(subject).with_layers("stock", "communes")
    if kind.startswith("grid_"):
        return Ground(layers=(f"grid:{subject}",), parameters=(f"grids.{subject}",))
    if kind in _GROUNDS:
        return _GROUNDS[kind]
    if kind.startswith("transit_"):
        return _ridden(kind, subject)
    on_foot = kind in ("walk_min", "basket_groups") or kind.startswith("count_")
    if on_foot and subject != "stop":
        layer = "destinations" if subject == "centre" else "services"
        return Ground(layers=("streets", layer), parameters=_WALKED)
    days = () if subject == "stop" else ("transit.days",)
    return Ground(layers=("streets", "stops"), parameters=(*_SERVED, *days))


def _ridden(kind: str, subject: str) -> Ground:
    """Return the ground of a travel time by transit, or of what is reached by it."""
    if re.fullmatch(r"transit_\d+_min", kind):
        layer = {"jobs": "destinations", "dwellings": "stock"}.get(subject, "services")
        return Ground(layers=("streets", "stops", layer), parameters=_RIDDEN)
    layers: tuple[str, ...] = ("streets", "stops", "destinations")
    parameters: tuple[str, ...] = _RIDDEN
    if kind in ("transit_change", "transit_min_before"):
        layers, parameters = (*layers, "stops before"), (*parameters, "transit.before")
    elif kind in ("transit_gain", "transit_min_planned"):
        parameters = (*parameters, "transit.changes")
    return Ground(layers=layers, parameters=parameters)


def differing_inputs(first: Published, second: Published) -> pd.DataFrame:
    """Return the layers that differ.

    Returns
    -------
    DataFrame
        Columns `layer, change, first, second`: `change` is `content` (the hash differs), `name` (the same
        bytes under another name), `said` (another nature, vintage, licence or attribution),
        `only-first` or `only-second`; then the files.
    """
    held = [_files(run.inputs) for run in (first, second)]
    rows = []
    for layer in sorted({*held[0], *held[1]}):
        one, two = (part.get(layer, []) for part in held)
        change = _change(one, two)
        if change:
            rows.append(
                {
                    "layer": layer,
                    "change": change,
                    "first": ", ".join(file["file"] for file in one),
                    "second": ", ".join(file["file"] for file in two),
                }
            )
    return pd.DataFrame(rows, columns=["layer", "change", "first", "second"])


def _files(inputs: pd.DataFrame) -> dict[str, list[dict[str, str]]]:
    held: dict[str, list[dict[str, str]]] = {}
    for row in inputs.to_dict("records"):
        told = {str(name): str(value) for name, value in row.items()}
        held.setdefault(told["layer"], []).append(told)
    return held


def _change(one: list[dict[str, str]], two: list[dict[str, str]]) -> str:
    if not one or not two:
        return "only-first" if one else "only-second"
    for change, names in (
        ("content", ("sha256",)),
        ("said", ("nature", "vintage", "licence", "attribution")),
        ("name", ("file",)),
    ):
        if [[file.get(name) for name in names] for file in one] != [
            [file.get(name) for name in names] for file in two
        ]:
            return change
    return ""


def differing_parameters(first: Published, second: Published) -> pd.DataFrame:
    """Return the parameters that differ: columns `parameter, first, second`, as text."""
    one, two = (dict(_leaves(run.parameters)) for run in (first, second))
    rows = [
        {"parameter": key, "first": one.get(key, ""), "second": two.get(key, "")}
        for key in sorted({*one, *two})
        if one.get(key, "") != two.get(key, "")
    ]
    return pd.DataFrame(rows, columns=["parameter", "first", "second"])


def _leaves(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every parameter by its key path; criteria by their name."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if where or key not in _NOT_CAUSES:
                yield from _leaves(held, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
        for place, held in enumerate(value):
            named = {key: told for key, told in held.items() if key not in ("name", "en", "fr")}
            yield from _leaves(named or {"": ""}, f"{where}.{held.get('name', place)}")
    elif value is not None and value != []:
        yield where, f"{value:g}" if isinstance(value, float) else str(value)


def causes(
    measure: str, inputs: pd.DataFrame, parameters: pd.DataFrame, *, slopes: Collection[str] = ()
) -> list[str]:
    """Return the layers and the parameters that differ and that a measure of a site rests on.

    Parameters
    ----------
    measure
        Name of the measure.
    inputs, parameters
        Results of `differing_inputs` and `differing_parameters`.
    slopes
        Names of the grids whose slopes people walk on: walks rest on them too.

    Notes
    -----
    A layer that is only told otherwise, or has another name, changes no number. The sites' own layer is a
    cause for every measure of a site.
    """
    ground = ground_of(measure).with_layers("sites")
    if set(_WALKED) <= set(ground.parameters):
        ground = ground.with_layers(*(f"grid:{name}" for name in slopes))
    changed = inputs.loc[~inputs["change"].isin(("said", "name")), "layer"]
    layers = [layer for layer in changed if layer in ground.layers]
    asked = [
        name
        for name in parameters["parameter"]
        if any(name == held or name.startswith(f"{held}.") for held in ground.parameters)
    ]
    return [*layers, *asked]
