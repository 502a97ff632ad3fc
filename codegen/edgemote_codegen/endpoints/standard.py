"""Endpoint rules for a service whose model has none."""

from __future__ import annotations

from typing import Any


def make_standard_rule_set(endpoint_prefix: str) -> dict[str, Any]:
    """A regional host with the service's endpoint prefix."""

    def rule(conditions: list[Any], **outcome: Any) -> dict[str, Any]:
        return {"conditions": conditions, **outcome}

    def endpoint(conditions: list[Any], host: str, suffix: str) -> dict[str, Any]:
        url = f"https://{host}.{{Region}}.{{Partition#{suffix}}}"
        return rule(conditions, type="endpoint", endpoint={"url": url})

    def error(conditions: list[Any], text: str) -> dict[str, Any]:
        return rule(conditions, type="error", error=text)

    def call(function: str, *arguments: Any, **more: Any) -> dict[str, Any]:
        return {"fn": function, "argv": list(arguments), **more}

    fips = call("booleanEquals", {"ref": "UseFIPS"}, True)
    dual_stack = call("booleanEquals", {"ref": "UseDualStack"}, True)
    fips_host = f"{endpoint_prefix}-fips"
    return {
        "version": "1.0",
        "parameters": {
            "Region": {"type": "string", "builtIn": "AWS::Region"},
            "UseDualStack": {"type": "boolean", "builtIn": "AWS::UseDualStack", "default": False},
            "UseFIPS": {"type": "boolean", "builtIn": "AWS::UseFIPS", "default": False},
            "Endpoint": {"type": "string", "builtIn": "SDK::Endpoint"},
        },
        "rules": [
            rule(
                [call("isSet", {"ref": "Endpoint"})],
                type="tree",
                rules=[
                    error([fips], "FIPS cannot be combined with a custom endpoint"),
                    error([dual_stack], "Dual stack cannot be combined with a custom endpoint"),
                    rule([], type="endpoint", endpoint={"url": {"ref": "Endpoint"}}),
                ],
            ),
            error([call("not", call("isSet", {"ref": "Region"}))], "A region is required"),
            rule(
                [call("aws.partition", {"ref": "Region"}, assign="Partition")],
                type="tree",
                rules=[
                    endpoint([fips, dual_stack], fips_host, "dualStackDnsSuffix"),
                    endpoint([fips], fips_host, "dnsSuffix"),
                    endpoint([dual_stack], endpoint_prefix, "dualStackDnsSuffix"),
                    endpoint([], endpoint_prefix, "dnsSuffix"),
                ],
            ),
        ],
    }
