"""The SDK's ``Typefaces``: the built file, and what Debian's ``fonts-lxgw-wenkai`` brings."""

from pathlib import Path

from zhangfang_core.web.assets_manifest import AssetsMissing, built_file

RARE = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")


class BuiltTypefaces:
    def regular(self) -> Path:
        try:
            return built_file("NotoSansSC-Regular.ttf")
        except AssetsMissing as error:
            raise FileNotFoundError(str(error)) from error

    def rare(self) -> Path | None:
        return RARE if RARE.is_file() else None
