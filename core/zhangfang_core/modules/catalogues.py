"""Files of translations: ``locale/<lang>.po`` in core's package and in each plugin's."""

from collections.abc import Mapping
from pathlib import Path

from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "zh"
LANGUAGES = {"zh": "中文", "en": "English"}


def catalogue_file(package: Path, language: str) -> Path:
    """Where the package's catalogue of a language stands, or would stand."""
    return package / "locale" / f"{language}.po"


def translations_of(package: Path, language: str) -> dict[str, str]:
    """The catalogue of ``package``, texts without a translation included; empty when there is no file.

    Raises what reading the file raises: OSError, UnicodeDecodeError, PoFileError.
    """
    path = catalogue_file(package, language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string or "") for message in read_po(file, abort_invalid=True) if message.id}


def catalogues_of(package: Path) -> Mapping[str, Mapping[str, str]]:
    """Of every language other than the source's. Raises as above."""
    return {language: translations_of(package, language) for language in LANGUAGES if language != SOURCE_LANGUAGE}
