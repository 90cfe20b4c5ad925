"""Files a planner really has: of another kind, cut across, misquoted, under another system's encoding.

Each of these once gave a layer without rows, a row read one column too far, or a list of a whole
department, and said nothing of it.
"""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from renewal_gis.errors import LayerReadError, SchemaError
from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs

LAMBERT = study_crs("EPSG:2154")
X, Y = 735_000.0, 7_030_000.0
# An L: the box around the two holds land that is neither theirs nor within their margin.
COMMUNES = gpd.GeoDataFrame(
    {"name": ["N", "E"]}, index=["59112", "59160"], crs=2154,
    geometry=[box(X, Y, X + 1000, Y + 5000), box(X, Y, X + 5000, Y + 1000)],
)  # fmt: skip
BPE = "AN;DEPCOM;TYPEQU;NOMRS;LAMBERT_X;LAMBERT_Y\n"


def load(path, source, table, **asked):
    spec = {name: asked.pop(name) for name in ("keep", "id") if name in asked}
    return read_layer(
        [LayerSpec(path=path, source=source, **spec)], table=table, crs=LAMBERT,
        communes=asked.pop("communes", COMMUNES), **asked,
    )  # fmt: skip


def counts(loaded):
    return {one.code: one.count for one in loaded.findings}


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("source", "table"),
    [("bpe", "services"), ("rpls", "social_dwellings"), ("filosofi", "stock"), ("cartofriches", "sites")],
)  # fmt: skip
def test_a_file_of_something_else_is_no_empty_layer(tmp_path, source, table):
    path = written(tmp_path / "autre.csv", "code;total\n59112;3\n")
    with pytest.raises(LayerReadError, match=r"lacks .* of no vintage .* There are: code, total"):
        load(path, source, table)


def test_a_separator_nobody_writes_is_no_empty_layer(tmp_path):
    path = written(tmp_path / "rpls.csv", "DEPCOM X Y\n59112 735010 7030010\n")
    with pytest.raises(LayerReadError, match=r"lacks DEPCOM, X, Y"):
        load(path, "rpls", "social_dwellings")


def test_a_header_without_a_row_is_an_empty_layer(tmp_path):
    loaded = load(written(tmp_path / "rpls.csv", "DEPCOM;X;Y\n"), "rpls", "social_dwellings")
    assert len(loaded.table) == 0
    assert counts(loaded) == {"none-here": 1}


def test_the_unicode_text_of_excel_is_read(tmp_path):
    text = BPE.replace(";", "\t") + f"2021\t59112\tC101\tÉcole\t{X + 10:.0f},5\t{Y + 10}\n"
    loaded = load(written(tmp_path / "bpe.csv", text, "utf-16"), "bpe", "services")
    assert loaded.table["name"].tolist() == ["École"]
    assert loaded.table.geometry.x.tolist() == [X + 10.5]
    assert counts(loaded) == {"encoding": 1}


@pytest.mark.parametrize("name", ["A; B", '"A ""x""; B"; C'])
def test_a_separator_outside_quotes_is_told_with_its_line(tmp_path, name):
    rows = f"2021;59112;C101;Zola;{X};{Y}\n2021;59112;C201;{name};{X};{Y}\n"
    with pytest.raises(LayerReadError, match="line 3 has more cells than the first"):
        load(written(tmp_path / "bpe.csv", BPE + rows), "bpe", "services")


def test_separators_in_quotes_and_at_the_end_of_lines_are_none_too_many(tmp_path):
    rows = f'2021;59112;C101;"A; ""B"";\nC";{X};{Y}\n2021;59112;C201;Zola;{X};{Y};;\r\n'
    loaded = load(written(tmp_path / "bpe.csv", BPE + rows), "bpe", "services")
    assert loaded.table["name"].tolist() == ['A; "B";\nC', "Zola"]


def test_a_layer_without_a_row_left_says_why(tmp_path):
    lost = written(tmp_path / "bpe.csv", BPE + f"2021;59112;C101;;;{Y}\n")
    with pytest.raises(
        SchemaError, match=r"no row left: The facility C101 of 59112 .* not located"
    ):
        load(lost, "bpe", "services")
    path = written(tmp_path / "own.csv", f"id,group,etat,x,y\n1,ecole,ouvert,{X},{Y}\n")
    spec = LayerSpec(path=path, x="x", y="y", crs="EPSG:2154", keep={"etat": ("ouverte",)})
    with pytest.raises(SchemaError, match=r"no row left: keep asks .* nearest is 'ouvert'"):
        read_layer([spec], table="services", crs=LAMBERT)


def test_keep_takes_one_vintage_out_of_a_text_file_as_the_message_says(tmp_path):
    rows = "".join(f"{year};59112;C101;;{X};{Y}\n" for year in (2020, 2021, 2021))
    path = written(tmp_path / "bpe.csv", BPE + rows)
    with pytest.raises(LayerReadError, match=r'2020, 2021.* keep = \{ AN = "…" \}'):
        load(path, "bpe", "services")
    loaded = load(path, "bpe", "services", keep={"AN": ("2021",)})
    assert len(loaded.table) == 2
    assert loaded.provenance[0].vintage == "2021"
    assert counts(loaded) == {"not-read": 1}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_facilities_in_the_corner_of_the_box_are_not_of_the_study(tmp_path, kind):
    places = [(X + 500, Y + 500, "59112"), (X + 4000, Y + 4000, "59207"), (X + 1200, Y + 4000, "59207"),
              (X + 4000, Y + 4000, "59160")]  # fmt: skip
    frame = pd.DataFrame(
        [{"AN": "2025", "DEPCOM": code, "TYPEQU": "C108", "LAMBERT_X": x, "LAMBERT_Y": y, "EPSG": "2154"}
         for x, y, code in places]
    )  # fmt: skip
    path = tmp_path / f"BPE25.{kind}"
    if kind == "csv":
        frame.to_csv(path, sep=";", index=False)
    else:
        frame.to_parquet(path)
    loaded = load(path, "bpe", "services", margin_m=500)
    # What names a commune of the study is kept where it lies, and told.
    assert loaded.table.geometry.x.tolist() == [X + 500, X + 1200, X + 4000]
    assert counts(loaded) == {"not-read": 1, "outside-commune": 1}


def test_a_workbook_renamed_parquet_is_told_as_one(tmp_path):
    path = tmp_path / "BPE25.parquet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(LayerReadError, match="an Excel workbook or a zip under another name"):
        load(path, "bpe", "services")


def test_dwellings_without_coordinates_elsewhere_are_counted_and_not_listed(tmp_path):
    communes = COMMUNES.assign(old_codes=["59300", None])
    rows = f"59112;{X};{Y}\n59160;;\n59300;0;0\n;;\n" + "62498;;\n" * 40
    path = written(tmp_path / "rpls.csv", "DEPCOM;X;Y\n" + rows)
    loaded = load(path, "rpls", "social_dwellings", communes=communes)
    dropped = [one.row for one in loaded.findings if one.severity == "dropped"]
    assert dropped == ["2", "3", "4"]  # of the study, of a commune that merged into it, of none
    assert counts(loaded)["not-read"] == 40
    assert loaded.provenance[0].rows_in == 44


def test_a_zip_of_shapefiles_of_qpv_is_read(tmp_path):
    held = gpd.GeoDataFrame(
        {"CODE_QP": ["QP059001"], "NOM_QP": ["Cité"]},
        geometry=[box(X, Y, X + 50, Y + 50)],
        crs=2154,
    )
    held.to_file(tmp_path / "QP_METROPOLE.shp")
    path = tmp_path / "qpv_2015.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in tmp_path.glob("QP_METROPOLE.*"):
            archive.write(part, part.name)
    loaded = load(path, "qpv", "constraints")
    assert loaded.table["name"].tolist() == ["Cité"]
    assert loaded.provenance[0].vintage == "2015"


def test_other_columns_of_a_zip_of_bdnb_and_its_accents_are_read(tmp_path):
    shape = f'"POLYGON(({X} {Y},{X + 9} {Y},{X + 9} {Y + 9},{X} {Y + 9},{X} {Y}))"'
    groups = f"batiment_groupe_id,WKT,etat\nG1,{shape},bâti\nG2,{shape},ruine\n"
    counted = "batiment_groupe_id,nb_log,usage_niveau_1_txt\nG1,4,Résidentiel\nG2,2,Résidentiel\n"
    path = tmp_path / "bdnb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("csv/batiment_groupe.csv", groups.encode("cp1252"))
        archive.writestr("csv/batiment_groupe_ffo_bat.csv", counted.encode("cp1252"))
        archive.writestr("csv/rel_batiment_groupe.csv", "x\n")
    loaded = load(path, "bdnb", "stock", keep={"etat": ("bâti",)})
    assert loaded.table["dwellings"].to_dict() == {"G1": 4}
    assert counts(loaded)["set-aside"] == 1


def test_an_empty_layer_of_hazards_gives_no_advice_on_its_zones(tmp_path):
    text = '{"type": "FeatureCollection", "features": []}'
    loaded = load(written(tmp_path / "ALEARG.geojson", text), "georisques", "constraints")
    assert counts(loaded) == {"none-here": 1}


def test_the_second_epci_of_a_commune_may_be_the_one_asked_for(tmp_path):
    path = tmp_path / "ae.gpkg"
    gpd.GeoDataFrame(
        {"INSEE_COM": ["93001", "93002"], "NOM": ["A", "B"],
         "CODES_EPCI": ["200054781/200057867", "200054781/200058014"]},
        geometry=[box(X, Y, X + 9, Y + 9), box(X + 9, Y, X + 18, Y + 9)], crs=2154,
    ).rename(columns={"CODES_EPCI": "codes_siren_des_epci"}).to_file(path)  # fmt: skip
    keep = {"codes_siren_des_epci": ("200057867",)}
    loaded = load(path, "admin_express", "communes", keep=keep, communes=None)
    assert loaded.table["epci"].to_dict() == {"93001": "200057867"}
    first = {"codes_siren_des_epci": ("200054781",)}
    assert len(load(path, "admin_express", "communes", keep=first, communes=None).table) == 2


@pytest.mark.parametrize(
    ("stated", "printed", "told"),
    [("2025", "2021", True), ("2021-01", "2021-01", False), ("", "2021", False), ("été", "été", False)],
)  # fmt: skip
def test_the_vintage_printed_is_the_file_s_where_the_study_names_another(
    tmp_path, stated, printed, told
):
    path = written(tmp_path / "bpe.csv", BPE + f"2021;59112;C101;;{X};{Y}\n")
    spec = LayerSpec(path=path, source="bpe", vintage=stated)
    loaded = read_layer([spec], table="services", crs=LAMBERT, communes=COMMUNES)
    (origin,) = loaded.provenance
    assert (origin.vintage, origin.attribution) == (printed, f"INSEE – BPE {printed}")
    assert ("vintage-differs" in counts(loaded)) is told


@pytest.mark.parametrize("rows", ["1;A; B;3;{x};{y}\n", "1;A;3;{x};{y};9\n2;B;4;{x};{y};9\n"])
def test_a_file_of_one_s_own_is_not_read_one_column_too_far(tmp_path, rows):
    path = written(tmp_path / "own.csv", "id;nom;dwellings;x;y\n" + rows.format(x=X, y=Y))
    spec = LayerSpec(path=path, x="x", y="y", crs="EPSG:2154")
    with pytest.raises(LayerReadError, match=r"stock \(own.csv\): line 2 has more cells"):
        read_layer([spec], table="stock", crs=LAMBERT)


def test_a_long_outline_in_quotes_is_one_cell(tmp_path):
    ring = ",".join(f"{X + n / 1000:.3f} {Y}" for n in range(12_000))
    shape = f'"POLYGON(({X} {Y + 9},{ring},{X + 12} {Y + 9},{X} {Y + 9}))"'
    tables = {"batiment_groupe": f"geom_groupe,batiment_groupe_id\n{shape},G1\n",
              "batiment_groupe_ffo_bat": "batiment_groupe_id,nb_log\nG1,4\n"}  # fmt: skip
    path = tmp_path / "bdnb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"csv/{name}.csv", text)
    assert load(path, "bdnb", "stock").table["dwellings"].to_dict() == {"G1": 4}
