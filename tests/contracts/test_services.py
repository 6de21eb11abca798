"""PLAT-1: what is registered for a Protocol, and each fake of it, has every method of the Protocol with the same parameters.

``provide()`` cannot check this by types: a type variable takes whatever both have in common.
"""

import inspect
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from zhangfang_core.modules.core_services import CORE_SERVICES
from zhangfang_core.modules.registry import registry
from zhangfang_core.services import provide_services
from zhangfang_sdk import services, testing
from zhangfang_sdk.alerts import Alerts
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.filings import Filings
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.notices import Notices
from zhangfang_sdk.payrolls import Payrolls
from zhangfang_sdk.search import Search
from zhangfang_sdk.settings import PluginSettings
from zhangfang_sdk.tasks import Tasks
from zhangfang_sdk.tax_figures import TaxFigures
from zhangfang_sdk.testing import fakes
from zhangfang_sdk.testing.fake_alerts import FakeAlerts
from zhangfang_sdk.testing.fake_bank import FakeBank
from zhangfang_sdk.testing.fake_facts import FakeFacts
from zhangfang_sdk.testing.fake_filings import FakeFilings
from zhangfang_sdk.testing.fake_payrolls import FakePayrolls
from zhangfang_sdk.testing.fake_tasks import FakeTasks
from zhangfang_sdk.testing.fake_tax_figures import FakeTaxFigures
from zhangfang_sdk.testing.vendors import FakeVendors
from zhangfang_sdk.vendors import Vendors
from zhangfang_sdk.waiting import Waiting

provide_services()
REAL: list[tuple[type[Any], type[Any]]] = [(p, type(i)) for p, i in services._providers.items()]
FAKE: list[tuple[type[Any], type[Any]]] = [
    (Documents, fakes.FakeDocuments),
    (Jobs, fakes.FakeJobs),
    (Ledger, fakes.FakeLedger),
    (Audit, fakes.FakeAudit),
    (Live, fakes.FakeLive),
    (Notices, fakes.FakeNotices),
    (Clients, fakes.FakeClients),
    (Contacts, fakes.FakeContacts),
    (Vendors, FakeVendors),
    (Calendar, fakes.FakeCalendar),
    (Invoices, fakes.FakeInvoices),
    (Measures, fakes.FakeMeasures),
    (PluginSettings, fakes.FakeSettings),
    (Waiting, fakes.FakeWaiting),
    (Search, fakes.FakeSearch),
    (Tasks, FakeTasks),
    (Facts, FakeFacts),
    (Alerts, FakeAlerts),
    (Bank, FakeBank),
    (Filings, FakeFilings),
    (Payrolls, FakePayrolls),
    (TaxFigures, FakeTaxFigures),
]


def shortfalls(protocol: type[Any], implementation: type[Any]) -> list[str]:
    """What a caller of the Protocol could not do with the implementation."""
    wrong = []
    for name, promised in vars(protocol).items():
        if name.startswith("_") or not callable(promised):
            continue
        given = getattr(implementation, name, None)
        if given is None:
            wrong.append(f"{name} is missing")
            continue
        if inspect.iscoroutinefunction(given) != inspect.iscoroutinefunction(promised):
            wrong.append(f"{name} is awaited in one of both only")
        wanted, got = inspect.signature(promised).parameters, inspect.signature(given).parameters
        for parameter in wanted.values():
            same = got.get(parameter.name)
            if same is None or same.kind is not parameter.kind or same.default != parameter.default:
                wrong.append(f"{name}: parameter {parameter.name} differs")
        wrong += [
            f"{name}: parameter {extra.name} is asked for beyond the Protocol"
            for extra in got.values()
            if extra.name not in wanted and extra.default is extra.empty
        ]
    return wrong


@pytest.mark.parametrize(("protocol", "implementation"), REAL + FAKE, ids=lambda t: t.__name__)
def test_every_method_of_the_protocol_is_there(protocol: type[Any], implementation: type[Any]) -> None:
    assert shortfalls(protocol, implementation) == []


def test_every_fake_of_the_test_kit_is_held_against_its_protocol() -> None:
    modules = [import_module(f"{testing.__name__}.{found.name}") for found in iter_modules(testing.__path__)]
    there = {name for module in modules for name, kind in vars(module).items() if inspect.isclass(kind) and name.startswith("Fake")}
    assert there == {fake.__name__ for _, fake in FAKE}


def test_every_promised_service_is_registered() -> None:
    names = {protocol.__name__ for protocol, _ in REAL}
    assert {protocol.__name__ for protocol in CORE_SERVICES} <= names
    for module in registry().modules.values():
        assert {n for n in module.manifest.provides if not n.startswith("plugin:")} <= names


def test_a_shortfall_is_seen() -> None:
    class Half:
        async def document(self, document_id: int) -> None: ...

        def documents(self, ids: list[int], force: bool) -> None: ...

    found = shortfalls(Documents, Half)
    assert "store is missing" in found
    assert "documents is awaited in one of both only" in found
    assert "documents: parameter force is asked for beyond the Protocol" in found
