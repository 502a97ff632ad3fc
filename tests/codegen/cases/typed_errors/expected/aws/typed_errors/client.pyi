# Generated, do not edit: `python -m edgemote_codegen generate --model typed_errors=model.json
# typed_errors` writes it anew.
# Model typed_errors, API version 2020-01-01,
# sha256 a9276b501cd3cff66973ba5c57d866fb638a2fda69489df605e99a912cd2ce60
"""Operations and client of Service Errors."""

from ..operation import Client, Operation
from . import errors

GET: Operation[None]

class _Exceptions:
    NotFound: type[errors.NotFound]
    Throttled: type[errors.Throttled]
    Slow: type[errors.Slow]
    Broken: type[errors.Broken]
    TypeError: type[errors.TypeError]
    Empty: type[errors.Empty]
    ServiceError_: type[errors.ServiceError_]

class ServiceErrors(Client):
    """Client of Service Errors. `edgemote.connect(ServiceErrors)` makes it."""

    exceptions: _Exceptions

    def get(self) -> None:
        """Get.

        Raises NotFound, Throttled, Slow, Broken, TypeError, Empty, ServiceError_.

        https://docs.aws.amazon.com/goto/WebAPI/service-errors-2020-01-01/Get
        """
