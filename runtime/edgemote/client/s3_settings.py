"""S3 settings from a profile and the environment, read as botocore.configprovider does.

Imported only if there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from edgemote.client.settings import read_flag
from edgemote.errors import ConfigError
from edgemote.profiles import describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgemote.client.settings import Settings
    from edgemote.profiles import SharedFiles

_PATH_STYLES = {"path": True, "virtual": False, "auto": None}
_REGIONAL = {"regional": True, "legacy": False}


def add_s3_settings(
    settings: Settings, shared: SharedFiles, regional: object, use_dual_stack: bool | None
) -> Settings:
    """Add the S3 settings that the caller has not set. regional: a us_east_1_regional_endpoint that
    takes precedence over the section. use_dual_stack: the caller's argument.

    Raises ConfigError, which names the key but not its value.
    """
    block = shared.profile(settings.profile).get("s3", {})
    where = shared.origin(settings.profile, "s3")
    if not isinstance(block, dict):
        raise ConfigError(f"{where}: expected indented lines, got {describe(block)}")

    def choose(key: str, choices: Mapping[str, bool | None], value: object = None) -> bool | None:
        value = value or block.get(key)
        if value and value not in choices:
            raise ConfigError(f"{key} of {where}: expected one of {', '.join(choices)}")
        return choices[value] if isinstance(value, str) and value else None

    is_regional = choose("us_east_1_regional_endpoint", _REGIONAL, regional)
    style = settings.path_style
    if style is None:
        style = choose("addressing_style", _PATH_STYLES)
    dual_stack = settings.use_dual_stack
    if use_dual_stack is None and read_flag(block.get("use_dualstack_endpoint") or None, where):
        dual_stack = True
    settings = replace(
        settings,
        path_style=style,
        regional_s3=bool(is_regional),
        use_dual_stack=dual_stack,
    )
    if not read_flag(block.get("use_accelerate_endpoint") or None, where):
        return settings
    if settings.endpoint_url is not None:
        raise ConfigError(
            f"use_accelerate_endpoint of {where}: it cannot be combined with endpoint_url"
        )
    kind = ".dualstack" if settings.use_dual_stack else ""
    return replace(
        settings,
        endpoint_url=f"https://s3-accelerate{kind}.amazonaws.com",
        path_style=False,
        use_dual_stack=False,  # the host says it
    )
