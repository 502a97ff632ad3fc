# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""What callers may pass: structs, or dicts as boto3 has them."""

from datetime import datetime
from typing import TypedDict

from typing_extensions import NotRequired

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
