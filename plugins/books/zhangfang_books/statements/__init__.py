"""会计报表 as data and their evaluation. Nothing in here reads a database."""
