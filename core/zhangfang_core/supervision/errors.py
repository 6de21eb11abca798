"""Why the portal cannot be started, told to the person who starts it."""


class SupervisionError(RuntimeError):
    """Nothing was started, or what was started has been stopped again.

    Attributes:
        code: stable (`supervision.<what>`).
        message: Chinese; says what happened and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"[{code}] {message}")
