"""What the firm chose for a client's taxes."""

from dataclasses import dataclass

from zhangfang_sdk.settings import settings


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """``income_tax``: "corporate" or "personal" (个体户、合伙企业、个人独资企业); ``vat_period``: "quarter" or "month", of a small-scale payer;
    ``city_place``: "by_address", "urban", "town" or "elsewhere"; ``additional_deduction``: "none" or who may deduct more (加计抵减)."""

    income_tax: str
    vat_period: str
    city_place: str
    additional_deduction: str = "none"


async def chosen_for(client: int) -> TaxSettings:
    return await settings("books", TaxSettings, client=client)
