# Everything works from a checkout with only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint corpus planted clean-cities kill-campaign benchmark benchmark-map goldens catalogue data-dictionary fingerprint clean

demo: $(STAMP)
	@$(BIN)/python scripts/demo.py

test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadscope -q

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(git ls-files 'landuse/*.py')

# A thousand clean cities: none may be refused (about 12 minutes on two cores).
corpus: $(STAMP)
	LANDUSE_CORPUS=all $(BIN)/python -m pytest -n 2 -q tests/corpus/test_corpus.py

# Every planted error in a small exact city, and three dozen clean ones: none may change a figure in silence.
planted: $(STAMP)
	LANDUSE_PLANTED=all $(BIN)/python -m pytest -n 2 -q tests/planted

clean-cities: $(STAMP)
	LANDUSE_CLEAN_CITIES=1000 $(BIN)/python -m pytest -n 2 -q tests/corpus/test_clean_cities.py

# A thousand publications killed while their files are moved: none may leave a damaged folder (Linux; some minutes).
kill-campaign: $(STAMP)
	$(BIN)/python scripts/kill_campaign.py 1000

benchmark: $(STAMP)
	$(BIN)/python scripts/benchmark.py

benchmark-map: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check mapclassify
	$(BIN)/python scripts/benchmark_map.py

goldens: $(STAMP)
	$(BIN)/python scripts/regenerate_goldens.py

# What a full run leaves, as hashes: make fingerprint FILE=after.json AGAINST=before.json
fingerprint: $(STAMP)
	$(BIN)/python scripts/fingerprint_outputs.py $(FILE) $(if $(AGAINST),--against $(AGAINST))

# docs/data-dictionary.md, from the declared tables.
data-dictionary: $(STAMP)
	$(BIN)/python scripts/describe_tables.py

catalogue: $(STAMP)
	$(BIN)/python scripts/update_catalogue.py

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

clean:
	rm -rf $(VENV) demo
