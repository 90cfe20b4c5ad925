# Everything a contributor needs: each target sets up what it uses.
#   make demo    run the demonstration territory and draw maps/map.html
#   make test    run all tests, those in a browser included
#   make check   lint, types, import contract, docs
#   make docs    write the generated pages of docs/ again
#   make data    build the demonstration territory again (needs the network once)
#   make bench-walk, bench-start    walking beside its peers (some 10 minutes); the start of the program
#   make bench-transit    timetables beside their peers (some 10 minutes)
#   make bench-map    the map beside folium, in one browser (some minutes)
#   make bench-score    rankings put to the test, territories compared (a minute)
#   make bench-plan    dwellings placed on sites, and a front of plans (some minutes)
#   make bench-pack    the committee's pack of the demonstration (some minutes)
#   make bench-sources    the facilities of France, a million buildings and PostGIS beside GeoPandas (some minutes)
#   make lock    resolve the dependencies again

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: demo test check docs data lock clean browser postgis office \
  bench-map bench-walk bench-start bench-transit bench-plan bench-score bench-pack bench-sources

demo: $(READY)
	$(BIN)/renewal-gis demo --output maps

test: $(READY) browser postgis office
	$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/write_docs.py --check
	$(BIN)/python -m pytest -q --doctest-modules renewal_gis

docs: $(READY)
	$(BIN)/python scripts/write_docs.py

data: $(READY)
	$(BIN)/python data/build_demo.py

lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra osm --extra plan --extra sheets --extra fetch --extra postgis --group dev --universal --generate-hashes \
	  --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

bench-walk: .venv-bench/.ready
	@.venv-bench/bin/python tests/benchmarks/walk.py

bench-map: $(READY) browser
	@$(BIN)/python tests/benchmarks/map.py

bench-transit: .venv-bench/.ready
	@.venv-bench/bin/python tests/benchmarks/transit.py

bench-score: $(READY)
	@$(BIN)/python tests/benchmarks/score.py

bench-plan: $(READY)
	@$(BIN)/python tests/benchmarks/plan.py

bench-start: $(READY)
	@$(BIN)/python tests/benchmarks/start.py

.venv-bench/.ready: $(READY) requirements.lock tests/benchmarks/requirements.txt tests/benchmarks/setup
	@PYTHON="$(PYTHON)" sh tests/benchmarks/setup .venv-bench requirements.txt osm

.venv-peers/.ready: $(READY) requirements.lock tests/benchmarks/requirements-sources.txt tests/benchmarks/setup
	@PYTHON="$(PYTHON)" sh tests/benchmarks/setup .venv-peers requirements-sources.txt postgis

browser:
	@sh scripts/browser

postgis:
	@sh scripts/postgis

office:
	@sh scripts/office

$(READY): requirements.lock pyproject.toml scripts/setup
	@PYTHON="$(PYTHON)" sh scripts/setup

clean:
	rm -rf .venv .venv-bench .venv-peers build dist .mypy_cache .ruff_cache .pytest_cache

bench-sources: .venv-peers/.ready postgis
	@.venv-peers/bin/python tests/benchmarks/sources.py

bench-pack: $(READY)
	@$(BIN)/python tests/benchmarks/pack.py
