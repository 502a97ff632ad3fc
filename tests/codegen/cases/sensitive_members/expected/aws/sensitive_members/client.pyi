# Generated, do not edit: `python -m edgemote_codegen generate --model sensitive_members=model.json
# sensitive_members` writes it anew.
# Model sensitive_members, API version 2020-01-01,
# sha256 f4c3a80f0c87d5163d2205cf362d8c0fce1d27850c4ce7ef00f4e8035c022a21
"""Operations and client of Sensitive Members."""

from typing_extensions import Unpack

from ..operation import Client, Operation
from . import errors, shapes
from . import params as _params

PUT_SECRET: Operation[shapes.PutSecretResponse]

class SensitiveMembers(Client):
    """Client of Sensitive Members. `edgemote.connect(SensitiveMembers)` makes it."""

    exceptions = errors

    def put_secret(self, **params: Unpack[_params.PutSecretParams]) -> shapes.PutSecretResponse:
        """PutSecret.

        https://docs.aws.amazon.com/goto/WebAPI/sensitive-members-2020-01-01/PutSecret
        """
