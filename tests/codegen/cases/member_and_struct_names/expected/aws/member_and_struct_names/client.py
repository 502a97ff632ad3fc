# Generated, do not edit: `python -m edgemote_codegen generate --model
# member_and_struct_names=model.json member_and_struct_names` writes it anew.
# Model member_and_struct_names, API version 2020-01-01,
# sha256 c5bb3e94721d374806e1e6e9918795d541ddc0a77aeff6042c5a893a4b2a236c
"""Operations and client of Member And Struct Names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rest_json
from ..operation import Client, Operation, Service
from . import errors, shapes
from .endpoint import resolve

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from . import params as _params

PUT = Operation(
    name="Put",
    path="/Put",
    input=shapes.PutRequest,
    output=shapes.PutResponse,
)


class MemberAndStructNames(Client):
    """Client of Member And Struct Names. `edgemote.connect(MemberAndStructNames)` makes it."""

    exceptions = errors
    service = Service(
        name="member_and_struct_names",
        service_id="Member And Struct Names",
        signing_name="member-and-struct-names",
        api_version="2020-01-01",
        protocol=rest_json,
        resolve=resolve,
        errors=errors,
    )

    def put(self, **params: Unpack[_params.PutParams]) -> shapes.PutResponse:
        """Put.

        https://docs.aws.amazon.com/goto/WebAPI/member-and-struct-names-2020-01-01/Put
        """
        return self._call(PUT, params)
