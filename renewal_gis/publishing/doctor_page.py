"""The doctor's page: what was looked at, as HTML that opens without network and as CSV."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd

from renewal_gis.files import atomic_folder
from renewal_gis.publishing.results import write_csv

__all__ = ["write_doctor_pages"]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem; font-size: .9rem; }
caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc; }
th { border-bottom: 2px solid #1b1b1b; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.serious { border-left: .5rem solid #8a1c1c; font-weight: 600; }
.look { border-left: .5rem solid #b8860b; }
.fine { border-left: .5rem solid #2f6f4f; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } tr { break-inside: avoid; } }
"""
# Nothing is fetched and nothing runs, whatever the data says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_doctor_pages(
    folder: Path,
    *,
    title: str,
    layers: pd.DataFrame,
    symptoms: pd.DataFrame,
    findings: pd.DataFrame,
) -> list[Path]:
    """Write `check.html`, `check.csv` (what was looked at) and `findings.csv`.

    Parameters
    ----------
    folder
        Where; its other files stay.
    title
        Name of the study.
    layers
        What each layer holds.
    symptoms
        What the doctor found, with its columns `weight`, `layer`, `check`, `count`, `found`, `effect`.
    findings
        What loading found, one row each.

    Returns
    -------
    list of Path
        The files.
    """
    page = _page(title, layers, symptoms, _grouped(findings))
    with atomic_folder(folder) as beside:
        (beside / "check.html").write_text(page, encoding="utf-8")
        for name, table in (("check.csv", symptoms), ("findings.csv", findings)):
            write_csv(table, beside / name)
    return [folder / name for name in ("check.html", "check.csv", "findings.csv")]


def _grouped(findings: pd.DataFrame) -> pd.DataFrame:
    """Return like findings together: how many rows, and the first of them."""
    keys = ["layer", "severity", "code"]
    held = findings.groupby(keys, sort=False).agg(rows=("count", "sum"), first=("message", "first"))
    return held.reset_index()


def _page(title: str, layers: pd.DataFrame, symptoms: pd.DataFrame, findings: pd.DataFrame) -> str:
    html = ET.Element("html", lang="en")
    head = ET.SubElement(html, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    ET.SubElement(head, "title").text = f"Data of {title}"
    ET.SubElement(head, "style").text = _STYLE
    body = ET.SubElement(html, "body")
    ET.SubElement(body, "h1").text = f"Data of {title}"
    counts = symptoms["weight"].value_counts()
    told = ", ".join(f"{int(counts.get(one, 0))} {one}" for one in ("serious", "look", "fine"))
    ET.SubElement(body, "p").text = f"Looked at: {told}. What was left out stands in findings.csv."
    wanted = ["weight", "layer", "check", "count", "found", "effect"]
    _table(body, "What the data does to the results", symptoms[wanted])
    _table(body, "What each layer holds", layers)
    _table(body, "What loading found", findings)
    return "<!doctype html>\n" + ET.tostring(html, encoding="unicode", method="html") + "\n"


def _table(body: ET.Element, caption: str, table: pd.DataFrame) -> None:
    held = ET.SubElement(body, "table")
    ET.SubElement(held, "caption").text = caption
    head = ET.SubElement(ET.SubElement(held, "thead"), "tr")
    for name in table.columns:
        ET.SubElement(head, "th", scope="col").text = str(name)
    rows = ET.SubElement(held, "tbody")
    for values in table.itertuples(index=False):
        row = ET.SubElement(rows, "tr")
        for value in values:
            cell = ET.SubElement(row, "td")
            if isinstance(value, int | float):
                cell.set("class", "number")
                cell.text = f"{value:,}"
            else:
                cell.text = "" if pd.isna(value) else str(value)
        if "weight" in table.columns:
            row[0].set("class", str(values[0]))
