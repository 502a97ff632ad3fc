"""From a selected model to the IR: every decision about the generated code is made here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from .. import docs, names
from ..auth import unite_auth
from ..customizations import list_headers
from ..endpoints import (
    BUILT_IN_ARGUMENTS,
    EVERYTHING,
    EndpointIR,
    EndpointRuleError,
    ParameterUse,
    Reduction,
    Step,
    lower_bindings,
    lower_endpoint,
    make_standard_rule_set,
    summarise_bindings,
)
from ..errors import CodegenError, ModelError, UnsupportedError
from ..ir import CallIR, ErrorIR, Reference, ServiceIR, StructIR
from ..model_schema import check_rule_set
from ..protocols import PROTOCOLS
from ..selection import Selected
from .around import lower_paginators, lower_waiters
from .imports import (
    DICT_ALIASES,
    list_around_imports,
    list_client_imports,
    list_client_stub_imports,
    list_errors_imports,
    list_function_modules,
    list_pages_stub_imports,
    list_params_imports,
    list_text_modules,
    list_waiters_stub_imports,
    mentions,
)
from .modules import list_face_imports, list_homes, lower_modules
from .operations import lower_operation, take_request
from .partitioning import ALONE, SPLIT_FROM, find_homes
from .shapes import list_errors, lower_dicts, lower_error, lower_struct, no_doc
from .types import ShapeTypes, alias_order


def lower_service(
    selected: Selected,
    partitions: Mapping[str, Any],
    *,
    with_docs: bool,
    command: str,
    split_from: int = SPLIT_FROM,
    reduction: Reduction = EVERYTHING,
    endpoint_parameters: Mapping[str, bool | str] = {},
    paginators: Mapping[str, Any] = {},
    waiters: Mapping[str, Any] = {},
    features: Collection[str] = (),
) -> ServiceIR:
    """Return the package of a service, which is split if it has at least `split_from` structs.

    `endpoint_parameters` are parameters of the endpoint rules that always have these values.
    `paginators` and `waiters` are botocore's models of them, if they are requested.
    """
    model = selected.model
    metadata: dict[str, Any] = dict(model.content["metadata"])
    client_class = names.client_class(model.name, metadata)
    doc = docs.plain_text if with_docs else no_doc
    errors = list_errors(selected)
    structures = [
        name
        for name, shape in selected.shapes.items()
        if shape["type"] == "structure" and name not in errors and not shape.get("document")
    ]
    constants = names.constants(selected.operations)
    taken = [name for name, model in (("pages", paginators), ("wait", waiters)) if model]
    presigns = "presign" in features
    taken += ["presign", "presign_post"] if presigns else []
    methods = names.method_names(selected.operations, taken)
    struct_names = names.struct_names([*structures, *errors], {client_class, *constants.values()})
    types = ShapeTypes(selected, struct_names)
    homes = find_homes(selected, structures, methods, split_from)
    is_split = ALONE not in homes.values() and bool(homes)
    structs = {name: lower_struct(types, name, doc) for name in structures}
    error_irs = tuple(lower_error(types, name, doc) for name in errors)
    params = names.unique(
        {name: f"{name}Params" for name in selected.operations},
        {f"{struct}Dict" for struct in struct_names.values()},
    )
    auth = unite_auth(selected.operations.values(), metadata)
    endpoint, endpoint_arguments = _lower_endpoint(
        selected, partitions, reduction, auth, endpoint_parameters
    )
    operations = tuple(
        lower_operation(
            types,
            name,
            constants[name],
            methods[name],
            params[name],
            endpoint_arguments[name],
            auth,
            f"operations.{methods[name]}" if is_split else "client",
            doc,
        )
        for name in selected.operations
    )
    if "request-structs" in features:
        operations = tuple(map(take_request, operations))
    by_name = dict(zip(selected.operations, operations, strict=True))
    page_irs = lower_paginators(types, paginators, by_name)
    waiter_irs, queries = lower_waiters(types, waiters, by_name, doc)
    around = (
        *((("pages", "pages", f"{client_class}Pages"),) if page_irs else ()),
        *((("wait", "waiters", f"{client_class}Waiters"),) if waiter_irs else ()),
    )
    presigns_posts = (
        presigns
        and metadata.get("serviceId") == "S3"
        and any("bucket" in one.get("endpoint_members", ()) for one in endpoint_arguments.values())
    )
    dicts = lower_dicts(types, params)
    exports = _exports(client_class, error_irs, structs.values())
    full_name = docs.tidy(metadata.get("serviceFullName", model.name))
    by_module: dict[str, list[StructIR]] = {}
    for name, struct in structs.items():
        by_module.setdefault(homes[name], []).append(struct)
    aliases = sorted(types.aliases.items(), key=alias_order)
    modules = lower_modules(full_name, by_module, operations, aliases)
    late = list_homes(modules) if is_split else {}
    return ServiceIR(
        name=model.name,
        module=names.module_name(model.name),
        command=command,
        full_name=full_name,
        api_version=metadata["apiVersion"],
        model_sha256=model.sha256,
        client_class=client_class,
        protocol=selected.protocol,
        service_arguments=_service_arguments(
            selected, metadata, endpoint, auth, endpoint_parameters
        ),
        exports=exports,
        public_names=tuple(name for _, group in exports for name in group),
        imports={
            "errors": list_errors_imports(error_irs),
            "client.py": list_client_imports(selected.protocol, operations),
            "client.pyi": list_client_stub_imports(operations, around, presigns, presigns_posts),
            "pages.py": list_around_imports(page_irs),
            "pages.pyi": list_pages_stub_imports(page_irs),
            "waiters.py": list_around_imports(waiter_irs),
            "waiters.pyi": list_waiters_stub_imports(waiter_irs),
            "params": list_params_imports(dicts),
            "lazy": list_face_imports(late),
        },
        modules=modules,
        is_split=is_split,
        homes=late,
        errors=error_irs,
        # If several have the same code, the last one is used, as in botocore.
        names_by_code={
            code: name
            for code, name in {error.code: error.name for error in error_irs}.items()
            if code != name
        },
        dict_aliases=tuple(
            (alias, annotation)
            for alias, annotation in DICT_ALIASES.items()
            if mentions(dicts, alias)
        ),
        dicts=dicts,
        operations=operations,
        left_out=selected.left_out,
        endpoint=endpoint,
        function_modules=tuple(
            list_function_modules(operations) + list_text_modules(structs.values())
        ),
        paginators=page_irs,
        waiters=waiter_irs,
        queries=queries,
        presigns=presigns,
        presigns_posts=presigns_posts,
        takes_requests=any(operation.request for operation in operations),
        around=around,
    )


# Parameters of endpoint rules that `connect` can set, besides those of all services.
CLIENT_PARAMETERS = ("ForcePathStyle",)
# Schemes that the device does not support.
REFUSED_SCHEMES = ("sigv4a", "sigv4-s3express")


def _service_arguments(
    selected: Selected,
    metadata: Mapping[str, Any],
    endpoint: EndpointIR,
    auth: tuple[str, ...],
    given: Mapping[str, bool | str],
) -> tuple[tuple[str, Any], ...]:
    arguments: dict[str, Any] = {
        "name": selected.model.name,
        "service_id": metadata.get("serviceId", selected.model.name),
        "signing_name": _signing_name(metadata),
        "api_version": metadata["apiVersion"],
        "protocol": Reference(PROTOCOLS[selected.protocol].module),
        "resolve": Reference("resolve"),
        "errors": Reference("errors"),
    }
    if selected.protocol in ("json", "smithy-rpc-v2-cbor"):
        arguments["target_prefix"] = metadata.get("targetPrefix", "")
    if selected.protocol == "json":
        arguments["json_version"] = str(metadata.get("jsonVersion", "1.0"))
    if auth != ("sigv4",):
        arguments["auth"] = auth
    if "awsQueryCompatible" in metadata:
        arguments["query_compatible"] = True
    if any(parameter.name in CLIENT_PARAMETERS for parameter in endpoint.parameters):
        arguments["addresses_buckets"] = True
        # As in botocore, Accelerate takes precedence over path style, which its rules would reject.
        style = False if given.get("Accelerate") else given.get("ForcePathStyle")
        if style is not None:
            arguments["path_style"] = style
    if headers := list_headers(metadata):
        arguments["headers"] = headers
    return tuple(arguments.items())


def _write_path(path: tuple[Step, ...]) -> str | CallIR:
    """Return a member's name, or the function that finds a part of a member."""
    if len(path) == 1 and isinstance(path[0], str):
        return path[0]
    return CallIR("member_paths.follow", path)


def _signing_name(metadata: Mapping[str, Any]) -> str:
    return str(metadata.get("signingName", metadata["endpointPrefix"]))


def _exports(
    client_class: str, errors: tuple[ErrorIR, ...], structs: Iterable[StructIR]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    groups = (
        ("client", (client_class,)),
        ("errors", tuple(error.name for error in errors)),
        ("shapes", tuple(struct.name for struct in structs)),
    )
    return tuple((module, exported) for module, exported in groups if exported)


def _check_given(
    service: str, parameters: Mapping[str, Any], given: Mapping[str, bool | str], use: ParameterUse
) -> None:
    """Raise CodegenError for a value that the rules do not use, or that comes with requests."""
    free = {
        name: "boolean" if parameter["type"].lower() == "boolean" else "string"
        for name, parameter in parameters.items()
        if parameter.get("builtIn") not in BUILT_IN_ARGUMENTS
        and name not in use.fixed
        and (name not in use.supplied or name in CLIENT_PARAMETERS)
    }
    for name, value in given.items():
        if name not in free:
            known = f"; it has {', '.join(sorted(free))}" if free else ""
            raise CodegenError(
                f"endpoint_parameters: {service} has no free parameter {name!r}{known}"
            )
        if isinstance(value, bool) != (free[name] == "boolean"):
            raise CodegenError(
                f"endpoint_parameters: {service}: {name}: expected a {free[name]}, got {value!r}"
            )


def _lower_endpoint(
    selected: Selected,
    partitions: Mapping[str, Any],
    reduction: Reduction,
    auth: tuple[str, ...],
    given: Mapping[str, bool | str],
) -> tuple[EndpointIR, dict[str, dict[str, Any]]]:
    """Return the rules, and for each operation the arguments of its Operation for them."""
    model = selected.model
    metadata = model.content["metadata"]
    check_rule_set(model)
    rule_set = model.rule_set or make_standard_rule_set(metadata["endpointPrefix"])
    if "us-east-1" in reduction.regions and "ForcePathStyle" in rule_set["parameters"]:
        # For the region in which boto3 calls S3's global endpoint.
        regions = tuple(dict.fromkeys((*reduction.regions, "aws-global")))
        reduction = replace(reduction, regions=regions)
    try:
        bindings = {
            name: lower_bindings(
                operation, selected.shapes.get(operation.get("input", {}).get("shape"))
            )
            for name, operation in selected.operations.items()
        }
        use = summarise_bindings(bindings.values(), CLIENT_PARAMETERS)
        _check_given(model.name, rule_set["parameters"], given, use)
        # These are for the client: the rules want them otherwise for some buckets and operations.
        given = {name: value for name, value in given.items() if name not in CLIENT_PARAMETERS}
        endpoint = lower_endpoint(
            rule_set,
            partitions,
            supplied=use.supplied - given.keys(),
            fixed={**use.fixed, **given},
            signing_name=_signing_name(metadata) if "sigv4" in auth else None,
            refused_schemes=REFUSED_SCHEMES,
            reduction=reduction,
        )
    except EndpointRuleError as error:
        raise UnsupportedError(f"{model.name}: endpoint rules: {error}") from None
    except (LookupError, TypeError, AttributeError) as error:  # a rule set of the user's own
        raise ModelError(
            model.origin, "endpoint-rule-set-1.json", f"is not a valid rule set: {error!r}"
        ) from None
    if not any(re.search(r"\bEndpoint\(", line) for line in endpoint.lines):
        raise UnsupportedError(
            f"{model.name} has no usable endpoint: its rules require "
            f"{' or '.join(REFUSED_SCHEMES)} signatures, or reject the chosen regions and options"
        )
    kept = {parameter.name for parameter in endpoint.parameters}
    arguments: dict[str, dict[str, Any]] = {}
    for name, bound in bindings.items():
        tables: dict[str, Any] = {}
        for binding in bound:
            # An operation's value takes precedence over the region and options of its client.
            built_in = BUILT_IN_ARGUMENTS.get(
                rule_set["parameters"].get(binding.name, {}).get("builtIn")
            )
            if binding.name not in kept and (built_in is None or binding.name in use.fixed):
                continue
            argument = binding.argument if built_in is None else built_in.name
            if binding.path:
                tables.setdefault("endpoint_members", {})[argument] = _write_path(binding.path)
            else:
                tables.setdefault("endpoint_values", {})[argument] = binding.value
        arguments[name] = tables
    return endpoint, arguments
