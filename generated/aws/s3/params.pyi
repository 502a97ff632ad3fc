# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""What callers may pass: structs, or dicts as boto3 has them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from os import PathLike
from typing import BinaryIO, TypedDict

from typing_extensions import NotRequired

Stream = bytes | bytearray | str | PathLike[str] | BinaryIO | Iterable[bytes]
Time = float | datetime | str

class GetObjectParams(TypedDict):
    Bucket: str
    IfMatch: NotRequired[str]
    IfModifiedSince: NotRequired[Time]
    IfNoneMatch: NotRequired[str]
    IfUnmodifiedSince: NotRequired[Time]
    Key: str
    Range: NotRequired[str]
    ResponseCacheControl: NotRequired[str]
    ResponseContentDisposition: NotRequired[str]
    ResponseContentEncoding: NotRequired[str]
    ResponseContentLanguage: NotRequired[str]
    ResponseContentType: NotRequired[str]
    ResponseExpires: NotRequired[Time]
    VersionId: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKey: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    RequestPayer: NotRequired[str]
    PartNumber: NotRequired[int]
    ExpectedBucketOwner: NotRequired[str]
    ChecksumMode: NotRequired[str]

class HeadObjectParams(TypedDict):
    Bucket: str
    IfMatch: NotRequired[str]
    IfModifiedSince: NotRequired[Time]
    IfNoneMatch: NotRequired[str]
    IfUnmodifiedSince: NotRequired[Time]
    Key: str
    Range: NotRequired[str]
    ResponseCacheControl: NotRequired[str]
    ResponseContentDisposition: NotRequired[str]
    ResponseContentEncoding: NotRequired[str]
    ResponseContentLanguage: NotRequired[str]
    ResponseContentType: NotRequired[str]
    ResponseExpires: NotRequired[Time]
    VersionId: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKey: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    RequestPayer: NotRequired[str]
    PartNumber: NotRequired[int]
    ExpectedBucketOwner: NotRequired[str]
    ChecksumMode: NotRequired[str]

class PutObjectParams(TypedDict):
    ACL: NotRequired[str]
    Body: NotRequired[Stream]
    Bucket: str
    CacheControl: NotRequired[str]
    ContentDisposition: NotRequired[str]
    ContentEncoding: NotRequired[str]
    ContentLanguage: NotRequired[str]
    ContentLength: NotRequired[int]
    ContentMD5: NotRequired[str]
    ContentType: NotRequired[str]
    ChecksumAlgorithm: NotRequired[str]
    ChecksumCRC32: NotRequired[str]
    ChecksumCRC32C: NotRequired[str]
    ChecksumCRC64NVME: NotRequired[str]
    ChecksumSHA1: NotRequired[str]
    ChecksumSHA256: NotRequired[str]
    ChecksumSHA512: NotRequired[str]
    ChecksumMD5: NotRequired[str]
    ChecksumXXHASH64: NotRequired[str]
    ChecksumXXHASH3: NotRequired[str]
    ChecksumXXHASH128: NotRequired[str]
    Expires: NotRequired[Time]
    IfMatch: NotRequired[str]
    IfNoneMatch: NotRequired[str]
    GrantFullControl: NotRequired[str]
    GrantRead: NotRequired[str]
    GrantReadACP: NotRequired[str]
    GrantWriteACP: NotRequired[str]
    Key: str
    WriteOffsetBytes: NotRequired[int]
    Metadata: NotRequired[Mapping[str, str]]
    ServerSideEncryption: NotRequired[str]
    StorageClass: NotRequired[str]
    WebsiteRedirectLocation: NotRequired[str]
    SSECustomerAlgorithm: NotRequired[str]
    SSECustomerKey: NotRequired[str]
    SSECustomerKeyMD5: NotRequired[str]
    SSEKMSKeyId: NotRequired[str]
    SSEKMSEncryptionContext: NotRequired[str]
    BucketKeyEnabled: NotRequired[bool]
    RequestPayer: NotRequired[str]
    Tagging: NotRequired[str]
    ObjectLockMode: NotRequired[str]
    ObjectLockRetainUntilDate: NotRequired[Time]
    ObjectLockLegalHoldStatus: NotRequired[str]
    ObjectLockEventHold: NotRequired[str]
    ObjectLockEventHoldDurationDays: NotRequired[int]
    ObjectLockEventHoldDurationYears: NotRequired[int]
    ExpectedBucketOwner: NotRequired[str]
