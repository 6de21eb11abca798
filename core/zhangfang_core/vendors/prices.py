"""What vendors cost: the firm says what a thousand answers cost, since a single one is often less than a fen."""

from typing import Final

from zhangfang_core.vendors.keeping_count import Usage
from zhangfang_core.vendors.offers import Offer
from zhangfang_sdk.vendors import SettingField

LARGEST: Final = 100_000_000
"""A million yuan."""
PRICE: Final = SettingField(
    "price-per-thousand",
    "每千次价格(元)",
    "money",
    required=False,
    help="按您和服务商谈好的价格填,例如每次 0.045 元就填 45。只用来算费用,不会发给对方;不填就不算。",
    smallest=0,
    largest=LARGEST,
)
"""The host's own field beside those of a vendor, whose keys are words without a hyphen."""
ANSWERS: Final = 1000


def fields_of(offer: Offer) -> tuple[SettingField, ...]:
    """The fields of a vendor's form: what runs on this deployment costs nothing for each answer."""
    return (*offer.vendor.settings, PRICE) if offer.vendor.outside else offer.vendor.settings


def cost(usage: Usage, price: int | None) -> int | None:
    """Fen, rounded half up, for what was answered: failures are taken to cost nothing. None where the firm named no price."""
    return None if price is None else (2 * usage.answers * price + ANSWERS) // (2 * ANSWERS)
