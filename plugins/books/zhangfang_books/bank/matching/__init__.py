"""Which vouchers and open items a bank's lines belong to. Pure."""
