"""Services that are thought through and that nothing provides yet: *drafts*, outside the promise of versions.

A plugin may provide or require one today; names and shapes may change with any release until a draft leaves this package.
"""
