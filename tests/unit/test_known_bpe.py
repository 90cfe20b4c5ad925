"""BPE: three nomenclatures, quality of coordinates, mobile services, points outside their commune.

Shapes as in INSEE's files: `bpe21_ensemble_xy.csv` (`;`), BPE 2023 and later (columns of the parquet).
"""

from __future__ import annotations

import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from renewal_gis.errors import LayerReadError
from renewal_gis.schema import BASKET, PROXIMITY, LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.known import (
    CROSSWALK,
    crosswalk_differences,
    modern,
    nomenclatures_of,
    proximity_differences,
    read_crosswalk,
    read_ranges,
)

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
HEAD = [
    "AN",
    "NOMRS",
    "DEPCOM",
    "EPCI",
    "LAMBERT_X",
    "LAMBERT_Y",
    "EPSG",
    "QUALITE_XY",
    "TYPE",
    "TYPEQU",
]


def facility(code, x=X, y=Y, **rest):
    held = {"AN": "2025", "NOMRS": "", "DEPCOM": "59112", "EPCI": "245901160", "LAMBERT_X": x,
            "LAMBERT_Y": y, "EPSG": "2154", "QUALITE_XY": "B", "TYPE": "", "TYPEQU": code}  # fmt: skip
    return {**held, **rest}


def parquet(path, *rows):
    pd.DataFrame(rows).astype({"LAMBERT_X": float, "LAMBERT_Y": float}).to_parquet(path)
    return path


def load(path, **asked):
    keep = asked.pop("keep", {})
    return read_layer(
        [LayerSpec(path=path, source="bpe", keep=keep)], table="services", crs=LAMBERT, **asked
    )


def found(loaded):
    return {(one.severity, one.code): one.count for one in loaded.findings}


def communes(**outlines):
    return gpd.GeoDataFrame(
        {"name": list(outlines)}, index=[one.removeprefix("c") for one in outlines],
        geometry=list(outlines.values()), crs=2154,
    )  # fmt: skip


def test_a_2025_file_becomes_services_with_licence_and_vintage(tmp_path):
    path = parquet(
        tmp_path / "BPE25.parquet", facility("C108", NOMRS="École Jaurès"), facility("D265")
    )
    loaded = load(path)
    assert loaded.table["group"].tolist() == ["ecole", "medecin"]
    assert loaded.table["name"].tolist()[0] == "École Jaurès"
    assert loaded.table.index.tolist() == ["59112-C108-1", "59112-D265-1"]
    assert loaded.table["vintage"].unique().tolist() == ["BPE 2025"]
    (origin,) = loaded.provenance
    assert (origin.vintage, origin.attribution) == ("2025", "INSEE – BPE 2025")
    assert origin.licence == "Licence Ouverte 2.0"


def test_a_2021_csv_with_comma_decimals_latin_1_and_old_codes(tmp_path):
    text = "AN;DEPCOM;LAMBERT_X;LAMBERT_Y;QUALITE_XY;TYPEQU;NOMRS\n"
    text += "2021;59112;735000,5;7030000,25;Bonne;C101;Maternelle Zoé\n"
    text += "2021;59112;735010,5;7030000,25;Acceptable;D201;\n"
    text += "2021;59112;735020,5;7030000,25;Mauvaise;B203;\n"
    text += "2021;59112;;;Non géolocalisé;B101;\n"
    path = tmp_path / "bpe21_ensemble_xy.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bpe21_ensemble_xy.csv", text.encode("cp1252"))
        archive.writestr("varmod_bpe21_ensemble_xy.csv", "COD_VAR;LIB_VAR\n")
    loaded = load(path)
    assert loaded.table["group"].tolist() == ["ecole", "medecin"]
    assert loaded.table["source_code"].tolist() == ["C101", "D201"]
    assert loaded.table.geometry.iloc[0].equals(Point(735000.5, 7030000.25))
    dropped = [one for one in loaded.findings if one.severity == "dropped"]
    assert [one.code for one in dropped] == ["bpe-quality", "bpe-quality"]
    assert "bad" in dropped[0].message
    assert "not located" in dropped[1].message
    assert ("note", "encoding") in found(loaded)


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path):
    path = tmp_path / "bpe.csv"
    text = "DEPCOM;LAMBERT_X;LAMBERT_Y;TYPEQU\n59112;735000;7030000;B207\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(path).table["group"].tolist() == ["boulangerie"]


@pytest.mark.parametrize("quality", ["M", "_Z", "_U", "Mauvaise", "Non géolocalisé", "?"])
def test_coordinates_nobody_vouches_for_are_left_out_one_by_one(tmp_path, quality):
    path = parquet(tmp_path / "b.parquet", facility("C108"), facility("C108", QUALITE_XY=quality))
    loaded = load(path)
    assert len(loaded.table) == 1
    assert found(loaded)["dropped", "bpe-quality"] == 1


def test_mobile_services_and_other_types_are_set_aside_and_counted(tmp_path):
    path = parquet(
        tmp_path / "b.parquet", facility("F307"), facility("F307", TYPE="MO"),
        facility("A128", TYPE="ANT"), facility("A401"),
    )  # fmt: skip
    loaded = load(path)
    assert loaded.table["group"].tolist() == ["bibliotheque"]
    assert found(loaded) == {("note", "outside-basket"): 1, ("note", "mobile-service"): 2}
    assert loaded.provenance[0].rows_in == 4


def test_points_outside_their_commune_are_told(tmp_path):
    place = communes(c59112=box(X - 500, Y - 500, X + 500, Y + 500))
    path = parquet(
        tmp_path / "b.parquet",
        facility("C108"),
        facility("C108", x=X + 550),
        facility("C108", x=X + 900),
    )
    loaded = load(path, communes=place, margin_m=1000)
    told = next(one for one in loaded.findings if one.code == "outside-commune")
    assert "1 facilities lie more than 100 m outside" in told.message
    assert "59112-C108-3" in told.message
    assert len(loaded.table) == 3


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_only_the_study_and_its_margin_are_read(tmp_path, kind):
    rows = [
        facility("C108"),
        facility("C108", x=X + 1400, DEPCOM="59160"),
        facility("C108", x=X + 1600, DEPCOM="59160"),
        # Numbers of another system that fall on the study are another place.
        facility("C108", DEPCOM="97411", EPSG="2975"),
        facility("C108", x=X + 9000),
    ]
    path = parquet(tmp_path / "b.parquet", *rows)
    if kind == "csv":
        path = tmp_path / "b.csv"
        pd.DataFrame(rows).to_csv(path, sep=";", index=False)
    place = communes(c59112=box(X - 500, Y - 500, X + 500, Y + 500))
    loaded = load(path, communes=place, margin_m=1000)
    assert loaded.table["source_code"].count() == 3
    assert found(loaded)["note", "not-read"] == 2
    assert loaded.provenance[0].rows_in == 5


def test_keep_is_pushed_down_to_the_file(tmp_path):
    path = parquet(tmp_path / "b.parquet", facility("C108"), facility("C108", EPCI="200042190"))
    loaded = load(path, keep={"EPCI": ("245901160",)})
    assert len(loaded.table) == 1
    assert found(loaded) == {("note", "not-read"): 1}


def test_each_part_of_france_is_read_in_its_own_system(tmp_path):
    path = parquet(
        tmp_path / "b.parquet", facility("C108"),
        facility("C108", x=655_000, y=1_797_000, DEPCOM="97101", EPSG="5490"),
    )  # fmt: skip
    from renewal_gis.schema import table
    from renewal_gis.sources.known.declaring import Asked
    from renewal_gis.sources.known.reading import read_known

    given = read_known("bpe", Asked(path=path, table=table("services").name))
    assert given.frame.crs.to_epsg() == 4326
    lyon, guadeloupe = given.frame.geometry
    assert 3 < lyon.x < 4
    assert 50 < lyon.y < 51
    assert -62 < guadeloupe.x < -61
    assert 16 < guadeloupe.y < 17


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([facility("C108", AN="2026")], "the nearest known is 2025"),
        ([facility("C108", AN="2022")], "the nearest known is 2021"),
        ([facility("C108"), facility("C108", AN="2024")], "mixes the vintages 2024, 2025"),
        ([facility("C101"), facility("D265")], "says 2025|several nomenclatures"),
        ([facility("D201")], "says 2025, but its codes are those of 2021, 2023"),
        ([facility("C108", EPSG="3857")], "EPSG holds 3857"),
    ],
)
def test_a_vintage_nobody_knows_is_refused_and_nothing_is_guessed(tmp_path, rows, told):
    with pytest.raises(LayerReadError, match=told):
        load(parquet(tmp_path / "b.parquet", *rows))


def test_files_that_are_not_what_their_name_says(tmp_path):
    book = openpyxl.Workbook()
    workbook = tmp_path / "bpe.csv"
    book.save(workbook)
    with pytest.raises(LayerReadError, match="Excel workbook"):
        load(workbook)
    page = tmp_path / "page.csv"
    page.write_text("<!DOCTYPE html><html>503</html>")
    with pytest.raises(LayerReadError, match="web page"):
        load(page)
    outer = tmp_path / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", b"PK\x05\x06" + b"\0" * 18)
    with pytest.raises(LayerReadError, match="another zip"):
        load(outer)
    bare = tmp_path / "bare.csv"
    bare.write_text("DEPCOM;CODE\n59112;C108\n")
    with pytest.raises(LayerReadError, match="lacks TYPEQU"):
        load(bare)


def test_a_source_fills_its_own_tables_only(tmp_path):
    path = parquet(tmp_path / "b.parquet", facility("C108"))
    with pytest.raises(LayerReadError, match="cannot fill the table stock: it fills services"):
        read_layer([LayerSpec(path=path, source="bpe")], table="stock", crs=LAMBERT)
    with pytest.raises(LayerReadError, match="The nearest is 'bpe'"):
        read_layer([LayerSpec(path=path, source="bpee")], table="services", crs=LAMBERT)


# The types of the proximity range and what they were called (domain notes, INSEE 8217535 and 3568650).
PROXIMITY_2021 = {"B203": "B207", "C101": "C107", "C104": "C109", "D201": "D265", "D301": "D307",
                  "D232": "D281", "D244": "D281", "D233": "D279"}  # fmt: skip


def test_the_proximity_range_of_2021_reaches_the_codes_of_2025():
    assert {old: CROSSWALK[old] for old in PROXIMITY_2021} == PROXIMITY_2021
    assert modern(pd.Series(["B201", "A206", "F307"])).tolist() == ["B201", "A206", "F307"]


def test_2021_and_2025_give_the_same_groups_where_the_types_exist(tmp_path):
    back = {new: old for old, new in sorted(CROSSWALK.items())}
    codes = [code for group in BASKET for code in group.bpe]
    since = {"C108", "A128", "A129", "D502", "D505", "D506"}
    kept = [code for code in codes if code not in since]
    new = parquet(tmp_path / "n.parquet", *(facility(code) for code in kept))
    old = parquet(
        tmp_path / "o.parquet", *(facility(back.get(code, code), AN="2021") for code in kept)
    )
    assert load(old).table["group"].tolist() == load(new).table["group"].tolist()


@settings(deadline=None, max_examples=60)
@given(
    st.sets(st.sampled_from(sorted({*CROSSWALK, *CROSSWALK.values(), "A203", "C201"})), min_size=1)
)
def test_the_crosswalk_leads_to_codes_of_2024_and_stays_there(codes):
    moved = modern(pd.Series(sorted(codes)))
    assert "2024" in nomenclatures_of(moved)
    assert modern(moved).tolist() == moved.tolist()


def test_the_official_crosswalk_is_read_and_set_beside_ours(tmp_path):
    path = tmp_path / "BPE24_table_passage.csv"
    rows = [("D201", "D265"), ("C101", "C107"), ("D301", "D307"), ("B101", "B105")]
    path.write_text(
        "TYPEQU_ANCIEN;LIBELLE;TYPEQU_NOUVEAU\n" + "".join(f"{a};x;{b}\n" for a, b in rows)
    )
    official = read_crosswalk(path)
    assert official["D201"] == "D265"
    assert crosswalk_differences(official) == ["B101 becomes B105 for INSEE, B104 here."]
    path.write_text("A;B\nD201;x\n")
    with pytest.raises(LayerReadError, match="no column holds the old codes"):
        read_crosswalk(path)


def workbook(path, titles, rows, sheet="Gammes 2025 1 ligne 1 Typequ"):
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    page = book.create_sheet(sheet)
    for _ in range(titles):
        page.append(["Gammes d'équipements"])
    for row in rows:
        page.append(row)
    book.save(path)
    return path


RANGES = [
    [
        "TYPEQU",
        "LIBELLE_TYPEQU",
        "TYPEQU_REGROUPEMENT",
        "LIBELLE_TYPEQU_REGROUPEMENT",
        "GAMME",
        "LIBELLE_SDOM",
    ],
    ["C107", "École maternelle", "C107_C108_C109", "École", "Gamme de proximité", "Enseignement"],
    ["C201", "Collège", None, None, "Gamme intermédiaire", "Enseignement"],
    ["D106", "Urgences", None, None, "Gamme supérieure", "Santé"],
    ["A105", "Cour d'appel", None, None, "Hors Gamme", "Services"],
]


@pytest.mark.parametrize("titles", [0, 4, 7])
def test_the_workbook_of_ranges_is_parsed_wherever_its_header_is(tmp_path, titles):
    table = read_ranges(workbook(tmp_path / "g.xlsx", titles, RANGES))
    assert table["range"].to_dict() == {
        "C107": "proximity", "C201": "intermediate", "D106": "higher", "A105": "none"
    }  # fmt: skip
    assert table.loc["C107", "group"] == "C107_C108_C109"
    assert table.loc["C201", "group"] == "C201"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["CODE", "GAMME"]], "no sheet has"),
        ([*RANGES, RANGES[1]], "there twice"),
        ([RANGES[0], [*RANGES[1][:4], "Gamme locale", ""]], "gamme locale"),
        ([RANGES[0], [*RANGES[1][:4], None, ""]], "nothing for C107"),
    ],
)
def test_a_workbook_that_says_something_else_is_refused(tmp_path, rows, told):
    with pytest.raises(LayerReadError, match=told):
        read_ranges(workbook(tmp_path / "g.xlsx", 2, rows))


def test_the_sheet_can_be_named(tmp_path):
    path = workbook(tmp_path / "g.xlsx", 2, RANGES, sheet="Gammes 2024")
    assert len(read_ranges(path, sheet="Gammes 2024")) == 4
    with pytest.raises(LayerReadError, match="The nearest is 'Gammes 2024'"):
        read_ranges(path, sheet="Gammes 2023")


# ---- INSEE's types of proximity --------------------------------------------------------------------------


def test_a_file_is_read_by_insee_s_own_grouping_too(tmp_path):
    path = parquet(
        tmp_path / "BPE25.parquet",
        facility("A501"), facility("B201"), facility("F121"), facility("C201"), facility("C107"),
    )  # fmt: skip
    one = LayerSpec(path=path, source="bpe", layer="insee-proximite")
    held = read_layer([one], table="services", crs=LAMBERT)
    assert held.table["group"].tolist() == ["coiffure", "epicerie", "plateau", "ecole"]
    assert found(held)["note", "outside-basket"] == 1
    usual = load(path)
    assert usual.table["group"].tolist() == ["courses", "sport", "college", "ecole"]


def test_a_grouping_nobody_knows_is_refused(tmp_path):
    path = parquet(tmp_path / "BPE25.parquet", facility("A501"))
    one = LayerSpec(path=path, source="bpe", layer="insee-proximit")
    with pytest.raises(LayerReadError, match="The nearest is 'insee-proximite'"):
        read_layer([one], table="services", crs=LAMBERT)


def proximity_book(path, *, changed=()):
    """Write a workbook that says what this package counts, but for some types."""
    rows = {
        code: [code, kind.fr, "_".join(kind.bpe), kind.fr, "Gamme de proximité", "X"]
        for kind in PROXIMITY
        for code in kind.bpe
    }
    rows["C201"] = ["C201", "Collège", None, None, "Gamme intermédiaire", "X"]
    for code, group, name in changed:
        rows[code] = [code, code, group, None, name, "X"]
    return workbook(path, 3, [RANGES[0], *rows.values()])


def test_our_types_of_proximity_are_set_beside_insee_s_workbook(tmp_path):
    assert len(proximity_differences(proximity_book(tmp_path / "same.xlsx"))) == 0
    changed = [
        ("A501", None, "Gamme intermédiaire"),  # no longer of proximity
        ("A203", None, "Gamme de proximité"),  # of proximity now
        ("C109", None, "Gamme de proximité"),  # counted apart
    ]
    found = proximity_differences(proximity_book(tmp_path / "other.xlsx", changed=changed))
    # A group that lost a member is another group: its types are all told.
    assert found.index.tolist() == ["A203", "A501", "C107", "C108", "C109"]
    assert found.loc["A501", "ours"] == "coiffure"
    assert found["workbook"].isna().to_dict()["A501"]
    assert found["ours"].isna().to_dict()["A203"]
    assert found.loc["C109", "workbook"] == "C109"
