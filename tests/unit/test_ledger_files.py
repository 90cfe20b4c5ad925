"""A ledger in a workbook, a GeoPackage or CSV files: read, written back, nothing lost."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from demo_tables import DEMO
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point

from renewal_gis.errors import LayerReadError, SchemaError, UsageError
from renewal_gis.publishing.ledger_out import write_ledger
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, read_ledger, study_crs
from renewal_gis.sources.workbooks import read_sheets

RICH = """id,family,name,note,dwellings,plus,suivi,on_site,anru_eur
A,01,'=1+1,'+x,10,,1.5,true,
B,02,-5,,5,5,,false,1000.25
C,02,"é, ""x""; y",007,0,0,3,,3000000
"""
STEPS = """id,operation,step,planned_now,actual
M1,A,demolished,2009-06-30,2009-07-02
M2,B,delivered,2010-12-31,
"""


def same(one, other):
    pd.testing.assert_frame_equal(one.operations, other.operations)
    pd.testing.assert_frame_equal(one.milestones, other.milestones)


def written(ledger, folder, kind, name="ledger"):
    if kind == "xlsx":
        pytest.importorskip("openpyxl")
    path, steps = folder / f"{name}.{kind}", folder / f"{name}-steps.csv"
    steps = steps if kind == "csv" else None
    write_ledger(ledger.operations, ledger.milestones, path, milestones_path=steps)
    return path, steps


@pytest.fixture
def rich(tmp_path):
    (tmp_path / "rich.csv").write_text(RICH, encoding="utf-8")
    (tmp_path / "steps.csv").write_text(STEPS, encoding="utf-8")
    return read_ledger(tmp_path / "rich.csv", milestones=tmp_path / "steps.csv")


def test_the_demonstration_is_written_back_to_the_byte(tmp_path):
    source = DEMO / "operations.csv", DEMO / "milestones.csv"
    ledger = read_ledger(source[0], milestones=source[1])
    assert (len(ledger.operations), len(ledger.milestones)) == (64, 326)
    assert ledger.findings == ()
    path, steps = written(ledger, tmp_path, "csv")
    assert path.read_bytes() == source[0].read_bytes()
    assert steps.read_bytes() == source[1].read_bytes()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gpkg"])
def test_reading_back_gives_the_same_tables(rich, tmp_path, kind):
    path, steps = written(rich, tmp_path, kind)
    same(read_ledger(path, milestones=steps), rich)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gpkg"])
def test_the_demonstration_survives_every_kind_of_file(tmp_path, kind):
    ledger = read_ledger(DEMO / "operations.csv", milestones=DEMO / "milestones.csv")
    path, steps = written(ledger, tmp_path, kind)
    same(read_ledger(path, milestones=steps), ledger)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gpkg"])
def test_same_tables_same_bytes(rich, tmp_path, kind):
    once, _ = written(rich, tmp_path, kind, "once")
    again, _ = written(rich, tmp_path, kind, "again")
    assert once.read_bytes() == again.read_bytes()


def test_texts_and_numbers_keep_what_they_say(rich):
    assert rich.operations["name"].tolist() == ["=1+1", "-5", 'é, "x"; y']
    assert rich.operations["note"].fillna("").tolist() == ["+x", "", "007"]
    assert rich.operations["on_site"].tolist() == [True, False, pd.NA]
    assert rich.operations["plus"].tolist() == [pd.NA, 5, 0]
    assert rich.operations.index.tolist() == ["A", "B", "C"]


def test_columns_nobody_declared_are_kept_and_said(rich):
    assert [(one.code, one.column) for one in rich.findings] == [
        ("undeclared-column", "note"),
        ("undeclared-column", "suivi"),
    ]


def test_shapes_survive_a_geopackage_and_are_not_lost_elsewhere(rich, tmp_path):
    shapes = [Point(1, 2), None, Point(3, 4)]
    drawn = gpd.GeoDataFrame(rich.operations, geometry=shapes, crs=2154)
    write_ledger(drawn, rich.milestones, tmp_path / "drawn.gpkg")
    assert_geodataframe_equal(read_ledger(tmp_path / "drawn.gpkg").operations, drawn)
    with pytest.raises(UsageError, match="have shapes"):
        write_ledger(drawn, rich.milestones.iloc[:0], tmp_path / "drawn.csv")


def test_milestones_are_not_lost_for_want_of_a_file(rich, tmp_path):
    with pytest.raises(UsageError, match="2 milestones"):
        write_ledger(rich.operations, rich.milestones, tmp_path / "one.csv")
    assert not (tmp_path / "one.csv").exists()


_cells = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=8)
    .map(str.strip)
    .map(lambda text: text or None),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(_cells, min_size=1, max_size=4), notes=st.data())
def test_any_text_survives_a_csv(tmp_path, names, notes):
    index = pd.Index([f"OP{n}" for n in range(len(names))], name="operation")
    extra = [notes.draw(_cells) for _ in names]
    table = pd.DataFrame(
        {"family": "01", "name": names, "dwellings": 1, "note": extra}, index=index
    )
    empty = pd.DataFrame()
    write_ledger(table, empty, tmp_path / "any.csv")
    held = read_ledger(tmp_path / "any.csv").operations
    assert [None if pd.isna(one) else one for one in held["name"]] == names
    assert [None if pd.isna(one) else one for one in held["note"]] == extra


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",10,,1.5", ",-10,,1.5", "row A: dwellings = '-10' is outside"),
        (",5,5,", ",5,-5,", "row B: plus = '-5' is outside"),
        ("A,01", "A,13", "family = '13' is not known"),
        ("B,02", ",02", "has no id"),
        ("B,02", "A,02", "identifier 'A' is used by 2 rows"),
        ("dwellings", "logements", "'dwellings'"),
    ],
)
def test_a_faulty_row_stops_the_reading_with_its_place(tmp_path, old, new, message):
    (tmp_path / "bad.csv").write_text(RICH.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SchemaError, match="would make its totals false") as caught:
        read_ledger(tmp_path / "bad.csv")
    assert message in str(caught.value)
    assert (caught.value.findings["severity"] == "error").all()


def test_an_unknown_product_is_refused(tmp_path):
    text = RICH.replace("anru_eur", "product").replace("1000.25", "plsi").replace("3000000", "plus")
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SchemaError, match="product = 'plsi' is not known"):
        read_ledger(tmp_path / "bad.csv")


def test_files_that_are_no_ledger_get_a_sentence(rich, tmp_path):
    (tmp_path / "ledger.ods").write_bytes(b"x")
    with pytest.raises(LayerReadError, match=r"\.xlsx workbook"):
        read_ledger(tmp_path / "ledger.ods")
    with pytest.raises(LayerReadError, match="no such file"):
        read_ledger(tmp_path / "absent.csv")
    path, _ = written(rich, tmp_path, "gpkg")
    with pytest.raises(LayerReadError, match="holds its own"):
        read_ledger(path, milestones=tmp_path / "steps.csv")
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=2154).to_file(tmp_path / "other.gpkg")
    with pytest.raises(LayerReadError, match="no sheet or layer called operations"):
        read_ledger(tmp_path / "other.gpkg")
    with pytest.raises(UsageError, match=r"\.xlsx, \.gpkg or \.csv"):
        write_ledger(rich.operations, rich.milestones, tmp_path / "ledger.ods")
    with pytest.raises(UsageError, match="only a workbook"):
        write_ledger(rich.operations, rich.milestones, tmp_path / "x.gpkg", into=path)


# ── Workbooks: these need openpyxl (the extra `sheets`) ───────────────────────────────────────────


@pytest.fixture
def workbook(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")

    def made(rows, *, title="operations", **others):
        book = openpyxl.Workbook()
        book.active.title = title
        for row in rows:
            book.active.append(row)
        for name, cells in others.items():
            sheet = book.create_sheet(name)
            for row in cells:
                sheet.append(row)
        path = tmp_path / "made.xlsx"
        book.save(path)
        return path

    return made


HEADER = ["id", "family", "commune", "dwellings"]


def test_zeros_a_spreadsheet_dropped_are_put_back_and_said(workbook):
    ledger = read_ledger(workbook([HEADER, ["A", 1, 1001, 10], ["B", 2, "59112", 5]]))
    assert ledger.operations["family"].tolist() == ["01", "02"]
    assert ledger.operations["commune"].tolist() == ["01001", "59112"]
    told = {one.column: one.count for one in ledger.findings if one.code == "zero-put-back"}
    assert told == {"commune": 1, "family": 2}


def test_french_sheets_are_found_and_others_are_said(workbook):
    path = workbook(
        [HEADER, ["A", "01", None, 10]],
        title="Opérations",
        Jalons=[["id", "operation", "step"], ["M1", "A", "demolished"]],
        Notes=[["x"], [1]],
    )
    ledger = read_ledger(path)
    assert len(ledger.milestones) == 1
    assert [one.code for one in ledger.findings] == ["not-of-the-ledger"]


def test_blank_rows_are_no_rows(workbook):
    ledger = read_ledger(workbook([HEADER, ["A", "01", None, 10], [None, " ", None, None]]))
    assert ledger.operations.index.tolist() == ["A"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([HEADER, ["A", "01", None, "=SUM(1,2)"]], "cell D2: its formula was never computed"),
        ([HEADER, ["A", "01", None, "#REF!"]], "cell D2: it holds the error #REF!"),
        ([[*HEADER, None], ["A", "01", None, 1, 7]], "1 values stand in a column without a name"),
        ([[*HEADER, "id"], ["A", "01", None, 1, "B"]], "several columns are called id"),
    ],
)
def test_cells_that_say_nothing_are_named(workbook, rows, message):
    with pytest.raises(LayerReadError, match=message):
        read_ledger(workbook(rows))


def test_an_empty_workbook_is_refused(workbook):
    with pytest.raises(SchemaError, match="no row"):
        read_ledger(workbook([]))


def test_a_damaged_workbook_is_refused(tmp_path):
    pytest.importorskip("openpyxl")
    (tmp_path / "bad.xlsx").write_bytes(b"not a zip")
    with pytest.raises(LayerReadError, match="cannot be read"):
        read_ledger(tmp_path / "bad.xlsx")
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(LayerReadError, match="cannot be read"):
        read_sheets(tmp_path / "other.xlsx", [])


def test_writing_into_a_workbook_keeps_the_rest_of_it(workbook, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    source = workbook(
        [[*HEADER, "note"], ["A", "01", None, 10, "=x"], ["B", "02", None, 5, None]],
        Budget=[["poste", "montant"], ["études", 12.5]],
    )
    book = openpyxl.load_workbook(source)
    book["operations"].column_dimensions["A"].width = 33
    book["operations"]["E2"].data_type = "s"
    book["operations"]["E2"].value = "text"
    book.save(source)
    ledger = read_ledger(source)
    changed = ledger.operations.iloc[:1].assign(dwellings=11)
    write_ledger(changed, ledger.milestones, tmp_path / "out.xlsx", into=source)
    out = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert out.sheetnames == ["operations", "Budget"]
    assert out["Budget"]["B2"].value == 12.5
    assert out["operations"].column_dimensions["A"].width == 33
    pd.testing.assert_frame_equal(read_ledger(tmp_path / "out.xlsx").operations, changed)


def test_a_text_is_never_written_as_a_formula(rich, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    path, _ = written(rich, tmp_path, "xlsx")
    cell = openpyxl.load_workbook(path)["operations"]["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


# ── A workbook named under [layers] ──────────────────────────────────────────────────────────────


JALONS = [["id", "operation", "step", "planned_now"], ["M1", "A", "permit", "2027-01-31"]]


def test_a_workbook_is_a_layer_like_a_csv(workbook):
    path = workbook(
        [HEADER, ["A", 1, 1001, 10], ["B", 2, "59112", 5]], title="Opérations", jalons=JALONS
    )
    crs = study_crs("EPSG:2154")
    operations = read_layer([LayerSpec(path=path)], table="operations", crs=crs)
    assert operations.table["family"].tolist() == ["01", "02"]
    assert operations.table["commune"].tolist() == ["01001", "59112"]
    assert operations.table["dwellings"].tolist() == [10, 5]
    assert {one.column for one in operations.findings} == {"commune", "family"}
    milestones = read_layer([LayerSpec(path=path)], table="milestones", crs=crs)
    assert milestones.table["operation"].tolist() == ["A"]
    assert milestones.table["planned_now"].dt.strftime("%Y-%m-%d").tolist() == ["2027-01-31"]
    assert milestones.findings == ()


def test_the_sheet_of_a_workbook_is_chosen_or_refused(workbook):
    path = workbook(
        [HEADER, ["A", "01", "59112", 10]], title="2009", other=[HEADER, ["B", "02", "59112", 7]]
    )
    crs = study_crs("EPSG:2154")
    asked = LayerSpec(path=path, layer="other")
    assert read_layer([asked], table="operations", crs=crs).table.index.tolist() == ["B"]
    with pytest.raises(LayerReadError, match=r"no sheet .operations..*Say which with layer"):
        read_layer([LayerSpec(path=path)], table="operations", crs=crs)
