# The two commands are `make run` and `make test`; `make` alone lists the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run stop test test-fast lint types e2e bench bench-engine bench-peers bench-plots accuracy bench-matching bench-feed bench-import bench-sync bench-night bench-tiles bench-save bench-phone bench-search lighthouse ring-model ring-system ring-server ring-nights soak demo manage format lock clean

PYTHON := .venv/bin/python
BOOTSTRAP := bash ops/bootstrap.sh

help:  ## List the commands
	@printf 'Xunfang 巡访\n\n'
	@sed -nE 's/^([a-z0-9-]+):.*  ## (.*)$$/  make \1\t\2/p' Makefile | expand -t 20
	@printf '\nVariables: PORT=8000  XUNFANG_HOME=var  DATABASE_URL  CELERY_BROKER_URL  (all of them: .env.example)\n'

run:  ## Set everything up and run it: web, worker, beat; Ctrl-C stops it
	@$(BOOTSTRAP) python servers pwa
	@exec $(PYTHON) -m ops.run

stop:  ## Stop private servers left behind or kept up on purpose
	@python3 -m ops.servers stop

test:  ## Everything: lint, types, imports, pytest, web checks, end-to-end in Chromium (K=word, PYTEST_ARGS=…)
	@$(BOOTSTRAP) python servers pwa browser
	@exec $(PYTHON) -m ops.checks all

test-fast:  ## The same without the end-to-end tests
	@$(BOOTSTRAP) python test-servers pwa
	@exec $(PYTHON) -m ops.checks fast

lint:  ## ruff, import-linter, ESLint
	@$(BOOTSTRAP) python node
	@exec $(PYTHON) -m ops.checks lint

types:  ## mypy --strict, tsc, svelte-check
	@$(BOOTSTRAP) python node
	@exec $(PYTHON) -m ops.checks types

e2e:  ## Only the end-to-end tests (K=word chooses)
	@$(BOOTSTRAP) python servers pwa browser
	@exec $(PYTHON) -m ops.checks e2e

bench: bench-engine bench-peers  ## Engine, peers, night and answers on the private test servers; tables and $XUNFANG_HOME/reports
	@$(PYTHON) -m ops.servers --test exec -- $(PYTHON) tests/bench/bench_coverage.py
	@$(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_night

bench-plots:  ## Draw docs/img/cost.svg and noise.svg anew from the reports of bench and accuracy
	@$(BOOTSTRAP) python bench
	@XUNFANG_HOME="$(or $(XUNFANG_HOME),var)" exec .venv-bench/bin/python -m tests.bench.plots

bench-engine:  ## Three months of a city from blobs to sums, doors, reading legs: CPU seconds by size (SHARES=0.01,0.02,0.04; 1 = city, 10.6 = province)
	@$(BOOTSTRAP) python test-servers
	@SHARES="$(SHARES)" exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_engine

bench-peers:  ## Street pieces passed: ours beside geopandas, PostGIS, DuckDB, SedonaDB, leuvenmapmatching (PEER_TRACKS=100 PEER_COPIES=80)
	@$(BOOTSTRAP) python bench test-servers
	@exec $(PYTHON) -m ops.servers --test exec -- .venv-bench/bin/python -m tests.bench.bench_peers

accuracy:  ## Matched streets against walks whose every metre is known; table and $XUNFANG_HOME/reports/accuracy.json (WALKS=12)
	@$(BOOTSTRAP) python
	@XUNFANG_HOME="$(or $(XUNFANG_HOME),var)" WALKS="$(or $(WALKS),12)" exec $(PYTHON) -m tests.bench.accuracy

bench-matching:  ## Million fixes a CPU second of the whole chain, by size of the network
	@$(BOOTSTRAP) python
	@XUNFANG_HOME="$(or $(XUNFANG_HOME),var)" exec $(PYTHON) -m tests.bench.bench_matching

bench-feed:  ## 16 writers and 4 readers of one feed: not a row may be missed (ROWS=1000000, a quarter of an hour)
	@$(BOOTSTRAP) python test-servers
	@ROWS="$(or $(ROWS),1000000)" exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) tests/bench/bench_feed.py

bench-import:  ## Doors from a file into the database: rows a second, CPU, peak memory (ROWS=500000 FORMATS=csv,gpkg)
	@$(BOOTSTRAP) python test-servers
	@ROWS="$(or $(ROWS),500000)" FORMATS="$(FORMATS)" exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_import

bench-night:  ## One night of a city: 1,050 raw tracks and 20,000 visits, CPU of Python and PostgreSQL (NIGHT_SCALE=1; 8.6 is a province)
	@$(BOOTSTRAP) python test-servers
	@exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_night

bench-tiles:  ## Vector tiles in a city: a city centre, 500,000 doors; bytes, wall and CPU by layer and zoom (DOORS=500000)
	@$(BOOTSTRAP) python test-servers
	@exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_tiles

bench-sync:  ## Visits a second, 300 phones at 18:00, a first pull; on a durable database of its own (SECONDS_STEADY=20)
	@$(BOOTSTRAP) python servers
	@exec $(PYTHON) -m tests.bench.bench_sync

soak:  ## Phones, a bad network, a server that is killed: nothing may be lost (RECORDS=100000 PHONES=50 SEED=1)
	@$(BOOTSTRAP) python servers
	@RECORDS="$(RECORDS)" PHONES="$(PHONES)" SEED="$(SEED)" exec $(PYTHON) -m tests.rings.server.soak

ring-server:  ## More histories of the server ring than `make test` runs (EXAMPLES=200)
	@$(BOOTSTRAP) python test-servers
	@RING_EXAMPLES="$(or $(EXAMPLES),200)" exec $(PYTHON) -m ops.servers --test exec -- \
		$(PYTHON) -m pytest tests/rings/server/test_ring.py -q -s

ring-nights:  ## Nights whose workers are killed -9, run twice, skipped, fed late: every figure as recomputed (NIGHTS=300 SEED=1)
	@$(BOOTSTRAP) python test-servers
	@NIGHTS="$(or $(NIGHTS),300)" SEED="$(or $(SEED),1)" exec $(PYTHON) -m ops.servers --test exec -- \
		$(PYTHON) -m tests.rings.nights.nights

bench-save:  ## Saving on a phone in Chromium: 5,000 doors, 500 unsent, at full speed and 4x slower (SAVES=200)
	@$(BOOTSTRAP) python test-servers pwa browser
	@SAVES="$(or $(SAVES),200)" exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_save

bench-search:  ## Finding a door among 50,000 in Chromium, from the letter to the list, first and later, at full speed and 4x slower (DOORS=50000)
	@$(BOOTSTRAP) python test-servers pwa browser
	@DOORS="$(or $(DOORS),50000)" exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_search

bench-phone:  ## The officer's phone in Chromium, CPU 4x slower: start, saving, search with 3,000 and 50,000 doors (DOORS=3000,50000 UNSENT=500)
	@$(BOOTSTRAP) python test-servers pwa browser
	@exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_phone

lighthouse:  ## What Lighthouse says of the main screens of a signed-in phone: accessibility, best practices
	@$(BOOTSTRAP) python test-servers pwa browser
	@npm --prefix tests/bench/lighthouse ci --no-audit --no-fund --loglevel=error
	@exec $(PYTHON) -m ops.servers --test exec -- $(PYTHON) -m tests.bench.bench_lighthouse

ring-model:  ## The phone's model ring with more histories and 1,000 partitions (RUNS=2000 PARTITIONS=1000 SEED=)
	@$(BOOTSTRAP) python node
	@cd frontend_pwa && RING_RUNS="$(or $(RUNS),2000)" RING_PARTITIONS="$(or $(PARTITIONS),1000)" $(if $(SEED),RING_SEED="$(SEED)") \
		PATH="$(CURDIR)/.venv/bin:$$PATH" npx vitest run tests/rings/model

ring-system:  ## The system ring with more killed browsers than `make test` has (RUNS=100 SEED=7)
	@$(BOOTSTRAP) python test-servers pwa browser
	@RUNS="$(or $(RUNS),100)" SEED="$(or $(SEED),7)" exec $(PYTHON) -m ops.servers --test exec -- \
		$(PYTHON) -m pytest tests/rings/system -q

demo:  ## Put the demo data into the database of this home (ARGS="--city helsinki --scale 1")
	@$(BOOTSTRAP) python servers
	@$(PYTHON) -m ops.servers exec -- $(PYTHON) backend/manage.py migrate --noinput --verbosity 0
	@$(PYTHON) -m ops.servers exec -- $(PYTHON) backend/manage.py seed_demo $(ARGS)

manage:  ## Any Django command on this home: make manage ARGS="aggregate --day 2026-11-21"
	@$(BOOTSTRAP) python servers
	@exec $(PYTHON) -m ops.servers exec -- $(PYTHON) backend/manage.py $(ARGS)

format:  ## Put Python and the web app's source into their one form
	@$(BOOTSTRAP) python node
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .
	@PATH="$(CURDIR)/.venv/bin:$$PATH" npm --prefix frontend_pwa run --silent --if-present format

lock:  ## Write requirements.lock anew from pyproject.toml
	@$(BOOTSTRAP) python
	@uv=$$(command -v uv || echo .venv/tools/bin/uv); \
	$$uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --output-file requirements.lock && \
	$$uv pip compile pyproject.toml --group bench --constraint requirements.lock --universal --python-version 3.11 --quiet \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --output-file requirements-bench.lock

clean:  ## Delete what can be made again (.venv, node_modules, dist, caches); data under var/ stays
	@rm -rf .venv .venv-bench frontend_pwa/node_modules frontend_pwa/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
