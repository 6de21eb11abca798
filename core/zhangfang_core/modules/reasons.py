"""What a stranger's code raised, in words that can be logged, kept and shown, whatever they are."""

LONGEST = 500


def reason_of(error: BaseException) -> str:
    """An error as it is kept and shown: its type, and what it says of itself where it can."""
    try:
        said = f": {error}"
    except (Exception, SystemExit) as another:  # its own __str__ may raise anything
        said = f" (and its text: {type(another).__name__})"
    return keepable(f"{type(error).__name__}{said}")[:LONGEST]


def keepable(text: str) -> str:
    """Without what no column or page can hold: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
