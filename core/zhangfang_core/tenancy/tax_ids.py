"""统一社会信用代码 (GB 32100-2015, in force from 2015-10-01): 18 characters, the last one checks the others."""

_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Without I, O, S, V, Z (GB 32100-2015, 4.2)."""

_LENGTH = 18


def tax_id_written(text: str) -> str:
    """Upper case, without spaces."""
    return "".join(text.split()).upper()


def tax_id_is_right(tax_id: str) -> bool:
    """Whether characters, length and check character are right: weights are the powers of 3 modulo 31."""
    if len(tax_id) != _LENGTH or any(c not in _CHARACTERS for c in tax_id):
        return False
    total = sum(_CHARACTERS.index(c) * pow(3, i, 31) for i, c in enumerate(tax_id[:-1]))
    return _CHARACTERS[-total % 31] == tax_id[-1]
