"""What can go wrong with the embedded PostgreSQL, told to the person who runs the portal."""


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot be used; nothing was changed that a second try would not redo.

    Attributes:
        code: stable, for programs and for the manual (`embedded.<what>`).
        message: one Chinese sentence that says what happened and what to do.
        detail: lines from PostgreSQL or the system, in whatever language they came; may be empty.
    """

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        self.code = code
        self.message = message
        self.detail = detail
        super().__init__(f"[{code}] {message}" + (f"\n{detail}" if detail else ""))
