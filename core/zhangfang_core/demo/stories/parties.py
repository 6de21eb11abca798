"""Fictional companies. Tax ids have right check digits (GB 32100-2015, GB 11714-1997) and are plainly invented: MADEM..."""

from zhangfang_core.demo.stories.values import Party

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def invented_tax_id(serial: int, region: str = "330106", kind: str = "91") -> str:
    """The tax id of fictional company ``serial`` (0..999); ``kind`` 91 is a company, 93 a farmers' co-operative."""
    organisation = f"MADEM{serial:03d}"
    total = sum(int(c, 36) * w for c, w in zip(organisation, _ORGANISATION_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    first = f"{kind}{region}{organisation}{'X' if check == 10 else check}"
    total = sum(_CHARACTERS.index(c) * pow(3, place, 31) for place, c in enumerate(first))
    return first + _CHARACTERS[-total % 31]


def party(serial: int, name: str, region: str = "330106", kind: str = "91") -> Party:
    """A fictional company with its invented tax id."""
    return Party(name, invented_tax_id(serial, region, kind))
