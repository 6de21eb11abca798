"""What a plugin's author works with at a terminal: scaffold, next migration, quality scale, the SDK's own contract.

The host's command line calls it. Plugins do not import it, and it is no part of the contract: it changes with every version.
"""
