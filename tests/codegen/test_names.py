"""Names: what a model may call things, and what Python code calls them then."""

from __future__ import annotations

import keyword

import pytest
from botocore import xform_name
from botocore.loaders import Loader
from hypothesis import given
from hypothesis import strategies as st

from edgemote_codegen.errors import CodegenError
from edgemote_codegen.models import list_services
from edgemote_codegen.names import (
    check_module_names,
    client_class,
    constants,
    method_names,
    module_name,
    safe,
    struct_names,
    unique,
)

_IDENTIFIERS = st.from_regex(r"\A[A-Za-z][A-Za-z0-9]{0,8}\Z")


@given(st.lists(st.sampled_from("ab") | _IDENTIFIERS, unique=True), st.sets(_IDENTIFIERS))
def test_unique_names_are_unique_and_near(wanted: list[str], taken: set[str]) -> None:
    same = {key: key.lower() for key in wanted}
    given_names = unique(same, taken)
    assert list(given_names) == wanted
    assert len(set(given_names.values())) == len(wanted)
    assert taken.isdisjoint(given_names.values())
    for key, name in given_names.items():
        assert name.rstrip("_") == same[key]
    # Who comes first keeps the name, so that adding a shape at the end renames nothing.
    assert unique(dict(list(same.items())[:-1]), taken) == dict(list(given_names.items())[:-1])


@given(st.lists(_IDENTIFIERS | st.sampled_from(keyword.kwlist), unique=True))
def test_structs_and_methods_are_identifiers(names: list[str]) -> None:
    for given_names in (struct_names(names, set()), method_names(names), constants(names)):
        assert len(set(given_names.values())) == len(names)
        for name in given_names.values():
            assert name.isidentifier()
            assert not keyword.iskeyword(name)


@pytest.mark.parametrize("name", ["Shape", "Any", "Operation", "Client", "str", "list", "None"])
def test_names_that_generated_modules_need_get_an_underscore(name: str) -> None:
    assert struct_names([name], set()) == {name: f"{name}_"}


def test_names_that_every_client_has_are_not_given_to_operations() -> None:
    assert method_names(["Close", "Service", "Exceptions", "ListThings", "Import"]) == {
        "Close": "close_",
        "Service": "service_",
        "Exceptions": "exceptions_",
        "ListThings": "list_things",
        "Import": "import_",
    }


def test_keywords_get_an_underscore() -> None:
    assert [safe(name) for name in ("from", "None", "match", "From")] == [
        "from_",
        "None_",
        "match",
        "From",
    ]


def test_every_service_of_botocore_has_a_module_and_boto3_s_class_and_methods() -> None:
    """boto3 names the class after the service model; xform_name is the name of the method."""
    services = list_services()
    check_module_names(services, {"errors", "sigv4"})
    assert module_name("iot-jobs-data") == "iot_jobs_data"
    assert module_name("lambda") == "lambda_"
    loader = Loader()
    for service in ("iot", "s3", "lambda", "dynamodb", "sagemaker-edge"):
        content = loader.load_service_model(service, "service-2")
        assert client_class(service, content["metadata"]).isidentifier()
        for operation, method in method_names(content["operations"]).items():
            assert method == xform_name(operation)
    assert client_class("sagemaker-edge", {"serviceId": "Sagemaker Edge"}) == "SagemakerEdgeManager"
    assert client_class("lambda", {"serviceId": "Lambda"}) == "Lambda"
    assert client_class("my-own_service", {}) == "MyOwnService"


@pytest.mark.parametrize(
    ("services", "problem"),
    [
        (["errors"], "'errors' cannot be generated: aws.errors exists already"),
        (["a-b", "a.b"], "'a-b' and 'a.b' would both be aws.a_b"),
        (["../up"], "'../up' cannot be the name of a Python package"),
        (["1st"], "'1st' cannot be the name of a Python package"),
        (["é"], "'é' cannot be the name of a Python package"),
    ],
)
def test_modules_that_cannot_be(services: list[str], problem: str) -> None:
    with pytest.raises(CodegenError, match=problem.replace(".", r"\.")):
        check_module_names(services, {"errors"})
