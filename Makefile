# Two commands do everything on a fresh machine: `make serve` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 7860
ESSAY ?=
# The page's tests need a browser; Debian's is called chromium.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: install serve test test-cores lint bench evaluate pictures clean

# Says what is fetched and how far it is. `make serve TORCH=...` names another torch, in pip's words.
install:
	@command -v "$(PYTHON)" >/dev/null || \
	  { echo "There is no $(PYTHON): install Python 3.11 or newer, or add PYTHON=/path/to/python3.11." >&2; exit 2; }
	@"$(PYTHON)" tools/install.py

serve: install
	$(BIN)/assistant serve $(ESSAY) --port $(PORT) --open

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest -n 2 --dist loadfile

# Scores differ in their last bits from one processor to another; OpenBLAS can calculate as on others of its kind.
CORES := $(if $(filter x86_64,$(shell uname -m)),Nehalem Haswell)
SCORED := tests/retrieval tests/library/test_library.py tests/library/test_trash.py tests/evaluation/test_methods.py
test-cores: install
	for core in $(CORES); do \
	  OPENBLAS_CORETYPE=$$core $(BIN)/python -m pytest -n 2 --dist loadfile -q -m "not browser and not real_model" \
	    $(SCORED) || exit 1; \
	done

evaluate: install
	$(BIN)/assistant evaluate data/eval/sample

# Other programs to compare with are installed there, once.
WORK ?= $(HOME)/.cache/essay-assistant-bench
bench: install
	$(BIN)/python benchmarks/performance.py --work "$(WORK)"

# docs/commands.md and the manual pages, from the program's own help.
.PHONY: manual
manual: install
	$(BIN)/python tools/manual.py

# The pictures of the page in docs/.
pictures: install
	CHROMIUM="$(CHROMIUM)" $(BIN)/python tools/pictures.py

clean:
	rm -rf $(VENV) index/build-* index/manifest.json .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The commands of docs/cluster.md, run one after the other on this machine with three nodes of Ray.
.PHONY: try-cluster
try-cluster: install
	$(BIN)/python tools/cluster_guide.py

# The extension for VS Code.
.PHONY: vsix test-editors
vsix:
	cd editors/vscode && npm ci --no-audit --no-fund && npm run package

# The extension for LibreOffice.
.PHONY: oxt
oxt:
	python3 editors/libreoffice/build.py

# What CI does not run: the extensions, that for VS Code with the API of the editor stubbed, that for LibreOffice
# in Debian's LibreOffice (apt-get install libreoffice-writer python3-uno).
test-editors: install oxt
	cd editors/vscode && npm ci --no-audit --no-fund && npm test && npm run package
	$(BIN)/python -m pytest -q tests/editor editors/libreoffice/test
