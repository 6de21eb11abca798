"""The quality scale of plugins: rules in three tiers, each asked by a machine, or exempted with a written reason."""
