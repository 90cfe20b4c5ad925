"""National files write each overseas department in its own legal system: RPLS, BDNB, and BPE without EPSG.

Places: the town halls of Saint-Denis (La Réunion) and Mamoudzou, Fort-de-France's cathedral, Cayenne's
place des Palmistes, Saint-Pierre and Marigot (Saint-Martin), in degrees; the metres beside them come from the series of `utm` below, not from PROJ.
"""

from __future__ import annotations

import math
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from renewal_gis.schema import LayerSpec
from renewal_gis.sources import read_layer, study_crs
from renewal_gis.sources.known.declaring import Asked
from renewal_gis.sources.known.overseas import study_bounds, study_system
from renewal_gis.sources.known.reading import read_known

# INSEE code → longitude, latitude, EPSG, zone of UTM, southern.
PLACES = {
    "97411": (55.4481, -20.8789, 2975, 40, True),
    "97302": (-52.3333, 4.9382, 2972, 22, False),
    "97209": (-61.0691, 14.6046, 5490, 20, False),
    "97611": (45.2279, -12.7806, 4471, 38, True),
    "97502": (-56.1764, 46.7811, 4467, 21, False),
    "97801": (-63.0827, 18.0677, 5490, 20, False),
}


def utm(lon, lat, zone, southern):
    """Return east and north in metres on GRS80, by Krüger's series: good to a millimetre here."""
    a, f = 6_378_137.0, 1 / 298.257222101
    n = f / (2 - f)
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240)
    phi, lam = math.radians(lat), math.radians(lon - (6 * zone - 183))
    e = 2 * math.sqrt(n) / (1 + n)
    t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
    xi, eta = math.atan2(t, math.cos(lam)), math.atanh(math.sin(lam) / math.hypot(1, t))
    terms = range(1, 4)
    east = eta + sum(alpha[j - 1] * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j in terms)
    north = xi + sum(alpha[j - 1] * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j in terms)
    return 500_000 + 0.9996 * radius * east, southern * 10_000_000 + 0.9996 * radius * north


def metres(code):
    lon, lat, _, zone, southern = PLACES[code]
    return utm(lon, lat, zone, southern)


def study_of(code, radius=2_000):
    """Return the commune of a place as a disc around it."""
    x, y = metres(code)
    disc = [Point(x, y).buffer(radius)]
    return gpd.GeoDataFrame({"name": ["C"]}, index=[code], geometry=disc, crs=PLACES[code][2])


def rpls(path, codes):
    lines = ["DEPCOM;CONSTRUCT;X;Y"]
    for code in codes:
        x, y = metres(code) if code in PLACES else (735_000.0, 7_030_000.0)
        lines.append(f"{code};1990;{x:.2f};{y:.2f}".replace(".", ","))
    path.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(path, source, table, code, **spec):
    return read_layer(
        [LayerSpec(path=path, source=source, **spec)], table=table,
        crs=study_crs(f"EPSG:{PLACES[code][2]}"), communes=study_of(code), margin_m=100,
    )  # fmt: skip


@pytest.mark.parametrize("code", PLACES)
def test_a_social_dwelling_overseas_stands_where_it_is(tmp_path, code):
    path = rpls(tmp_path / "rpls.csv", ["59112", *PLACES])
    loaded = load(path, "rpls", "stock", code)
    assert loaded.table["commune"].tolist() == [code]
    at = loaded.table.geometry.to_crs(4326).iloc[0]
    lon, lat = PLACES[code][:2]
    assert (at.x, at.y) == pytest.approx((lon, lat), abs=1e-6)
    # The other parts of France are counted, not lost.
    assert sum(one.count for one in loaded.findings if one.code == "not-read") == len(PLACES)
    assert loaded.provenance[0].rows_in == len(PLACES) + 1


def test_a_file_read_whole_puts_every_part_of_france_in_its_place(tmp_path):
    path = rpls(tmp_path / "rpls.csv", ["59112", *PLACES, *PLACES])
    given = read_known("rpls", Asked(path=path, table="stock"))
    assert given.frame["dwellings"].tolist() == [1] + [2] * len(PLACES)
    held = given.frame.set_index("commune").geometry
    assert held.crs.to_epsg() == 4326
    for code, (lon, lat, *_) in PLACES.items():
        assert (held[code].x, held[code].y) == pytest.approx((lon, lat), abs=1e-6)
    (told,) = [one.message for one in given.findings if one.code == "several-systems"]
    assert "6 systems (EPSG 2154, 2972, 2975, 4467, 4471, 5490)" in told


def test_a_dwelling_that_names_no_commune_is_read_in_the_study_s_system(tmp_path):
    x, y = metres("97411")
    path = tmp_path / "rpls.csv"
    path.write_text(f"DEPCOM;X;Y\n;{x};{y}\n97411;{x};{y}\n", encoding="utf-8")
    assert len(load(path, "rpls", "stock", "97411").table) == 2


@pytest.mark.parametrize("column", ["code_commune_insee", "code_departement_insee"])
@pytest.mark.parametrize("code", ["97411", "97209"])
def test_the_csv_of_bdnb_overseas(tmp_path, code, column):
    x, y = metres(code)
    groups = pd.DataFrame(
        {
            "batiment_groupe_id": ["g1"],
            column: [code if "commune" in column else code[:3]],
            "geom_groupe": [Point(x, y).buffer(8, cap_style="square").wkt],
        }
    )
    counts = pd.DataFrame({"batiment_groupe_id": ["g1"], "nb_log": [12]})
    path = tmp_path / "open_data_bdnb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, frame in (("batiment_groupe", groups), ("batiment_groupe_ffo_bat", counts)):
            archive.writestr(f"csv/{name}.csv", frame.to_csv(sep=";", index=False))
    loaded = load(path, "bdnb", "stock", code)
    assert loaded.table["dwellings"].tolist() == [12]
    at = loaded.table.geometry.to_crs(4326).iloc[0].centroid
    assert (at.x, at.y) == pytest.approx(PLACES[code][:2], abs=1e-6)


@pytest.mark.parametrize("code", PLACES)
def test_the_bpe_without_a_column_of_systems(tmp_path, code):
    x, y = metres(code)
    path = tmp_path / "bpe21_ensemble_xy.csv"
    path.write_text(
        f"AN;DEPCOM;TYPEQU;LAMBERT_X;LAMBERT_Y;QUALITE_XY\n2021;{code};C101;{x};{y};Bonne\n"
        "2021;59112;C101;735000;7030000;Bonne\n",
        encoding="utf-8",
    )
    loaded = load(path, "bpe", "services", code)
    at = loaded.table.geometry.to_crs(4326).iloc[0]
    assert (at.x, at.y) == pytest.approx(PLACES[code][:2], abs=1e-6)


def test_the_bounds_are_in_the_system_of_the_files(tmp_path):
    asked = Asked(
        path=tmp_path, table="stock", communes=study_of("97411").to_crs(4326).to_crs(3857)
    )
    assert study_system(asked) == 2975
    west, south, east, north = study_bounds(asked, 2975)
    x, y = metres("97411")
    assert west <= x - 1_999 <= x + 1_999 <= east
    assert south <= y - 1_999 <= y + 1_999 <= north
    assert study_bounds(Asked(path=tmp_path, table="stock"), 2154) is None
