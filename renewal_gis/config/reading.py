"""The study file: `study.toml` read into frozen settings, every fault told at once."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from renewal_gis.access import PROFILES, Decay
from renewal_gis.config.criteria import read_criteria, read_weightings
from renewal_gis.config.decays import DECAYS
from renewal_gis.config.layers import is_no_file, read_layer_spec, read_layers
from renewal_gis.config.programme import read_programme
from renewal_gis.config.scenarios import read_scenarios
from renewal_gis.config.settings import (
    Grid,
    Isochrones,
    Settings,
    Surface,
    Transit,
    Walk,
    default_criteria,
)
from renewal_gis.config.timetables import read_transit
from renewal_gis.config.values import Values
from renewal_gis.errors import StudyFileError, UsageError
from renewal_gis.schema import LayerSpec

__all__ = ["read_study_file"]

_SECTIONS = (
    "study", "layers", "communes", "sectors", "walk", "surface", "isochrones", "transit", "criteria",
    "robustness", "scenarios", "programme",
)  # fmt: skip
_SECTORS = ("corridor", "south")


def read_study_file(path: Path | str) -> Settings:
    """Read a study file.

    Parameters
    ----------
    path
        A `study.toml`, or the folder that holds it; the paths in it are relative to it.

    Raises
    ------
    StudyFileError
        With every fault, each with its key path; an unknown key is told with the nearest known one.
    """
    where = Path(path)
    if where.is_dir():
        where = where / "study.toml"
    try:
        text = where.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyFileError(
            f"There is no study file at {where}. Write one with: renewal-gis new"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise StudyFileError(f"{where} cannot be read as UTF-8 text: {fault}.") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise StudyFileError(f"{where} is not valid TOML: {fault}.") from None
    return _Reader(where).read(content)


class _Reader(Values):
    """Reads the sections of a study file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def read(self, content: Mapping[str, Any]) -> Settings:
        self.keys(content, _SECTIONS, "")
        study = self.section(content, "study")
        self.keys(study, ("name", "language", "crs"), "study")
        name = self.text(study, "name", "study", default=self.path.resolve().parent.name)
        language = self.choice(study, "language", ("fr", "en"), "study", default="fr")
        crs = self.text(study, "crs", "study", default="EPSG:2154")
        layers, grids = read_layers(self, self.section(content, "layers"), folder=self.path.parent)
        sectors, date = self.sectors(self.section(content, "sectors"))
        events = self.commune_events(self.section(content, "communes"))
        walk = self.walk(self.section(content, "walk"), grids)
        surface = self.surface(content.get("surface"))
        isochrones = self.isochrones(content.get("isochrones"))
        transit = self.transit(content.get("transit"), walk)
        criteria = read_criteria(self, content.get("criteria", [])) or default_criteria()
        robustness = read_weightings(self, content.get("robustness"), criteria)
        scenarios = read_scenarios(self, content.get("scenarios", {}))
        programme = read_programme(
            self, self.section(content, "programme"), folder=self.path.parent
        )
        if self.faults:
            lines = "\n".join(f"  {fault}" for fault in self.faults)
            raise StudyFileError(f"{self.path}: {len(self.faults)} fault(s)\n{lines}")
        return Settings(
            path=self.path, name=name, language=cast(Literal["fr", "en"], language), crs=crs,
            layers=layers, grids=grids, sectors=sectors, sectors_date=date, commune_events=events,
            walk=walk, surface=surface,
            isochrones=isochrones,
            transit=transit, criteria=criteria, robustness=robustness, scenarios=scenarios,
            programme=programme,
        )  # fmt: skip

    def layer(self, entry: Any, where: str, extra: tuple[str, ...] = ()) -> LayerSpec | None:
        return read_layer_spec(self, entry, where, folder=self.path.parent, extra=extra)

    def commune_events(self, part: Mapping[str, Any]) -> Path | None:
        """Return INSEE's table of the events of communes, where the study names it."""
        self.keys(part, ("events",), "communes")
        name = self.text(part, "events", "communes", default="")
        if "events" in part and not name and isinstance(part["events"], str):
            self.fault("communes.events", "is empty; name INSEE's table of events or drop the key.")
        if is_no_file(name):
            told = "is no file but a connection or an address. Download INSEE's table and name the file."
            self.fault("communes.events", told)
            return None
        return (self.path.parent / name).resolve() if name else None

    def sectors(self, part: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], dt.date | None]:
        self.keys(part, (*_SECTORS, "date"), "sectors")
        sectors: dict[str, tuple[str, ...]] = {}
        for name in _SECTORS:
            codes = part.get(name, [])
            if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
                self.fault(f"sectors.{name}", "must be a list of commune codes in quotes.")
                continue
            if codes:
                sectors[name] = tuple(codes)
            elif name in part:
                self.fault(
                    f"sectors.{name}", "is empty; name at least one commune or drop the key."
                )
        both = sorted(set(sectors.get("corridor", ())) & set(sectors.get("south", ())))
        if both:
            self.fault("sectors", f"{', '.join(both)} stands in both the corridor and the south.")
        return sectors, self.day(part, "date", "sectors")

    def walk(self, part: Mapping[str, Any], grids: Mapping[str, Grid]) -> Walk:
        self.keys(
            part,
            (
                "profile",
                "speed_km_h",
                "slope",
                "thresholds_min",
                "join_limit_m",
                "margin_m",
                "decay",
            ),
            "walk",
        )
        usual = Walk()
        profile = PROFILES[
            self.choice(part, "profile", tuple(PROFILES), "walk", default=usual.profile.name)
        ]
        speed = self.number(
            part, "speed_km_h", "walk", default=profile.speed_km_h, above=0, most=50
        )
        slope = self.text(part, "slope", "walk", default="")
        if slope and slope != "ascent_m" and slope not in grids:
            known = ", ".join(["ascent_m", *grids])
            self.fault(
                "walk.slope", f"must be ascent_m or the name of a grid, got {slope!r}: {known}."
            )
        return Walk(
            profile=replace(profile, speed_km_h=speed),
            slope=slope,
            thresholds_min=self.minutes(part, "thresholds_min", "walk", usual.thresholds_min),
            join_limit_m=self.number(
                part, "join_limit_m", "walk", default=usual.join_limit_m, above=0
            ),
            margin_m=self.margin(part, usual.margin_m),
            decay=self.decay(part.get("decay"), usual.decay),
        )

    def decay(self, part: Any, usual: Decay) -> Decay:
        if part is None:
            return usual
        where = "walk.decay"
        if not isinstance(part, dict):
            self.fault(where, 'must be a table such as { function = "linear", limit_min = 20 }.')
            return usual
        self.keys(part, ("function", "beta", "limit_min", "limits_min", "weights"), where)
        name = self.choice(part, "function", tuple(DECAYS), where, default="linear")
        make, needed = DECAYS[name]
        faults = len(self.faults)
        for key in sorted(set(part) - {"function", *needed}):
            self.fault(
                f"{where}.{key}",
                f"is not used by the function {name}; it takes {', '.join(needed)}.",
            )
        for key in needed:
            if key not in part:
                self.fault(where, f"the function {name} needs {key}.")
        given = {
            key: self.numbers(part, key, where)
            if key in ("limits_min", "weights")
            else self.number(part, key, where, default=1.0, above=0, most=1440)
            for key in needed
            if key in part
        }
        if len(self.faults) > faults:
            return usual
        try:
            return make(given)
        except UsageError as fault:
            self.fault(where, str(fault))
            return usual

    def margin(self, part: Mapping[str, Any], usual: float) -> float:
        held = self.number(part, "margin_m", "walk", default=usual, most=100_000)
        if held < 0:
            self.fault("walk.margin_m", f"must be metres from 0 on, got {held!r}.")
        return held

    def surface(self, part: Any) -> Surface | None:
        if part is None:
            return None
        if not isinstance(part, dict):
            self.fault("surface", "must be a table, written [surface].")
            return None
        self.keys(part, ("cell_m",), "surface")
        return Surface(
            cell_m=self.number(
                part, "cell_m", "surface", default=Surface().cell_m, above=0, most=100_000
            )
        )

    def isochrones(self, part: Any) -> Isochrones | None:
        if part is None:
            return None
        if not isinstance(part, dict):
            self.fault("isochrones", "must be a table, written [isochrones].")
            return None
        self.keys(part, ("of", "minutes", "direction"), "isochrones")
        usual, known = Isochrones(), ("sites", "services", "stops")
        of = part.get("of", list(usual.of))
        sound = isinstance(of, list) and of and all(isinstance(name, str) for name in of)
        if not sound or not set(of) <= set(known) or len(set(of)) < len(of):
            self.fault("isochrones.of", f"must be a list among {', '.join(known)}, got {of!r}.")
            of = usual.of
        direction = self.choice(part, "direction", ("from", "to"), "isochrones", default="from")
        return Isochrones(
            of=tuple(of),
            minutes=self.minutes(part, "minutes", "isochrones", usual.minutes),
            direction=cast(Literal["from", "to"], direction),
        )

    def transit(self, part: Any, walk: Walk) -> Transit | None:
        if part is None:
            return None
        if not isinstance(part, dict):
            self.fault("transit", "must be a table, written [transit].")
            return None
        return read_transit(self, part, layer=self.layer, walk=walk)
