"""Who on a risk list a seller is: a tax id decides, a like name only asks. Pure."""

import unicodedata
from collections.abc import Iterable

from zhangfang_sdk.invoices import Party
from zhangfang_sdk.risk import ListedSeller


def plain(name: str) -> str:
    """A name without what people and forms write in two ways: spaces, wide brackets and letters."""
    return unicodedata.normalize("NFKC", name).replace(" ", "").upper()


class RiskList:
    """A risk list made ready for many invoices."""

    def __init__(self, sellers: Iterable[ListedSeller]) -> None:
        self._by_id: dict[str, ListedSeller] = {}
        self._by_name: dict[str, ListedSeller] = {}
        for one in sellers:
            if one.tax_id:
                self._by_id.setdefault(one.tax_id.upper(), one)
            self._by_name.setdefault(plain(one.name), one)

    def found(self, seller: Party) -> tuple[ListedSeller, bool] | None:
        """Who it is, and whether that is sure: by the tax id it is, by the name alone it is not. None for who is not on the list."""
        by_id = self._by_id.get(seller.tax_id.upper()) if seller.tax_id else None
        if by_id is not None:
            return by_id, True
        by_name = self._by_name.get(plain(seller.name)) if seller.name else None
        return None if by_name is None else (by_name, False)

    def subject(self, seller: Party) -> str | None:
        """The subject of its alert; None for who is not on the list."""
        found = self.found(seller)
        return None if found is None else subject_of(*found)


def subject_of(listed: ListedSeller, sure: bool) -> str:
    return (listed.tax_id if sure else f"name:{listed.name}")[:80]
