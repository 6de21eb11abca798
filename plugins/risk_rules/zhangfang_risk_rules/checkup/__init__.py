"""体检报告: a month of a client on two pages: a score per tax, open alerts in plain words, what was done."""
