"""Two firms and three clients with a row of everything in each, and people of every role: asked on every route, who sees what."""

import dataclasses
import datetime as dt
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from tests.isolation.money_and_taxes import plant_bank, plant_payroll, plant_taxes, plant_verification
from tests.isolation.persons_own import plant_persons_own
from tests.isolation.risks import plant_risks
from zhangfang_archive.services import make_manifest
from zhangfang_books import hand_figures, judged_cash
from zhangfang_books.importing.kept_profiles import remember
from zhangfang_books.reading import assign_cash, keep_brought_cash
from zhangfang_books.services import write_note
from zhangfang_books.tables import ImportedFile, ImportProfile, TableLayout
from zhangfang_capture_ocr.jobs import read
from zhangfang_capture_ocr.services import uploads
from zhangfang_capture_ocr.tables import Correction, Invoice, Item, Recognition, SellerMemory
from zhangfang_collab.arrivals import arrived
from zhangfang_collab.tables import Reminders, Template
from zhangfang_collab.ticking import assign as assign_task
from zhangfang_core.calendar.service import change_day, move
from zhangfang_core.database.engine import close_pool, connection, open_pool, scoped_transaction
from zhangfang_core.documents.preview import page_image
from zhangfang_core.documents.resumable.service import add, begin
from zhangfang_core.identity.invitations import invite
from zhangfang_core.identity.pacing import Tried, try_now
from zhangfang_core.identity.passkeys.challenges import Purpose, give, take
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.set_up import join, make_operator, make_person
from zhangfang_core.identity.tables import AuditorLink, OwnRole, SignInRule
from zhangfang_core.ledger.analysis_tables import (
    AssetEstimateRow,
    AssetWorkRow,
    FixedAssetRow,
    MonthEndSkip,
    VoucherTemplate,
)
from zhangfang_core.ledger.opening import service as opening
from zhangfang_core.ledger.own_accounts.tables import CodeRule
from zhangfang_core.ledger.tables import VoucherChoice
from zhangfang_core.module_settings.tables import ClientSetting, ModuleSetting
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import switch
from zhangfang_core.modules.tables import FailedJob, PartTrouble
from zhangfang_core.notices.tables import DeliveryRow
from zhangfang_core.piccolo_conf import APP_REGISTRY
from zhangfang_core.settings import read_settings
from zhangfang_core.tenancy.assignments import assign as assign_clients
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.indexing import built
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.portal import Portal, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, RESTAURANT_TAX_ID, TRADING_TAX_ID, make_test_firm
from zhangfang_core.trail.audit import seal
from zhangfang_core.vendors.tables import VendorBreaker, VendorCall, VendorChoice
from zhangfang_marketplace.tables import Service
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.notices import Notice, NoticeKind, Notices
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.openings import OpeningLine
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import FactKind, NewFact
from zhangfang_sdk.services import use
from zhangfang_sdk.specimens import Specimen, SpecimenLine, Specimens
from zhangfang_sdk.tasks import Arrival

TABLES = tuple(table._meta.tablename for app in APP_REGISTRY.app_configs.values() for table in app.table_classes)
OF_ONE_PERSON = ("core_notice", "core_session", "core_upload")
CLIENT_ROLES = ("boss", "cashier", "sales_manager", "driver")


@dataclass(frozen=True)
class Place:
    """One client of a firm. "机密" and ``mark`` stand in every row planted there, "内部" and ``mark`` in rows of its whole firm."""

    mark: str
    firm: int
    client: int
    name: str
    tax_id: str


@dataclass(frozen=True)
class Actor:
    """Somebody with a session. ``sees`` are the places that are theirs to see; ``client`` one of them."""

    name: str
    role: str
    firm: int | None
    person: int | None
    membership: int | None
    token: str | None
    client: int | None
    sees: frozenset[str]
    permissions: frozenset[str]

    @property
    def is_staff(self) -> bool:
        return self.firm is not None and self.role not in CLIENT_ROLES

    @property
    def home(self) -> str:
        """Where this person's pages are."""
        if self.firm is None:
            return "/me"
        return f"/f/{self.firm}" if self.is_staff else f"/f/{self.firm}/c/{self.client}"


@dataclass(frozen=True)
class World:
    """``mine`` is the place whose ids are asked for; ``ids`` a row of each of its tables; ``own`` rows that belong to one person."""

    portal: Portal
    actors: Mapping[str, Actor]
    places: Mapping[str, Place]
    ids: Mapping[str, int]
    own: Mapping[tuple[str, str], int]
    visitors: Mapping[str, Visitor]
    superuser: "asyncpg.Connection[asyncpg.Record]"

    @property
    def mine(self) -> Place:
        return self.places["甲"]

    def hidden_from(self, actor: Actor) -> list[str]:
        """Words and names of places that this person must never read."""
        unseen = [place for place in self.places.values() if place.mark not in actor.sees]
        words = [word for place in unseen for word in (f"机密{place.mark}", place.name)]
        return words + [f"内部{place.mark}" for place in self.places.values() if place.firm != actor.firm]


class SentFile:
    """A file of an upload, in memory."""

    def __init__(self, filename: str, content_type: str, content: bytes) -> None:
        self.filename, self.content_type, self._content = filename, content_type, io.BytesIO(content)

    async def read(self, size: int = -1) -> bytes:
        return self._content.read(size)

    async def seek(self, offset: int) -> object:
        return self._content.seek(offset)


async def _invoice(place: Place, person: int) -> None:
    """A PDF that the driver handed in, read to its draft: item, document, invoice, voucher."""
    specimen = Specimen(
        number=f"2633200000018765432{place.client % 10}",
        issued_on=dt.date(2026, 11, 3),
        special=False,
        seller_name=f"机密{place.mark}冷链物流有限公司",
        seller_tax_id="91330206MA2TEXT91M",
        buyer_name=place.name,
        buyer_tax_id=place.tax_id,
        lines=(SpecimenLine("*运输服务*冷链运输", 100000, "9%", 9000),),
    )
    _, media_type, content = use(Specimens).written(specimen, "pdf")
    driver = dataclasses.replace(system_scope(place.firm), client=place.client, user=person, user_name="司机")
    async with scoped_transaction(driver):
        sent = SentFile(f"机密{place.mark}.pdf", media_type, content)
        received = await uploads.receive([sent], purpose="运费", upload_key=None)
    item = received[0].item
    assert item is not None, received
    with in_scope(system_scope(place.firm)):
        await read(item)
        async with scoped_transaction(system_scope(place.firm)):
            kept = await Item.objects().where(Item.id == item).first()
        assert kept is not None
        await page_image(kept.document, 1)
    async with scoped_transaction(system_scope(place.firm)):
        invoice = await Invoice.objects().where(Invoice.item == item).first()
        assert invoice is not None, "the specimen was not read"
        now = dt.datetime.now(dt.UTC)
        word = f"机密{place.mark}"
        await Correction(client=place.client, invoice=invoice.id, field="remarks", after=word, corrected_at=now).save()
        boxes = f'[{{"text": "{word}", "confidence": 1, "left": 0, "top": 0, "right": 1, "bottom": 1}}]'
        await Recognition(client=place.client, item=item, boxes=boxes, recognised_at=now).save()
        await ClientSetting(
            client=place.client, module="capture_ocr", values=json.dumps({"note": word}), changed_at=now
        ).save()
        await SellerMemory(
            client=place.client, seller_tax_id="91330206MA2TEXT91M", seller_name=word, account="5602", updated_at=now
        ).save()


async def _books(place: Place) -> None:
    """Posted vouchers, one with a sale that a sales manager's figures are made of, a draft, a closed month, a note."""
    word, ledger = f"机密{place.mark}", use(Ledger)
    await opening.save(place.client, [OpeningLine("1002", 100, party=word), OpeningLine("3001", -100)])
    for day, post in ((dt.date(2025, 1, 10), True), (today(), True), (today(), False)):
        lines = (Line("1002", word, debit=12300), Line("1001", word, credit=12300))
        voucher = await ledger.draft(VoucherDraft(place.client, day, word, lines))
        if post:
            await ledger.post(voucher)
    sold = (Line("1001", word, debit=12300), Line("5001", word, credit=12300))
    await ledger.post(await ledger.draft(VoucherDraft(place.client, today(), word, sold)))
    await ledger.close_period(place.client, Period(2025, 1))
    await _analysis(place, word)
    await plant_bank(place.client, word)
    await plant_payroll(place.client, word)
    await plant_taxes(place.client, word)
    await plant_verification(place.firm, word)
    await write_note(place.client, Period.current(), word)
    await keep_brought_cash(place.client, {1: 100})
    await judged_cash.judge([v.id for v in await use(Ledger).vouchers(place.client)])
    await assign_cash(place.client, voucher, 1, 1)
    await remember(place.client, {word: "1001"})
    await hand_figures.fill(place.client, "income", 26, Period.current(), 5, None, word)
    await ImportedFile(
        client=place.client, sha256=word, name=word, vouchers=1, imported_by=word, imported_at=dt.datetime.now(dt.UTC)
    ).save()


async def _analysis(place: Place, word: str) -> None:
    """Stock with a quantity, a customer with a balance, a settled open item, an asset, a template."""
    client, day, ledger = place.client, today(), use(Ledger)
    goods = await use(Dimensions).add(client, DimensionKind.STOCK, "001", word)
    await use(Dimensions).require_kinds(client, "1405", [DimensionKind.STOCK], [])
    bought = Line("1405", word, debit=12300, dimensions={"stock": goods.id}, quantity=Decimal(3))
    await ledger.post(await ledger.draft(VoucherDraft(client, day, word, (bought, Line("1001", word, credit=12300)))))
    customer = await use(Dimensions).add(client, DimensionKind.CUSTOMER, "001", word)
    owed = Line("1122", word, debit=12300, dimensions={"customer": customer.id}, due=day)
    paid = Line("1122", word, credit=12300, dimensions={"customer": customer.id})
    for lines in ((owed, Line("1001", word, credit=12300)), (Line("1001", word, debit=12300), paid)):
        await ledger.post(await ledger.draft(VoucherDraft(client, day, word, lines)))
    (proposal,) = await use(OpenItems).proposals(client, "1122")
    await use(OpenItems).settle(client, proposal.matches)
    asset = FixedAssetRow(
        client=client, name=word, cost=12300, residual=0, months=12, in_use_from=day, accumulated_account="1602",
        expense_account="560208",
    )  # fmt: skip
    await asset.save()
    month, now = Period.current(), dt.datetime.now(dt.UTC)
    await AssetEstimateRow(
        client=client, asset=asset.id, since=month.number, method="straight_line", months=9, residual=0, reason=word,
        entered_by=word, entered_at=now,
    ).save()  # fmt: skip
    await CodeRule(client=client, lengths="4-3-2").save()
    await AssetWorkRow(client=client, asset=asset.id, period=month.number, units=1).save()
    await MonthEndSkip(
        client=client, period=month.number, key="template:0", title=word, reason=word, skipped_by=word, skipped_at=now
    ).save()
    await VoucherTemplate(
        client=client, title=word, word="记", summary=word, lines="[]", first=Period.current().number
    ).save()


async def _rest(place: Place) -> None:
    word, client, now = f"机密{place.mark}", place.client, dt.datetime.now(dt.UTC)
    await assign_task(client, Period.current(), word, word, today())
    await arrived(Arrival(client, word, Period.current(), word, word))
    await plant_risks(client, word, now)
    with declaring(NoticeKind("seen", word, "{what}", "{what}", permission="clients.read")):
        await use(Notices).send(Notice(client, f"{DECLARING}.seen", f"{word}:1", "/messages", {"what": word}))
    await _delivered(client, word, now)
    await use(Clients).propose(client, NewFact(FactKind.SERVICE_PACKAGE, word, today()))
    await make_manifest(client, Period.current())
    await invite(role="cashier", contact=f"{word}@example.com", client=client)


async def _delivered(client: int, word: str, now: dt.datetime) -> None:
    rows = await connection().fetch('select id, "user" from core_notice where client = $1', client)
    for row in rows:
        await DeliveryRow(
            client=client, notice=row["id"], user=row["user"], channel="sms", state="uncertain", reason="broken_off", detail=word,
            address=word, key="", vendor="", reference=word, due_at=now, decided_by_name="", created_at=now,
        ).save()  # fmt: skip


async def _firm_wide(firm: int, mark: str) -> None:
    word = f"内部{mark}"
    await Service(title=word, content=word, price=1, published=True).save()
    await VoucherChoice(words=f"记,{word}", clean_limit=12300).save()
    await ImportProfile(program="own", name=word, columns="{}").save()
    await TableLayout(kind="bank", name=word, headings=word, columns="{}").save()
    auditor = await make_person(f"auditor-{firm}", word, OWNER_PASSWORD)
    now = dt.datetime.now(dt.UTC)
    await AuditorLink(
        user=auditor, token_hash=f"{firm:064x}", pin_hash=word, years="[2025]", made_by=word, made_at=now, expires_at=now
    ).save()
    await SignInRule(idle_minutes=10080).save()
    await OwnRole(key=f"helper{firm}", title=word, side="client", permissions="[]").save()
    await Template(key=word, title=word, due_rule="day", due_number=1, changed_at=dt.datetime.now(dt.UTC)).save()
    await Reminders(duty="monthly", levels=json.dumps([[-7, word]]), changed_at=dt.datetime.now(dt.UTC)).save()
    await switch("marketplace", on=True)
    await move("vat", "2026-10", due=dt.date(2026, 11, 20), area="", reason=word)
    now, vendor = dt.datetime.now(dt.UTC), f"capture_ocr.{word}"
    # The operator sees that something failed, and why: such a row must hold nothing of the firm's.
    await PartTrouble(plugin="collab", part="card collab.none", failures=1, reason="ValueError", failed_at=now).save()
    told = json.dumps({"fact": "vouchers_posted", "module": "collab", "ids": [1]})
    await FailedJob(job="core.tell", plugin="collab", arguments=told, reason="ValueError", failed_at=now).save()
    await ModuleSetting(module="capture_ocr", values=json.dumps({"note": word}), changed_at=now).save()
    await VendorChoice(kind="sms", vendor=vendor, position=1, changed_at=now).save()
    await VendorCall(kind="sms", vendor=vendor, day=today(), calls=1, failures=1, milliseconds=1).save()
    await VendorBreaker(kind="sms", vendor=vendor, failures=1, failed_at=now, reason="timeout").save()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(test_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Made once for a file's tests: none of them may change it."""
    folder: Path = tmp_path_factory.mktemp("portal")
    async with AsyncExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("ZHANGFANG_DATA_DIR", str(folder))
        database = await stack.enter_async_context(fresh(test_server))
        addresses = test_server.addresses(database)
        await open_pool(addresses.application, smallest=1, largest=20)
        stack.push_async_callback(close_pool)
        superuser = await asyncpg.connect(test_server.superuser(database))
        stack.push_async_callback(superuser.close)
        settings = dataclasses.replace(read_settings(), dsn=addresses.application, owner_dsn=addresses.owner)
        portal = await stack.enter_async_context(running_portal(settings))
        places, actors = await _made(superuser)
        ids, own = await _gather(superuser, places["甲"], actors)
        visitors = {
            actor.name: await stack.enter_async_context(portal.visitor(actor.token)) for actor in actors.values()
        }
        yield World(portal, actors, places, ids, own, visitors, superuser)


async def _made(superuser: "asyncpg.Connection[asyncpg.Record]") -> tuple[dict[str, Place], dict[str, Actor]]:
    here, there = await make_test_firm("嘉喜"), await make_test_firm("隔壁")
    places = {
        "甲": Place("甲", here.id, here.restaurant, "嘉喜餐饮有限公司", RESTAURANT_TAX_ID),
        "丙": Place("丙", here.id, here.trading, "嘉喜商贸有限公司", TRADING_TAX_ID),
        "乙": Place("乙", there.id, there.restaurant, "隔壁餐饮有限公司", RESTAURANT_TAX_ID),
        "丁": Place("丁", there.id, there.trading, "隔壁商贸有限公司", TRADING_TAX_ID),
    }
    firms = {here.id: frozenset("甲丙"), there.id: frozenset("乙丁")}
    actors: dict[str, Actor] = {}

    async def enrol(name: str, role: str, firm: int, sees: frozenset[str], place: Place | None) -> None:
        is_staff = role not in CLIENT_ROLES
        async with scoped_transaction(system_scope(firm)):
            person = await make_person(f"{name}@example.com", name, OWNER_PASSWORD)
            membership = await join(person, role, None if is_staff or place is None else place.client)
            if role == "accountant":
                await assign_clients(person, [] if place is None else [place.client])
        await add(name, role, firm, person, membership, sees, place)

    async def add(
        name: str, role: str, firm: int, person: int, membership: int, sees: frozenset[str], place: Place | None
    ) -> None:
        client = None if place is None else place.client
        token = await session_for(person)
        permissions = permissions_of(role, {}, frozenset(registry().modules))
        actors[name] = Actor(name, role, firm, person, membership, token, client, sees, permissions)

    for firm, owner, first in ((here.id, here.owner, "甲"), (there.id, there.owner, "乙")):
        membership = await superuser.fetchval(
            """select id from core_membership where firm = $1 and "user" = $2""", firm, owner
        )
        name = "owner" if firm == here.id else "owner of another firm"
        await add(name, "owner", firm, owner, membership, firms[firm], places[first])
    for role in ("admin", "reviewer"):
        await enrol(role, role, here.id, firms[here.id], places["甲"])
    await enrol("accountant", "accountant", here.id, frozenset("甲"), places["甲"])
    await enrol("accountant without clients", "accountant", here.id, frozenset(), None)
    await enrol("accountant of another client", "accountant", here.id, frozenset("丙"), places["丙"])
    await enrol("accountant of another firm", "accountant", there.id, frozenset("乙"), places["乙"])
    for role in CLIENT_ROLES:
        await enrol(role, role, here.id, frozenset("甲"), places["甲"])
        await enrol(f"{role} of another client", role, here.id, frozenset("丙"), places["丙"])
        await enrol(f"{role} of another firm", role, there.id, frozenset("乙"), places["乙"])
    await enrol("driver of a fourth client", "driver", there.id, frozenset("丁"), places["丁"])
    operator = await make_operator(login="operator", name="运维", password=OWNER_PASSWORD)
    actors["operator"] = Actor(
        "operator", "operator", None, operator, None, await session_for(operator), None, frozenset(),
        frozenset({"operator.use"}),
    )  # fmt: skip
    actors["signed out"] = Actor("signed out", "", None, None, None, None, None, frozenset(), frozenset())
    await _plant(places, actors)
    return places, actors


async def _plant(places: Mapping[str, Place], actors: Mapping[str, Actor]) -> None:
    for firm in {place.firm for place in places.values()}:
        async with scoped_transaction(system_scope(firm)):
            await connection().execute("update core_firm set single_person = true where id = $1", firm)
    for place in places.values():
        driver = next(a for a in actors.values() if a.role == "driver" and a.client == place.client)
        assert driver.person is not None
        await _invoice(place, driver.person)
        steps: tuple[Callable[[Place], Awaitable[None]], ...] = (_books, _rest)
        for step in steps:
            owner = next(a for a in actors.values() if a.role == "owner" and a.firm == place.firm)
            async with scoped_transaction(_as_owner(owner, place)):
                await step(place)
    for actor in actors.values():
        if actor.person is not None:
            async with scoped_transaction(Scope(user=actor.person)):
                await plant_persons_own(actor.person, actor.name, "".join(sorted(actor.sees)) or actor.name)
        if actor.person is not None and actor.firm is not None and actor.client is not None:
            sends = dataclasses.replace(system_scope(actor.firm), client=actor.client, user=actor.person)
            async with scoped_transaction(sends):
                word = f"机密{''.join(sorted(actor.sees))}"
                await add(await begin(name=word, media_type="", length=9, metadata=word), b"1234")
    async with scoped_transaction(Scope(operator=True, staff=True, permissions=frozenset({"operator.use"}))):
        await change_day(dt.date(2031, 1, 1), is_working=False, reason="元旦")
    async with scoped_transaction(Scope()):
        await try_now(Tried.PASSWORD, "nobody", "203.0.113.9")
        await take(give(Purpose.SIGN_IN, "nobody"), Purpose.SIGN_IN, "nobody")
    for mark in ("甲", "乙"):
        async with scoped_transaction(system_scope(places[mark].firm)):
            await _firm_wide(places[mark].firm, mark)
        async with scoped_transaction(system_scope(places[mark].firm)):
            await seal()
        await built(places[mark].firm)


def _as_owner(owner: Actor, place: Place) -> Scope:
    return dataclasses.replace(system_scope(place.firm), user=owner.person, user_name="负责人", client=place.client)


async def _gather(
    superuser: "asyncpg.Connection[asyncpg.Record]", place: Place, actors: Mapping[str, Actor]
) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
    """Of each table the first row of the place, or of its firm; and by actor the rows that are theirs alone. Raises when a table is empty."""
    ids: dict[str, int] = {}
    for table in TABLES:
        columns = {
            row["column_name"]: row["is_nullable"]
            for row in await superuser.fetch(
                "select column_name, is_nullable from information_schema.columns where table_name = $1", table
            )
        }
        conditions = ["firm = $1" if "firm" in columns else "$1::bigint is not null"]
        if "client" in columns:
            nullable = " or client is null" if columns["client"] == "YES" else ""
            conditions.append(f"(client = $2{nullable})")
        else:
            conditions.append("$2::bigint is not null")
        condition = {
            "core_client": "firm = $1 and id = $2",
            "core_firm": "id = $1 and $2::bigint is not null",
        }.get(table, " and ".join(conditions))
        order = "client nulls last, id" if "client" in columns else "id"
        found = await superuser.fetchval(
            f"select id from {table} where {condition} order by {order} limit 1",  # noqa: S608
            place.firm,
            place.client,
        )
        if found is None:
            raise LookupError(f"no row of {table} was planted for {place.name}: add it in tests/isolation/conftest.py")
        ids[table] = int(found)
    own = {
        (actor.name, table): int(found)
        for actor in actors.values()
        for table in OF_ONE_PERSON
        if actor.person is not None
        and (
            found := await superuser.fetchval(
                f"""select id from {table} where "user" = $1 order by id limit 1""",  # noqa: S608
                actor.person,
            )
        )
        is not None
    }
    return ids, own
