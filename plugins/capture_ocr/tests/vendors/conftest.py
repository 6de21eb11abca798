"""The server of Tencent Cloud's protocol that the adapters are tested against."""

from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    where = Path(__file__).parent / "reference_servers" / "tencent_ocr.py"
    spec = spec_from_file_location("reference_tencent_ocr", where)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(reference: ModuleType) -> Iterator[Any]:
    with reference.serving(reference.TencentServer()) as running:
        yield running
