"""What a bank or wallet may keep back of a payment. Pure; fen."""

FIXED_FEN = 5_000
"""A transfer's fee, up to 50 yuan, above all of payments from abroad."""
PER_MILLE = 12
"""A wallet's or card's, up to 1.2 %: those in use are 0.38 % to 1 %."""


def most_fee(amount: int) -> int:
    """The largest fee that is thought of for a payment of ``amount``; never more than a twentieth of it."""
    size = abs(amount)
    return min(max(FIXED_FEN, size * PER_MILLE // 1000), size // 20)
