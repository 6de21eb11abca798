"""Drafts before they post: the same rules over the books of now with one draft in them, kept as remarks for whoever reviews it."""
