"""Taking a client's books over from another program: its chart and opening balances."""
