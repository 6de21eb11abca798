"""The demo's two firms with their people and books, made through the product's own services."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.demo.sign_ins import PEOPLE, DemoPerson, DemoSecrets, demo_secrets
from zhangfang_core.demo.stories import firms
from zhangfang_core.demo.stories.profiles import facts_of
from zhangfang_core.demo.stories.values import (
    SPECIAL,
    FirmStory,
    Story,
    StoryAsset,
    StoryDocument,
    StoryLine,
    StoryVoucher,
)
from zhangfang_core.identity.set_up import make_firm, make_member, make_operator
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.settings import Settings
from zhangfang_core.tenancy.assignments import assign
from zhangfang_sdk.assets import Assets, Method, NewAsset
from zhangfang_sdk.clients import Clients, NewClient
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import FactKind, NewFact, QuarterEnds
from zhangfang_sdk.services import ServiceMissing, use
from zhangfang_sdk.specimens import Specimen, SpecimenLine, Specimens

BOOKKEEPER = "王会计"


async def fill_demo(settings: Settings) -> None:
    """Fill the deployment once. A fill that was broken off goes on where it stopped: firms, people and months that are there stay."""
    done = settings.data_dir / "demo.done"
    if done.exists():
        return
    known = demo_secrets(settings)
    by_place = {p.place: p for p in PEOPLE if p.role in ("owner", "operator")}
    operator = by_place["operator"]
    with _already("person.login_taken"):
        await make_operator(login=operator.login, name=operator.name, password=known.password, totp_secret=known.totp)
    first, second = firms(today())
    for place, story in (("second", second), ("firm", first)):
        await _fill_firm(by_place[place], known, story)
    done.touch()


@contextmanager
def _already(code: str) -> Iterator[None]:
    """What an earlier start has made already is passed over."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code != code:
            raise


async def _fill_firm(owner: DemoPerson, known: DemoSecrets, firm_story: FirmStory) -> None:
    firm = await _firm_called(firm_story.name)
    if firm is None:
        made = await make_firm(
            name=firm_story.name,
            owner_login=owner.login,
            owner_name=owner.name,
            owner_password=known.password,
            totp_secret=known.totp,
        )
        firm = made.firm
    clients = {story.company.key: await take_on(firm, story) for story in firm_story.clients}
    if owner.place == "firm":
        for person in PEOPLE:
            if person.role not in ("owner", "operator"):
                await _person(firm, person, known, clients)
    await _said_by_the_boss(firm, clients)
    for story in firm_story.clients:
        await fill_books(firm, clients[story.company.key], story)
        await _know_assets(firm, clients[story.company.key], story)
    async with scoped_transaction(system_scope(firm)):
        tell("demo_filled", clients.values())


async def _firm_called(name: str) -> int | None:
    async with scoped_transaction(Scope(operator=True, staff=True)):
        found: int | None = await connection().fetchval("select id from core_firm where name = $1", name)
    return found


async def take_on(firm: int, story: Story) -> int:
    """The story's company as a client of the firm, made where it is not there yet."""
    company = story.company
    new = NewClient(
        company.name,
        company.tax_id,
        company.taxpayer_kind,
        company.industry,
        company.books_start,
        facts=facts_of(company, today()),
    )
    async with scoped_transaction(system_scope(firm)):
        known = {client.tax_id: client.id for client in await use(Clients).clients()}
        return known[company.tax_id] if company.tax_id in known else await use(Clients).take_on(new)


async def _person(firm: int, person: DemoPerson, known: DemoSecrets, clients: dict[str, int]) -> None:
    with _already("member.already"):
        async with scoped_transaction(system_scope(firm)):
            user = await make_member(
                login=person.login,
                name=person.name,
                password=known.password,
                role=person.role,
                client=clients.get(person.place),
            )
            if person.looks_after:
                await assign(user, [clients[key] for key in person.looks_after])


async def _said_by_the_boss(firm: int, clients: dict[str, int]) -> None:
    """The restaurant's boss has looked at the licence, and found one thing wrong; the rest waits for him."""
    boss = next(person for person in PEOPLE if person.role == "boss")
    if boss.place not in clients:
        return
    client = clients[boss.place]
    async with scoped_transaction(replace(system_scope(firm), user_name=boss.name, client=client, role=boss.role)):
        known = await use(Clients).profile(client)
        name, address, scope = known.legal_representative, known.registered_address, known.business_scope
        if name is None or address is None or scope is None or name.confirmed_at is not None:
            return
        await use(Clients).confirm(client, [name.id, scope.id])
        await use(Clients).object_to(address.id, "上个月搬到示例路 20 号了")


async def fill_books(firm: int, client: int, story: Story) -> None:
    """One transaction a month; months before the last one are closed, as a firm would have done by now."""
    current = Period.of(today())
    async with scoped_transaction(system_scope(firm)):
        stock = await _stock(client, story)
        if not await use(Ledger).vouchers(client, limit=1):
            await import_posted(client, [_opening(client, story, stock)], drafted_by=BOOKKEEPER)
        if not await use(Assets).assets(client):
            for asset in story.assets:
                await use(Assets).add(_card(client, story, asset))
    for month in story.months:
        async with scoped_transaction(system_scope(firm)):
            if await use(Ledger).vouchers(client, period=month.period, limit=1):
                continue
            drafts = [await _draft(client, voucher, stock) for voucher in month.vouchers]
            await import_posted(client, drafts, drafted_by=BOOKKEEPER)
            if month.period < current.plus(-1):
                await use(Ledger).close_period(client, month.period)


async def _know_assets(firm: int, client: int, story: Story) -> None:
    """What the books say of the assets at both ends of each quarter of the year that is over: 小型微利 is judged by it."""
    if not facts_of(story.company, today()):
        return
    year = today().year
    async with scoped_transaction(system_scope(firm)):
        for month in (1, 4, 7, 10):
            first = Period(year, month)
            if first.first_day >= story.company.books_start and first.plus(2) < Period.of(today()):
                ends = QuarterEnds(await _assets(client, first.plus(-1)), await _assets(client, first.plus(2)))
                await use(Clients).record(client, NewFact(FactKind.TOTAL_ASSETS, ends, first.first_day))


async def _assets(client: int, until: Period) -> int:
    """Fen at the end of a month."""
    codes = {a.code for a in await use(Ledger).accounts(client) if a.category == "asset"}
    found = await use(Ledger).balances(client, None, until)
    return sum(b.debit - b.credit + b.closing_debit - b.closing_credit for b in found if b.account in codes)


async def _stock(client: int, story: Story) -> Mapping[str, int]:
    """Ids of the story's stock items by name, made where they are not there yet."""
    known = {item.name: item.id for item in await use(Dimensions).items(client, DimensionKind.STOCK)}
    for number, item in enumerate(story.stock, 1):
        if item.name not in known:
            made = await use(Dimensions).add(client, DimensionKind.STOCK, f"{number:04d}", item.name, unit=item.unit)
            known[item.name] = made.id
    return known


def _opening(client: int, story: Story, stock: Mapping[str, int]) -> VoucherDraft:
    return VoucherDraft(
        client=client,
        date=story.company.books_start - dt.timedelta(days=1),
        summary="期初余额",
        kind=VoucherKind.OPENING,
        lines=_lines(story.opening_balances, stock),
        source="demo",
    )


def _card(client: int, story: Story, asset: StoryAsset) -> NewAsset:
    return NewAsset(
        client,
        asset.name,
        asset.category,
        asset.cost,
        asset.residual,
        asset.in_use_from,
        asset.months,
        Method.STRAIGHT_LINE,
        "1601",
        "1602",
        asset.expense_account,
        written_off=asset.written_off,
        as_of=Period.of(story.company.books_start),
    )


async def _draft(client: int, voucher: StoryVoucher, stock: Mapping[str, int]) -> VoucherDraft:
    return VoucherDraft(
        client=client,
        date=voucher.date,
        word=voucher.word,
        summary=voucher.summary,
        kind=voucher.kind,
        lines=_lines(voucher.lines, stock),
        document=None if voucher.document is None else await _stored(client, voucher.document),
        source="demo",
    )


def _lines(lines: tuple[StoryLine, ...], stock: Mapping[str, int]) -> tuple[Line, ...]:
    return tuple(_line(line, stock) for line in lines)


def _line(x: StoryLine, stock: Mapping[str, int]) -> Line:
    if x.pieces is None:
        return Line(x.account_code, x.summary, x.debit, x.credit, x.counterparty)
    item = {DimensionKind.STOCK.value: stock[x.pieces.item]}
    return Line(x.account_code, x.summary, x.debit, x.credit, x.counterparty, item, x.pieces.quantity, x.pieces.unit_price)


async def _stored(client: int, document: StoryDocument) -> int | None:
    """The document of a voucher as a drawn invoice; None where no plugin draws any."""
    try:
        specimens = use(Specimens)
    except ServiceMissing:
        return None
    name, media_type, content = specimens.written(_specimen(document), "pdf")
    return (await use(Documents).store(client, name, media_type, content)).id


def _specimen(document: StoryDocument) -> Specimen:
    return Specimen(
        number=document.number,
        issued_on=document.issued_on,
        special=document.kind == SPECIAL,
        seller_name=document.seller_name,
        seller_tax_id=document.seller_tax_id,
        buyer_name=document.buyer_name,
        buyer_tax_id=document.buyer_tax_id,
        lines=tuple(
            SpecimenLine(
                x.name,
                x.amount_fen,
                x.rate,
                x.tax_fen,
                x.unit,
                f"{x.quantity.normalize():f}",
                f"{x.unit_price.normalize():f}",
            )
            for x in document.lines
        ),
    )
