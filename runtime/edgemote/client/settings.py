"""A client's settings: from the caller, the environment, or the shared config file, in this order.

They are read as by botocore.configprovider; see `read_settings` for the differences.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from edgemote.errors import ConfigError
from edgemote.profiles import SharedFiles, choose_profile, describe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgemote.profiles import Section

HOST_LIMIT_CHARS = 255
LABEL_LIMIT_CHARS = 63  # between two dots of a host, RFC 1035
PORT_LIMIT = 65_535

# The caller's argument, the environment variables in order of precedence, the config file's key.
_SETTINGS = {
    "region": (("AWS_REGION", "AWS_DEFAULT_REGION"), "region"),
    "use_fips": (("AWS_USE_FIPS_ENDPOINT",), "use_fips_endpoint"),
    "use_dual_stack": (("AWS_USE_DUALSTACK_ENDPOINT",), "use_dualstack_endpoint"),
    "ca_file": (("AWS_CA_BUNDLE",), "ca_bundle"),
    "max_attempts": (("AWS_MAX_ATTEMPTS",), "max_attempts"),
    "ignore_endpoint_urls": (
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",),
        "ignore_configured_endpoint_urls",
    ),
}
_ALNUM = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_IPV6 = frozenset("0123456789abcdefABCDEF:.")
_ZONE = _ALNUM | set("-._~")


class Settings(msgspec.Struct, frozen=True):
    """The settings; None for those that are not set.

    Attributes:
        region: such as "us-west-2"
        endpoint_url: http or https, a host, optionally a port and a path; as it was written
        path_style: whether S3's buckets are in the path, not in the host; None: with endpoint_url
        use_fips, use_dual_stack: which of the service's endpoints
        ca_file: PEM file with the authorities to trust
        max_attempts: attempts of a call, including the first
        profile: name of the profile, if one was given
        disable_request_compression, request_min_compression_size_bytes: the caller's arguments;
            client.compression reads the environment and the config file
        regional_s3: whether S3 in us-east-1 is called at the region's host, not at the global one
    """

    region: str | None = None
    endpoint_url: str | None = None
    path_style: bool | None = None
    use_fips: bool = False
    use_dual_stack: bool = False
    ca_file: str | None = None
    max_attempts: int | None = None
    profile: str | None = None
    disable_request_compression: bool | None = None
    request_min_compression_size_bytes: int | None = None
    regional_s3: bool = False


def read_settings(
    *,
    service_id: str,
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    path_style: bool | None = None,
    use_fips: bool | None = None,
    use_dual_stack: bool | None = None,
    ca_file: str | None = None,
    max_attempts: int | None = None,
    disable_request_compression: bool | None = None,
    request_min_compression_size_bytes: int | None = None,
    environ: Mapping[str, str] | None = None,
    shared: SharedFiles | None = None,
) -> Settings:
    """Read a client's settings. service_id: the model's `serviceId`, such as "Sagemaker Edge".

    Differences from botocore: AWS_REGION takes precedence over AWS_DEFAULT_REGION (botocore only
    reads the latter); an empty variable counts as not set; and a flag that is neither true nor
    false is an error (botocore treats it as false).

    Raises ConfigError for an invalid value. The text names the argument, the variable or the key.
    """
    if environ is None:
        environ = os.environ
    lookup = _Lookup(environ, shared or SharedFiles(environ), choose_profile(profile, environ))
    name, fips_name = read_region(*lookup.find("region", region))
    return Settings(
        region=name,
        endpoint_url=_find_endpoint(lookup, service_id, endpoint_url),
        path_style=path_style,
        use_fips=fips_name or bool(read_flag(*lookup.find("use_fips", use_fips))),
        use_dual_stack=bool(read_flag(*lookup.find("use_dual_stack", use_dual_stack))),
        ca_file=_find_ca_file(lookup, ca_file),
        max_attempts=_read_count(*lookup.find("max_attempts", max_attempts)),
        profile=lookup.profile,
        disable_request_compression=disable_request_compression,
        request_min_compression_size_bytes=request_min_compression_size_bytes,
    )


class _Lookup:
    """Looks settings up in the environment and one profile."""

    __slots__ = ("environ", "profile", "section", "shared")

    def __init__(
        self, environ: Mapping[str, str], shared: SharedFiles, profile: str | None
    ) -> None:
        self.environ = environ
        self.shared = shared
        self.profile = profile
        self.section: Section = shared.profile(profile)

    def find(self, name: str, argument: object = None) -> tuple[object, str]:
        """Return the first value that is set, and its origin for errors; (None, "") if none is."""
        if argument is not None:
            return argument, f"argument {name}"
        variables, key = _SETTINGS[name]
        for variable in variables:
            value = self.environ.get(variable)
            if value:
                return value, variable
        return self.find_key(key)

    def find_key(self, key: str) -> tuple[object, str]:
        value = self.section.get(key)
        return (value, self.shared.origin(self.profile, key)) if value else (None, "")


def _find_ca_file(lookup: _Lookup, argument: str | None) -> str | None:
    # botocore.endpoint reads the variable of the requests package last.
    return _read_text(*lookup.find("ca_file", argument)) or (
        lookup.environ.get("REQUESTS_CA_BUNDLE") or None
    )


def _find_endpoint(lookup: _Lookup, service_id: str, argument: str | None) -> str | None:
    if argument is not None:
        return read_url(argument, "argument endpoint_url")
    if read_flag(*lookup.find("ignore_endpoint_urls")):
        return None
    service = service_id.replace(" ", "_").replace("-", "_")
    for variable in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        value = lookup.environ.get(variable)
        if value:
            return read_url(value, variable)
    found, origin = _find_service_url(lookup, service.lower())
    if not found:
        found, origin = lookup.find_key("endpoint_url")
    return read_url(found, origin) if found else None


def _find_service_url(lookup: _Lookup, service: str) -> tuple[object, str]:
    services, origin = lookup.find_key("services")
    if services is None:
        return None, ""
    section = lookup.shared.services(services) if isinstance(services, str) else None
    if not section:
        raise ConfigError(
            f"{origin}: expected the name of a section [services NAME] of "
            f"{lookup.shared.config_path} that is not empty, got {describe(services)}"
        )
    where = f"{service} in [services {services}] of {lookup.shared.config_path}"
    block = section.get(service, {})
    if not isinstance(block, dict):
        raise ConfigError(f"{where}: expected indented lines, got {describe(block)}")
    return block.get("endpoint_url"), f"endpoint_url of {where}"


def _read_text(value: object, origin: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{origin}: expected a string, got {describe(value)}")
    return value


def read_flag(value: object, origin: str) -> bool | None:
    """Return True, False, or None if not set. Raises ConfigError that begins with `origin`."""
    if value is None or isinstance(value, bool):
        return value
    flag = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None
    if flag is None:
        raise ConfigError(f"{origin}: expected true or false, got {describe(value)}")
    return flag


def _read_count(value: object, origin: str) -> int | None:
    if value is None:
        return None
    try:
        count = int(value) if isinstance(value, str) else value
    except ValueError:
        count = None
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise ConfigError(f"{origin}: expected a whole number of 1 or more, got {describe(value)}")
    return count


def read_region(value: object, origin: str) -> tuple[str | None, bool]:
    """Return the region, and whether it was one of the old names for FIPS endpoints.

    Raises ConfigError that begins with `origin`.
    """
    text = _read_text(value, origin)
    if text is None:
        return None, False
    region = text.replace("fips-", "").replace("-fips", "")
    if not _is_label(region) or region.isdecimal():
        raise ConfigError(f"{origin}: expected a region such as us-west-2, got {describe(value)}")
    return region, region != text


def _is_label(text: str) -> bool:
    return (
        0 < len(text) <= LABEL_LIMIT_CHARS
        and _ALNUM.issuperset(text.replace("-", ""))
        and "-" not in (text[0], text[-1])
    )


def read_url(value: object, origin: str) -> str:
    """Validate an endpoint's URL, and return it. Raises ConfigError that begins with `origin`."""
    text = _read_text(value, origin) or ""
    scheme, separator, rest = text.partition("://")
    authority = rest.partition("/")[0]
    if (
        scheme.lower() not in ("http", "https")
        or not separator
        or not (rest.isascii() and rest.isprintable())
        or any(mark in rest for mark in " ?#\\")
        or not _is_authority(authority)
    ):
        # The message does not show the value, which may contain a password.
        raise ConfigError(
            f"{origin}: expected a URL such as https://host:8443/path without user name and query, "
            f"got {describe(value)}"
        )
    return text


def _is_authority(text: str) -> bool:
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        host, mark, zone = host.partition("%")
        known = bool(bracket) and host.count(":") >= 2 and _IPV6.issuperset(host)
        known = known and (not mark or (bool(zone) and _ZONE.issuperset(zone)))
        port = port or ":"
    else:
        host, colon, port = text.partition(":")
        port = colon + port or ":"
        known = len(host) <= HOST_LIMIT_CHARS and all(
            map(_is_label, host.removesuffix(".").split("."))
        )
    digits = port[1:]
    return known and (
        port == ":" or (port[0] == ":" and digits.isdecimal() and 0 < int(digits[:6]) <= PORT_LIMIT)
    )
