# make run    the portal at http://127.0.0.1:8400 (ZHANGFANG_PORT=8401 make run for another port)
# make test   all tests; ARGS="-k name" narrows them
# make check  style, types, who may import whom
# make clean  removes what the other targets made, never the data in var/
#
# Needed beforehand: Python 3.11 or later. PYTHON=/path/to/python make run chooses one.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$p; break; }; done)
UV_VERSION := 0.13.9
UV := .venv-tools/bin/uv
UV_STAMP := .venv-tools/.uv-$(UV_VERSION)
SYNC_STAMP := .venv/.synced
PROJECTS := pyproject.toml core/pyproject.toml plugin_sdk/pyproject.toml $(wildcard plugins/*/pyproject.toml)
PACKAGES := zhangfang_core zhangfang_sdk $(sort $(notdir $(wildcard plugins/*/zhangfang_*)))
CHROMIUM := $(or $(ZHANGFANG_CHROMIUM),$(wildcard /usr/bin/chromium))
ARGS ?=

.PHONY: run test check clean assets stop-test-server
.DEFAULT_GOAL := run

# The shell gives way to the program, which ends if make is killed.
run: $(SYNC_STAMP) assets
	@exec env ZHANGFANG_STOP_WITH_PARENT=1 .venv/bin/zhangfang run

assets: $(SYNC_STAMP)
	@.venv/bin/python -m zhangfang_core.web.build_assets

ifneq ($(CHROMIUM),)
test: $(SYNC_STAMP) assets
	@ZHANGFANG_CHROMIUM="$(CHROMIUM)" .venv/bin/pytest $(ARGS)
else
test: $(SYNC_STAMP) assets
	@status=0; .venv/bin/pytest -m 'not browser' $(ARGS) || status=$$?; \
	left_out=$$(.venv/bin/pytest -m browser --collect-only -q 2>/dev/null | grep -c '::' || true); \
	echo "$$left_out tests that need a browser were left out: no /usr/bin/chromium and no ZHANGFANG_CHROMIUM." \
	     "On Debian: apt-get install chromium fonts-noto-cjk"; \
	exit $$status
endif

check: $(SYNC_STAMP)
	.venv/bin/ruff check .
	.venv/bin/mypy $(PACKAGES:%=-p %)
	.venv/bin/lint-imports

stop-test-server:
	@if [ -x .venv/bin/python ]; then .venv/bin/python -c "import shutil; \
	from zhangfang_core.database import embedded; folder = embedded.test_server_folder(); \
	embedded.stop(folder); shutil.rmtree(folder)"; fi

clean: stop-test-server
	rm -rf .venv .venv-tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf core/zhangfang_core/web/static/dist core/zhangfang_core/web/node_modules node_modules
	find core plugin_sdk plugins tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Python is the machine's own: uv may fetch packages from the index, never an interpreter.
$(SYNC_STAMP): uv.lock $(PROJECTS) $(UV_STAMP)
	@echo "正在安装依赖 (第一次需要几分钟)……"
	@UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --quiet --python "$(PYTHON)"
	@touch $@

$(UV_STAMP):
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11 或更新版本 (Debian: apt-get install python3 python3-venv)。"; exit 1; }
	@echo "正在准备安装工具……"
	@"$(PYTHON)" -m venv .venv-tools || { echo "Python 缺少 venv 模块 (Debian: apt-get install python3-venv)。"; exit 1; }
	@.venv-tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@
