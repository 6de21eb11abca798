"""银行: statements brought in, matched to vouchers, reconciled with the books."""
