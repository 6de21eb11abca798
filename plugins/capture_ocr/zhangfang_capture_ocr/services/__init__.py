"""What the pages, jobs and admin forms do, in the caller's transaction unless a docstring says otherwise."""
