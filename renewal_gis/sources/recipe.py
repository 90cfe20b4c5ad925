"""The changes a study asks of a file before it is checked.

Rows kept, repeats, names, constants and values, in this order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from renewal_gis.schema import Finding, LayerSpec, Table
from renewal_gis.sources.opening import nearest
from renewal_gis.sources.text import as_text

__all__ = ["Prepared", "prepared"]

# id = "row" numbers the rows: for a file whose only identifiers clash with another file's.
ROW_NUMBER = "row"


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The rows of one file under the names of the schema, indexed by their identifier.

    Parameters
    ----------
    frame
        None when a fault makes the rows meaningless.
    findings
        Faults (severity `error`), repeats, rows set aside.
    """

    frame: pd.DataFrame | None
    findings: tuple[Finding, ...]


def prepared(raw: pd.DataFrame, spec: LayerSpec, table: Table, *, prefix: str = "") -> Prepared:
    """Apply what the study asks of a file.

    Parameters
    ----------
    raw
        Rows as read, indexed by their number in the file.
    spec
        The requests.
    table
        The declared table.
    prefix
        Put before row numbers used as identifiers, so that several files do not clash.
    """
    told = _Teller(spec, table)
    faults = [*_unknown_columns(raw, told), *_unknown_targets(raw, told)]
    if faults:
        return Prepared(frame=None, findings=tuple(faults))
    ids = _identifiers(raw, spec, prefix)
    findings: list[Finding] = []
    kept = _kept(raw, told, findings)
    kept = _first_of_each(kept, ids, told, findings)
    kept = _identified(kept, ids, told, findings)
    frame = _renamed(kept, spec)
    for column, value in spec.constants.items():
        frame[column] = value
    for column, mapping in spec.values.items():
        text = as_text(frame[column])
        frame[column] = text.map(mapping).where(text.isin(list(mapping)), text)
    geometry = [kept.geometry.name] if table.geometry and hasattr(kept, "geometry") else []
    # Undeclared columns are left out: a cadastral file has eighty, and none of them is checked.
    wanted = [name for name in table.names if name in frame]
    frame = frame[[*wanted, *geometry]]
    frame.index = pd.Index(ids.loc[kept.index].tolist(), name=table.index)
    return Prepared(frame=frame, findings=tuple(findings))


@dataclass(frozen=True)
class _Teller:
    """Words findings about one file."""

    spec: LayerSpec
    table: Table

    def fault(self, code: str, message: str, *, column: str = "") -> Finding:
        return Finding(
            layer=self.table.name,
            severity="error",
            code=code,
            message=message,
            column=column,
            file=self.spec.path.name,
        )

    def dropped(self, code: str, message: str, *, row: str, column: str) -> Finding:
        return Finding(
            layer=self.table.name,
            severity="dropped",
            code=code,
            message=message,
            row=row,
            column=column,
            file=self.spec.path.name,
        )

    def note(self, code: str, message: str, *, column: str = "", count: int = 1) -> Finding:
        return Finding(
            layer=self.table.name,
            severity="note",
            code=code,
            message=message,
            column=column,
            file=self.spec.path.name,
            count=count,
        )


def _unknown_columns(raw: pd.DataFrame, told: _Teller) -> Iterable[Finding]:
    spec = told.spec
    held = [str(name) for name in raw.columns]
    asked = [*((name, "rename") for name in spec.rename), *((name, "keep") for name in spec.keep)]
    asked += [(name, key) for name, key in ((spec.id, "id"), (spec.unique, "unique")) if name]
    for name, key in asked:
        if name not in held and (key, name) != ("id", ROW_NUMBER):
            yield told.fault(
                "unknown-column",
                f"{key} names the column {name!r}, which the file does not have."
                f"{nearest(name, held)} Correct it under [layers.{told.table.name}].",
                column=name,
            )


def _unknown_targets(raw: pd.DataFrame, told: _Teller) -> Iterable[Finding]:
    spec, table = told.spec, told.table
    known = list(table.names)
    asked = [*((name, "rename") for name in spec.rename.values())]
    asked += [(name, "constants") for name in spec.constants]
    asked += [(name, "values") for name in spec.values]
    for name, key in asked:
        if name not in known:
            yield told.fault(
                "unknown-target",
                f"{key} names {name!r}, which is no column of the table {table.name}."
                f"{nearest(name, known)}",
                column=name,
            )
    targets = list(spec.rename.values())
    for name in sorted({name for name in targets if targets.count(name) > 1}):
        yield told.fault(
            "repeated-target", f"rename gives {name!r} to several columns. Keep one.", column=name
        )
    filled = {*spec.rename.values(), *spec.constants, *(str(name) for name in raw.columns)}
    for name in spec.values:
        if name in known and name not in filled:
            yield told.fault(
                "unknown-column",
                f"values maps the column {name!r}, which the file does not have."
                f"{nearest(name, [str(held) for held in raw.columns])} Rename one to it first.",
                column=name,
            )


def _identifiers(raw: pd.DataFrame, spec: LayerSpec, prefix: str) -> pd.Series:
    column = spec.id or ("id" if "id" in raw.columns else None)
    if column is not None and (column != ROW_NUMBER or ROW_NUMBER in raw.columns):
        return as_text(raw[column])
    return pd.Series([f"{prefix}{number}" for number in raw.index], index=raw.index, dtype=object)


def _kept(raw: pd.DataFrame, told: _Teller, findings: list[Finding]) -> pd.DataFrame:
    wanted = pd.Series(True, index=raw.index)
    for column, values in told.spec.keep.items():
        text = as_text(raw[column])
        wanted &= text.isin(list(values))
        held = sorted({value for value in text if value is not None})
        findings += [
            told.note(
                "keep-matches-nothing",
                f"keep asks for {column} = {value!r}, which no row has.{nearest(value, held)}",
                column=column,
            )
            for value in values
            if value not in held
        ]
    aside = int((~wanted).sum())
    if aside:
        asked = "; ".join(f"{name} in {', '.join(of)}" for name, of in told.spec.keep.items())
        findings.append(
            told.note(
                "set-aside",
                f"{aside} of {len(raw)} rows were set aside as asked (keep {asked}).",
                count=aside,
            )
        )
    return raw[wanted]


def _first_of_each(
    kept: pd.DataFrame, ids: pd.Series, told: _Teller, findings: list[Finding]
) -> pd.DataFrame:
    column = told.spec.unique
    if column is None:
        return kept
    text = as_text(kept[column])
    repeated = text.duplicated() & text.notna()
    first = {value: number for number, value in reversed(list(text.items()))}
    for number in kept.index[repeated]:
        value = text[number]
        findings.append(
            told.dropped(
                "repeated-row",
                f"Row {number} of the file repeats {column} = {value} of row {first[value]}; "
                "the first one was kept.",
                row=str(ids[number] or number),
                column=column,
            )
        )
    return kept[~repeated]


def _identified(
    kept: pd.DataFrame, ids: pd.Series, told: _Teller, findings: list[Finding]
) -> pd.DataFrame:
    unnamed = ids.loc[kept.index].isna()
    column = told.spec.id or "id"
    findings += [
        told.dropped(
            "missing-id",
            f"Row {number} of the file has no {column}; it was left out. Fill the column or "
            "choose another with id.",
            row=str(number),
            column=column,
        )
        for number in kept.index[unnamed]
    ]
    return kept[~unnamed]


def _renamed(kept: pd.DataFrame, spec: LayerSpec) -> pd.DataFrame:
    # A column renamed onto a name the file already has replaces it.
    replaced = [name for name in spec.rename.values() if name in kept.columns]
    replaced = [name for name in replaced if spec.rename.get(name) is None]
    return kept.drop(columns=replaced).rename(columns=dict(spec.rename))
