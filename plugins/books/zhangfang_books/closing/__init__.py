"""月末: what still stands between a client's month and its closing, the vouchers it calls for, and all clients at once."""
