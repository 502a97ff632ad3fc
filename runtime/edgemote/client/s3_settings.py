"""S3 settings from a profile and the environment, read as botocore.configprovider does.

Imported only if there are any.
"""

from __future__ import annotations

import os
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
    settings: Settings,
    shared: SharedFiles,
    regional: object,
    arn_region: object,
    use_dual_stack: bool | None,
) -> tuple[Settings, dict[str, bool]]:
    """Add the S3 settings that the caller has not set; also returns those that take an
    s3_options.OptionsPipeline. regional, arn_region: a us_east_1_regional_endpoint and a
    use_arn_region that take precedence over the section. use_dual_stack: the caller's argument.

    Raises ConfigError, which names the key but not its value.
    """
    block = shared.profile(settings.profile).get("s3", {})
    where = shared.origin(settings.profile, "s3")
    if not isinstance(block, dict):
        raise ConfigError(f"{where}: expected indented lines, got {describe(block)}")

    def tell(key: str, value: object) -> str:
        if not value:
            return f"{key} of {where}"
        variable = f"AWS_S3_{key.upper()}"
        if os.environ.get(variable):
            return variable
        return shared.origin(settings.profile, f"s3_{key}")

    def choose(key: str, choices: Mapping[str, bool | None], value: object = None) -> bool | None:
        found = value or block.get(key)
        if not found:
            return None
        if not isinstance(found, str) or found not in choices:
            raise ConfigError(f"{tell(key, value)}: expected one of {', '.join(choices)}")
        return choices[found]

    is_regional = choose("us_east_1_regional_endpoint", _REGIONAL, regional)
    style = settings.path_style
    if style is None:
        style = choose("addressing_style", _PATH_STYLES)

    def read(key: str, value: object = None) -> bool | None:
        return read_flag(value or block.get(key) or None, tell(key, value))

    dual_stack = settings.use_dual_stack
    if use_dual_stack is None and read("use_dualstack_endpoint"):
        dual_stack = True
    settings = replace(
        settings,
        path_style=style,
        regional_s3=bool(is_regional),
        use_dual_stack=dual_stack,
    )
    given = {
        "accelerate": read("use_accelerate_endpoint"),
        "arn_region": read("use_arn_region", arn_region),
        "sign_payload": read("payload_signing_enabled"),
    }
    if given["accelerate"] and settings.endpoint_url is not None:
        raise ConfigError(
            f"use_accelerate_endpoint of {where}: it cannot be combined with endpoint_url"
        )
    return settings, {name: flag for name, flag in given.items() if flag is not None}
