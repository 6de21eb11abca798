"""Questionnaires as data: branches, a score, gaps that become tasks, a report at the end."""
