"""Pages of alerts: a client's list and slip, the firm's board, rules and risk list."""
