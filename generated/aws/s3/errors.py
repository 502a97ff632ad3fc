# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""Errors of Amazon Simple Storage Service."""

from __future__ import annotations

from ..errors import ServiceError

# Class names of the errors whose code is another.
NAMES_BY_CODE: dict[str, str] = {}


class EncryptionTypeMismatch(ServiceError):
    """The existing object was created with a different encryption type. Subsequent write requests
    must include the appropriate encryption parameters in the request or while creating the session.
    """


class InvalidObjectState(ServiceError):
    """Object is archived and inaccessible until restored.

    If the object you are retrieving is stored in the S3 Glacier Flexible Retrieval storage class,
    the S3 Glacier Deep Archive storage class, the S3 Intelligent-Tiering Archive Access tier, or
    the S3 Intelligent-Tiering Deep Archive Access tier, before you can retrieve the object you must
    first restore a copy using RestoreObject. Otherwise, this operation returns an
    `InvalidObjectState` error. For information about restoring archived objects, see Restoring
    Archived Objects in the Amazon S3 User Guide.
    """

    StorageClass: str | None = None
    """One of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER,
    DEEP_ARCHIVE, OUTPOSTS, GLACIER_IR, SNOW, EXPRESS_ONEZONE, FSX_OPENZFS, FSX_ONTAP,
    AWS_BACKUP_WARM, AWS_BACKUP_LOW_COST_WARM.
    """

    AccessTier: str | None = None
    """One of ARCHIVE_ACCESS, DEEP_ARCHIVE_ACCESS."""


class InvalidRequest(ServiceError):
    """A parameter or header in your request isn't valid. For details, see the description of this
    API operation.
    """


class InvalidWriteOffset(ServiceError):
    """The write offset value that you specified does not match the current object size."""


class NoSuchKey(ServiceError):
    """The specified key does not exist."""


class TooManyParts(ServiceError):
    """You have attempted to add more parts than the maximum of 10000 that are allowed for this
    object. You can use the CopyObject operation to copy this object to another and then add more
    data to the newly copied object.
    """
