"""What a firm chose of its vouchers: the words (凭证字) that it numbers by, and up to which amount many post in one go."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, kept
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.services import use

PERMISSION = "modules.manage"
MOST_WORDS = 20
LONGEST_WORD = 4


@dataclass(frozen=True, slots=True)
class VoucherChoices:
    """``clean_limit`` in fen: a voucher above it is looked at alone."""

    words: tuple[str, ...] = ("记", "收", "付", "转")
    clean_limit: int = 100_000_00


def words_of(written: str | None) -> tuple[str, ...]:
    """From the column ``words`` of the firm's row; None where it has none."""
    return VoucherChoices().words if written is None else tuple(written.split(","))


async def choices() -> VoucherChoices:
    """Of the firm in scope; asked once in a transaction."""
    known = kept("voucher_choices")
    firm = firm_in_scope()
    if firm not in known:
        row = await connection().fetchrow("select words, clean_limit from core_voucher_choice where firm = $1", firm)
        known[firm] = VoucherChoices() if row is None else VoucherChoices(words_of(row["words"]), row["clean_limit"])
    found: VoucherChoices = known[firm]
    return found


async def choose(words: Sequence[str], clean_limit: int) -> None:
    """Keep them, the first word being the one that is offered first.

    Raises Refusal ``ledger.words_unreadable``, ``ledger.clean_limit``.
    """
    named = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    if not 0 < len(named) <= MOST_WORDS or any(len(w) > LONGEST_WORD or not w.isalnum() for w in named):
        raise Refusal(
            "ledger.words_unreadable",
            f"请填写 1 到 {MOST_WORDS} 个凭证字,每个最多 {LONGEST_WORD} 个字,用逗号或空格分开。",
            field="words",
        )
    if not 0 <= clean_limit <= LARGEST_FEN:
        raise Refusal("ledger.clean_limit", "请填写零或更大的金额。", field="clean_limit")
    row = await connection().fetchval(
        """insert into core_voucher_choice (firm, words, clean_limit) values ($1, $2, $3)
        on conflict (firm) do update set words = excluded.words, clean_limit = excluded.clean_limit returning id""",
        firm_in_scope(),
        ",".join(named),
        clean_limit,
    )
    kept("voucher_choices").clear()
    after: dict[str, object] = {"words": named, "clean_limit": clean_limit}
    await use(Audit).record("ledger.choose", f"core_voucher_choice:{row}", after=after)
