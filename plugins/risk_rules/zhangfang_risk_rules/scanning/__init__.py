"""Reading what is known of a client, asking the rules, and doing both when something changed."""
