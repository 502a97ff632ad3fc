# Generated, do not edit: `python -m edgemote_codegen generate` writes it anew.
# Model s3, API version 2006-03-01,
# sha256 fd5263cb312c15585d99ea5adb8dd180208e743f14affddedd2eb59f4cb8bd06
"""Structs of Amazon Simple Storage Service."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..shape import ByteStream, HttpTimestamp, Iso8601Timestamp, SensitiveStr, Shape

String1 = Annotated[str, Meta(min_length=1)]


class GetObjectOutput(Shape, kw_only=True):
    Body: ByteStream | None = None
    """Object data."""

    DeleteMarker: bool | None = None
    """Indicates whether the object retrieved was (true) or was not (false) a Delete Marker. If
    false, this response header does not appear in the response.

    If the current version of the object is a delete marker, Amazon S3 behaves as if the object was
    deleted and includes `x-amz-delete-marker: true` in the response.

    If the specified version in the request is a delete marker, the response returns a `405 Method
    Not Allowed` error and the `Last-Modified: timestamp` response header.
    """

    AcceptRanges: str | None = None
    """Indicates that a range of bytes was specified in the request."""

    Expiration: str | None = None
    """If the object expiration is configured (see `PutBucketLifecycleConfiguration` ), the response
    includes this header. It includes the `expiry-date` and `rule-id` key-value pairs providing
    object expiration information. The value of the `rule-id` is URL-encoded.

    Object expiration information is not returned in directory buckets and this header returns the
    value "`NotImplemented`" in all responses for directory buckets.
    """

    Restore: str | None = None
    """Provides information about object restoration action and expiration time of the restored
    object copy.

    This functionality is not supported for directory buckets. Directory buckets only support
    `EXPRESS_ONEZONE` (the S3 Express One Zone storage class) in Availability Zones and `ONEZONE_IA`
    (the S3 One Zone-Infrequent Access storage class) in Dedicated Local Zones.
    """

    LastModified: HttpTimestamp | None = None
    """Date and time when the object was last modified.

    General purpose buckets - When you specify a `versionId` of the object in your request, if the
    specified version in the request is a delete marker, the response returns a `405 Method Not
    Allowed` error and the `Last-Modified: timestamp` response header.
    """

    ContentLength: int | None = None
    """Size of the body in bytes."""

    ETag: str | None = None
    """An entity tag (ETag) is an opaque identifier assigned by a web server to a specific version
    of a resource found at a URL.
    """

    ChecksumCRC32: str | None = None
    """The Base64 encoded, 32-bit `CRC32` checksum of the object. This checksum is only present if
    the checksum was uploaded with the object. For more information, see Checking object integrity
    in the Amazon S3 User Guide.
    """

    ChecksumCRC32C: str | None = None
    """The Base64 encoded, 32-bit `CRC32C` checksum of the object. This checksum is only present if
    the checksum was uploaded with the object. For more information, see Checking object integrity
    in the Amazon S3 User Guide.
    """

    ChecksumCRC64NVME: str | None = None
    """The Base64 encoded, 64-bit `CRC64NVME` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumSHA1: str | None = None
    """The Base64 encoded, 160-bit `SHA1` digest of the object. This checksum is only present if the
    checksum was uploaded with the object. For more information, see Checking object integrity in
    the Amazon S3 User Guide.
    """

    ChecksumSHA256: str | None = None
    """The Base64 encoded, 256-bit `SHA256` digest of the object. This checksum is only present if
    the checksum was uploaded with the object. For more information, see Checking object integrity
    in the Amazon S3 User Guide.
    """

    ChecksumSHA512: str | None = None
    """The Base64 encoded, 512-bit `SHA512` digest of the object. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumMD5: str | None = None
    """The Base64 encoded, 128-bit `MD5` digest of the object. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH64: str | None = None
    """The Base64 encoded, 64-bit `XXHASH64` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH3: str | None = None
    """The Base64 encoded, 64-bit `XXHASH3` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH128: str | None = None
    """The Base64 encoded, 128-bit `XXHASH128` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumType: str | None = None
    """The checksum type, which determines how part-level checksums are combined to create an
    object-level checksum for multipart objects. You can use this header response to verify that the
    checksum type that is received is the same checksum type that was specified in the
    `CreateMultipartUpload` request. For more information, see Checking object integrity in the
    Amazon S3 User Guide.

    One of COMPOSITE, FULL_OBJECT.
    """

    MissingMeta: int | None = None
    """This is set to the number of metadata entries not returned in the headers that are prefixed
    with `x-amz-meta-`. This can happen if you create metadata using an API like SOAP that supports
    more flexible metadata than the REST API. For example, using SOAP, you can create metadata whose
    values are not legal HTTP headers.

    This functionality is not supported for directory buckets.
    """

    VersionId: str | None = None
    """Version ID of the object.

    This functionality is not supported for directory buckets.
    """

    CacheControl: str | None = None
    """Specifies caching behavior along the request/reply chain."""

    ContentDisposition: str | None = None
    """Specifies presentational information for the object."""

    ContentEncoding: str | None = None
    """Indicates what content encodings have been applied to the object and thus what decoding
    mechanisms must be applied to obtain the media-type referenced by the Content-Type header field.
    """

    ContentLanguage: str | None = None
    """The language the content is in."""

    ContentRange: str | None = None
    """The portion of the object returned in the response."""

    ContentType: str | None = None
    """A standard MIME type describing the format of the object data."""

    Expires: HttpTimestamp | None = None
    """The date and time at which the object is no longer cacheable."""

    WebsiteRedirectLocation: str | None = None
    """If the bucket is configured as a website, redirects requests for this object to another
    object in the same bucket or to an external URL. Amazon S3 stores the value of this header in
    the object metadata.

    This functionality is not supported for directory buckets.
    """

    ServerSideEncryption: str | None = None
    """The server-side encryption algorithm used when you store this object in Amazon S3 or Amazon
    FSx.

    When accessing data stored in Amazon FSx file systems using S3 access points, the only valid
    server side encryption option is `aws:fsx`.

    One of AES256, aws:fsx, aws:backup, aws:kms, aws:kms:dsse.
    """

    Metadata: dict[str, str] | None = None
    """A map of metadata to store with the object in S3."""

    SSECustomerAlgorithm: str | None = None
    """If server-side encryption with a customer-provided encryption key was requested, the response
    will include this header to confirm the encryption algorithm that's used.

    This functionality is not supported for directory buckets.
    """

    SSECustomerKeyMD5: str | None = None
    """If server-side encryption with a customer-provided encryption key was requested, the response
    will include this header to provide the round-trip message integrity verification of the
    customer-provided encryption key.

    This functionality is not supported for directory buckets.
    """

    SSEKMSKeyId: SensitiveStr | None = None
    """If present, indicates the ID of the KMS key that was used for object encryption."""

    BucketKeyEnabled: bool | None = None
    """Indicates whether the object uses an S3 Bucket Key for server-side encryption with Key
    Management Service (KMS) keys (SSE-KMS).
    """

    StorageClass: str | None = None
    """Provides storage class information of the object. Amazon S3 returns this header for all
    objects except for S3 Standard storage class objects.

    Directory buckets - Directory buckets only support `EXPRESS_ONEZONE` (the S3 Express One Zone
    storage class) in Availability Zones and `ONEZONE_IA` (the S3 One Zone-Infrequent Access storage
    class) in Dedicated Local Zones.

    One of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER,
    DEEP_ARCHIVE, OUTPOSTS, GLACIER_IR, SNOW, EXPRESS_ONEZONE, FSX_OPENZFS, FSX_ONTAP,
    AWS_BACKUP_WARM, AWS_BACKUP_LOW_COST_WARM.
    """

    RequestCharged: str | None = None
    """If present, indicates that the requester was successfully charged for the request. For more
    information, see Using Requester Pays buckets for storage transfers and usage in the Amazon
    Simple Storage Service user guide.

    This functionality is not supported for directory buckets.

    One of requester.
    """

    ReplicationStatus: str | None = None
    """Amazon S3 can return this if your request involves a bucket that is either a source or
    destination in a replication rule.

    This functionality is not supported for directory buckets.

    One of COMPLETE, PENDING, FAILED, REPLICA, COMPLETED.
    """

    PartsCount: int | None = None
    """The count of parts this object has. This value is only returned if you specify `partNumber`
    in your request and the object was uploaded as a multipart upload.
    """

    TagCount: int | None = None
    """The number of tags, if any, on the object, when you have the relevant permission to read
    object tags.

    You can use GetObjectTagging to retrieve the tag set associated with an object.

    This functionality is not supported for directory buckets.
    """

    ObjectLockMode: str | None = None
    """The Object Lock mode that's currently in place for this object.

    This functionality is not supported for directory buckets.

    One of GOVERNANCE, COMPLIANCE.
    """

    ObjectLockRetainUntilDate: Iso8601Timestamp | None = None
    """The date and time when this object's Object Lock will expire.

    This functionality is not supported for directory buckets.
    """

    ObjectLockLegalHoldStatus: str | None = None
    """Indicates whether this object has an active legal hold. This field is only returned if you
    have permission to view an object's legal hold status.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHold: str | None = None
    """The event hold status for this object. This header is only returned if the requester has the
    `s3:GetObjectRetention` permission.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHoldDurationDays: int | None = None
    """The event hold duration in days for this object. Only returned when the event hold is
    enabled.

    This functionality is not supported for directory buckets.
    """

    ObjectLockEventHoldDurationYears: int | None = None
    """The event hold duration in years for this object. Only returned when the event hold is
    enabled.

    This functionality is not supported for directory buckets.
    """


class GetObjectRequest(Shape, kw_only=True):
    Bucket: str
    """The bucket name containing the object.

    Directory buckets - When you use this operation with a directory bucket, you must use
    virtual-hosted-style requests in the format
    `Bucket-name.s3express-zone-id.region-code.amazonaws.com`. Path-style requests are not
    supported. Directory bucket names must be unique in the chosen Zone (Availability Zone or Local
    Zone). Bucket names must follow the format `bucket-base-name--zone-id--x-s3` (for example,
    `amzn-s3-demo-bucket--usw2-az1--x-s3`). For information about bucket naming restrictions, see
    Directory bucket naming rules in the Amazon S3 User Guide.

    Access points - When you use this action with an access point for general purpose buckets, you
    must provide the alias of the access point in place of the bucket name or specify the access
    point ARN. When you use this action with an access point for directory buckets, you must provide
    the access point name in place of the bucket name. When using the access point ARN, you must
    direct requests to the access point hostname. The access point hostname takes the form
    AccessPointName-AccountId.s3-accesspoint.Region.amazonaws.com. When using this action with an
    access point through the Amazon Web Services SDKs, you provide the access point ARN in place of
    the bucket name. For more information about access point ARNs, see Using access points in the
    Amazon S3 User Guide.

    Object Lambda access points - When you use this action with an Object Lambda access point, you
    must direct requests to the Object Lambda access point hostname. The Object Lambda access point
    hostname takes the form AccessPointName-AccountId.s3-object-lambda.Region.amazonaws.com.

    Object Lambda access points are not supported by directory buckets.

    S3 on Outposts - When you use this action with S3 on Outposts, you must direct requests to the
    S3 on Outposts hostname. The S3 on Outposts hostname takes the form
    `AccessPointName-AccountId.outpostID.s3-outposts.Region.amazonaws.com`. When you use this action
    with S3 on Outposts, the destination bucket must be the Outposts access point ARN or the access
    point alias. For more information about S3 on Outposts, see What is S3 on Outposts? in the
    Amazon S3 User Guide.
    """

    IfMatch: str | None = None
    """Return the object only if its entity tag (ETag) is the same as the one specified in this
    header; otherwise, return a `412 Precondition Failed` error.

    If both of the `If-Match` and `If-Unmodified-Since` headers are present in the request as
    follows: `If-Match` condition evaluates to `true`, and; `If-Unmodified-Since` condition
    evaluates to `false`; then, S3 returns `200 OK` and the data requested.

    For more information about conditional requests, see RFC 7232.
    """

    IfModifiedSince: HttpTimestamp | None = None
    """Return the object only if it has been modified since the specified time; otherwise, return a
    `304 Not Modified` error.

    If both of the `If-None-Match` and `If-Modified-Since` headers are present in the request as
    follows:`If-None-Match` condition evaluates to `false`, and; `If-Modified-Since` condition
    evaluates to `true`; then, S3 returns `304 Not Modified` status code.

    For more information about conditional requests, see RFC 7232.
    """

    IfNoneMatch: str | None = None
    """Return the object only if its entity tag (ETag) is different from the one specified in this
    header; otherwise, return a `304 Not Modified` error.

    If both of the `If-None-Match` and `If-Modified-Since` headers are present in the request as
    follows:`If-None-Match` condition evaluates to `false`, and; `If-Modified-Since` condition
    evaluates to `true`; then, S3 returns `304 Not Modified` HTTP status code.

    For more information about conditional requests, see RFC 7232.
    """

    IfUnmodifiedSince: HttpTimestamp | None = None
    """Return the object only if it has not been modified since the specified time; otherwise,
    return a `412 Precondition Failed` error.

    If both of the `If-Match` and `If-Unmodified-Since` headers are present in the request as
    follows: `If-Match` condition evaluates to `true`, and; `If-Unmodified-Since` condition
    evaluates to `false`; then, S3 returns `200 OK` and the data requested.

    For more information about conditional requests, see RFC 7232.
    """

    Key: String1
    """Key of the object to get."""

    Range: str | None = None
    """Downloads the specified byte range of an object. For more information about the HTTP Range
    header, see https://www.rfc-editor.org/rfc/rfc9110.html#name-range.

    Amazon S3 doesn't support retrieving multiple ranges of data per `GET` request.
    """

    ResponseCacheControl: str | None = None
    """Sets the `Cache-Control` header of the response."""

    ResponseContentDisposition: str | None = None
    """Sets the `Content-Disposition` header of the response."""

    ResponseContentEncoding: str | None = None
    """Sets the `Content-Encoding` header of the response."""

    ResponseContentLanguage: str | None = None
    """Sets the `Content-Language` header of the response."""

    ResponseContentType: str | None = None
    """Sets the `Content-Type` header of the response."""

    ResponseExpires: HttpTimestamp | None = None
    """Sets the `Expires` header of the response."""

    VersionId: str | None = None
    """Version ID used to reference a specific version of the object.

    By default, the `GetObject` operation returns the current version of an object. To return a
    different version, use the `versionId` subresource.

    If you include a `versionId` in your request header, you must have the `s3:GetObjectVersion`
    permission to access a specific version of an object. The `s3:GetObject` permission is not
    required in this scenario.

    If you request the current version of an object without a specific `versionId` in the request
    header, only the `s3:GetObject` permission is required. The `s3:GetObjectVersion` permission is
    not required in this scenario.

    Directory buckets - S3 Versioning isn't enabled and supported for directory buckets. For this
    API operation, only the `null` value of the version ID is supported by directory buckets. You
    can only specify `null` to the `versionId` query parameter in the request.

    For more information about versioning, see PutBucketVersioning.
    """

    SSECustomerAlgorithm: str | None = None
    """Specifies the algorithm to use when decrypting the object (for example, `AES256`).

    If you encrypt an object by using server-side encryption with customer-provided encryption keys
    (SSE-C) when you store the object in Amazon S3, then when you GET the object, you must use the
    following headers:

    `x-amz-server-side-encryption-customer-algorithm`

    `x-amz-server-side-encryption-customer-key`

    `x-amz-server-side-encryption-customer-key-MD5`

    For more information about SSE-C, see Server-Side Encryption (Using Customer-Provided Encryption
    Keys) in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.
    """

    SSECustomerKey: SensitiveStr | None = None
    """Specifies the customer-provided encryption key that you originally provided for Amazon S3 to
    encrypt the data before storing it. This value is used to decrypt the object when recovering it
    and must match the one used when storing the data. The key must be appropriate for use with the
    algorithm specified in the `x-amz-server-side-encryption-customer-algorithm` header.

    If you encrypt an object by using server-side encryption with customer-provided encryption keys
    (SSE-C) when you store the object in Amazon S3, then when you GET the object, you must use the
    following headers:

    `x-amz-server-side-encryption-customer-algorithm`

    `x-amz-server-side-encryption-customer-key`

    `x-amz-server-side-encryption-customer-key-MD5`

    For more information about SSE-C, see Server-Side Encryption (Using Customer-Provided Encryption
    Keys) in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.
    """

    SSECustomerKeyMD5: str | None = None
    """Specifies the 128-bit MD5 digest of the customer-provided encryption key according to RFC
    1321. Amazon S3 uses this header for a message integrity check to ensure that the encryption key
    was transmitted without error.

    If you encrypt an object by using server-side encryption with customer-provided encryption keys
    (SSE-C) when you store the object in Amazon S3, then when you GET the object, you must use the
    following headers:

    `x-amz-server-side-encryption-customer-algorithm`

    `x-amz-server-side-encryption-customer-key`

    `x-amz-server-side-encryption-customer-key-MD5`

    For more information about SSE-C, see Server-Side Encryption (Using Customer-Provided Encryption
    Keys) in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.
    """

    RequestPayer: str | None = None
    """Confirms that the requester knows that they will be charged for the request. Bucket owners
    need not specify this parameter in their requests. If either the source or destination S3 bucket
    has Requester Pays enabled, the requester will pay for the corresponding charges. For
    information about downloading objects from Requester Pays buckets, see Downloading Objects in
    Requester Pays Buckets in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.

    One of requester.
    """

    PartNumber: int | None = None
    """Part number of the object being read. This is a positive integer between 1 and 10,000.
    Effectively performs a 'ranged' GET request for the part specified. Useful for downloading just
    a part of an object.
    """

    ExpectedBucketOwner: str | None = None
    """The account ID of the expected bucket owner. If the account ID that you provide does not
    match the actual owner of the bucket, the request fails with the HTTP status code `403
    Forbidden` (access denied).
    """

    ChecksumMode: str | None = None
    """To retrieve the checksum, this mode must be enabled.

    One of ENABLED.
    """


class HeadObjectOutput(Shape, kw_only=True):
    DeleteMarker: bool | None = None
    """Specifies whether the object retrieved was (true) or was not (false) a Delete Marker. If
    false, this response header does not appear in the response.

    This functionality is not supported for directory buckets.
    """

    AcceptRanges: str | None = None
    """Indicates that a range of bytes was specified."""

    Expiration: str | None = None
    """If the object expiration is configured (see `PutBucketLifecycleConfiguration` ), the response
    includes this header. It includes the `expiry-date` and `rule-id` key-value pairs providing
    object expiration information. The value of the `rule-id` is URL-encoded.

    Object expiration information is not returned in directory buckets and this header returns the
    value "`NotImplemented`" in all responses for directory buckets.
    """

    Restore: str | None = None
    """If the object is an archived object (an object whose storage class is GLACIER), the response
    includes this header if either the archive restoration is in progress (see RestoreObject or an
    archive copy is already restored.

    If an archive copy is already restored, the header value indicates when Amazon S3 is scheduled
    to delete the object copy. For example:

    `x-amz-restore: ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"`

    If the object restoration is in progress, the header returns the value `ongoing-request="true"`.

    For more information about archiving objects, see Transitioning Objects: General Considerations.

    This functionality is not supported for directory buckets. Directory buckets only support
    `EXPRESS_ONEZONE` (the S3 Express One Zone storage class) in Availability Zones and `ONEZONE_IA`
    (the S3 One Zone-Infrequent Access storage class) in Dedicated Local Zones.
    """

    ArchiveStatus: str | None = None
    """The archive state of the head object.

    This functionality is not supported for directory buckets.

    One of ARCHIVE_ACCESS, DEEP_ARCHIVE_ACCESS.
    """

    LastModified: HttpTimestamp | None = None
    """Date and time when the object was last modified."""

    ContentLength: int | None = None
    """Size of the body in bytes."""

    ChecksumCRC32: str | None = None
    """The Base64 encoded, 32-bit `CRC32 checksum` of the object. This checksum is only present if
    the checksum was uploaded with the object. When you use an API operation on an object that was
    uploaded using multipart uploads, this value may not be a direct checksum value of the full
    object. Instead, it's a calculation based on the checksum values of each individual part. For
    more information about how checksums are calculated with multipart uploads, see Checking object
    integrity in the Amazon S3 User Guide.
    """

    ChecksumCRC32C: str | None = None
    """The Base64 encoded, 32-bit `CRC32C` checksum of the object. This checksum is only present if
    the checksum was uploaded with the object. When you use an API operation on an object that was
    uploaded using multipart uploads, this value may not be a direct checksum value of the full
    object. Instead, it's a calculation based on the checksum values of each individual part. For
    more information about how checksums are calculated with multipart uploads, see Checking object
    integrity in the Amazon S3 User Guide.
    """

    ChecksumCRC64NVME: str | None = None
    """The Base64 encoded, 64-bit `CRC64NVME` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumSHA1: str | None = None
    """The Base64 encoded, 160-bit `SHA1` digest of the object. This checksum is only present if the
    checksum was uploaded with the object. When you use the API operation on an object that was
    uploaded using multipart uploads, this value may not be a direct checksum value of the full
    object. Instead, it's a calculation based on the checksum values of each individual part. For
    more information about how checksums are calculated with multipart uploads, see Checking object
    integrity in the Amazon S3 User Guide.
    """

    ChecksumSHA256: str | None = None
    """The Base64 encoded, 256-bit `SHA256` digest of the object. This checksum is only present if
    the checksum was uploaded with the object. When you use an API operation on an object that was
    uploaded using multipart uploads, this value may not be a direct checksum value of the full
    object. Instead, it's a calculation based on the checksum values of each individual part. For
    more information about how checksums are calculated with multipart uploads, see Checking object
    integrity in the Amazon S3 User Guide.
    """

    ChecksumSHA512: str | None = None
    """The Base64 encoded, 512-bit `SHA512` digest of the object. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumMD5: str | None = None
    """The Base64 encoded, 128-bit `MD5` digest of the object. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH64: str | None = None
    """The Base64 encoded, 64-bit `XXHASH64` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH3: str | None = None
    """The Base64 encoded, 64-bit `XXHASH3` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH128: str | None = None
    """The Base64 encoded, 128-bit `XXHASH128` checksum of the object. For more information, see
    Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumType: str | None = None
    """The checksum type, which determines how part-level checksums are combined to create an
    object-level checksum for multipart objects. You can use this header response to verify that the
    checksum type that is received is the same checksum type that was specified in
    `CreateMultipartUpload` request. For more information, see Checking object integrity in the
    Amazon S3 User Guide.

    One of COMPOSITE, FULL_OBJECT.
    """

    ETag: str | None = None
    """An entity tag (ETag) is an opaque identifier assigned by a web server to a specific version
    of a resource found at a URL.
    """

    MissingMeta: int | None = None
    """This is set to the number of metadata entries not returned in `x-amz-meta` headers. This can
    happen if you create metadata using an API like SOAP that supports more flexible metadata than
    the REST API. For example, using SOAP, you can create metadata whose values are not legal HTTP
    headers.

    This functionality is not supported for directory buckets.
    """

    VersionId: str | None = None
    """Version ID of the object.

    This functionality is not supported for directory buckets.
    """

    CacheControl: str | None = None
    """Specifies caching behavior along the request/reply chain."""

    ContentDisposition: str | None = None
    """Specifies presentational information for the object."""

    ContentEncoding: str | None = None
    """Indicates what content encodings have been applied to the object and thus what decoding
    mechanisms must be applied to obtain the media-type referenced by the Content-Type header field.
    """

    ContentLanguage: str | None = None
    """The language the content is in."""

    ContentType: str | None = None
    """A standard MIME type describing the format of the object data."""

    ContentRange: str | None = None
    """The portion of the object returned in the response for a `GET` request."""

    Expires: HttpTimestamp | None = None
    """The date and time at which the object is no longer cacheable."""

    WebsiteRedirectLocation: str | None = None
    """If the bucket is configured as a website, redirects requests for this object to another
    object in the same bucket or to an external URL. Amazon S3 stores the value of this header in
    the object metadata.

    This functionality is not supported for directory buckets.
    """

    ServerSideEncryption: str | None = None
    """The server-side encryption algorithm used when you store this object in Amazon S3 or Amazon
    FSx.

    When accessing data stored in Amazon FSx file systems using S3 access points, the only valid
    server side encryption option is `aws:fsx`.

    One of AES256, aws:fsx, aws:backup, aws:kms, aws:kms:dsse.
    """

    Metadata: dict[str, str] | None = None
    """A map of metadata to store with the object in S3."""

    SSECustomerAlgorithm: str | None = None
    """If server-side encryption with a customer-provided encryption key was requested, the response
    will include this header to confirm the encryption algorithm that's used.

    This functionality is not supported for directory buckets.
    """

    SSECustomerKeyMD5: str | None = None
    """If server-side encryption with a customer-provided encryption key was requested, the response
    will include this header to provide the round-trip message integrity verification of the
    customer-provided encryption key.

    This functionality is not supported for directory buckets.
    """

    SSEKMSKeyId: SensitiveStr | None = None
    """If present, indicates the ID of the KMS key that was used for object encryption."""

    BucketKeyEnabled: bool | None = None
    """Indicates whether the object uses an S3 Bucket Key for server-side encryption with Key
    Management Service (KMS) keys (SSE-KMS).
    """

    StorageClass: str | None = None
    """Provides storage class information of the object. Amazon S3 returns this header for all
    objects except for S3 Standard storage class objects.

    For more information, see Storage Classes.

    Directory buckets - Directory buckets only support `EXPRESS_ONEZONE` (the S3 Express One Zone
    storage class) in Availability Zones and `ONEZONE_IA` (the S3 One Zone-Infrequent Access storage
    class) in Dedicated Local Zones.

    One of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER,
    DEEP_ARCHIVE, OUTPOSTS, GLACIER_IR, SNOW, EXPRESS_ONEZONE, FSX_OPENZFS, FSX_ONTAP,
    AWS_BACKUP_WARM, AWS_BACKUP_LOW_COST_WARM.
    """

    RequestCharged: str | None = None
    """If present, indicates that the requester was successfully charged for the request. For more
    information, see Using Requester Pays buckets for storage transfers and usage in the Amazon
    Simple Storage Service user guide.

    This functionality is not supported for directory buckets.

    One of requester.
    """

    ReplicationStatus: str | None = None
    """Amazon S3 can return this header if your request involves a bucket that is either a source or
    a destination in a replication rule.

    In replication, you have a source bucket on which you configure replication and destination
    bucket or buckets where Amazon S3 stores object replicas. When you request an object
    (`GetObject`) or object metadata (`HeadObject`) from these buckets, Amazon S3 will return the
    `x-amz-replication-status` header in the response as follows:

    If requesting an object from the source bucket, Amazon S3 will return the
    `x-amz-replication-status` header if the object in your request is eligible for replication.

    For example, suppose that in your replication configuration, you specify object prefix `TaxDocs`
    requesting Amazon S3 to replicate objects with key prefix `TaxDocs`. Any objects you upload with
    this key name prefix, for example `TaxDocs/document1.pdf`, are eligible for replication. For any
    object request with this key name prefix, Amazon S3 will return the `x-amz-replication-status`
    header with value PENDING, COMPLETED or FAILED indicating object replication status.

    If requesting an object from a destination bucket, Amazon S3 will return the
    `x-amz-replication-status` header with value REPLICA if the object in your request is a replica
    that Amazon S3 created and there is no replica modification replication in progress.

    When replicating objects to multiple destination buckets, the `x-amz-replication-status` header
    acts differently. The header of the source object will only return a value of COMPLETED when
    replication is successful to all destinations. The header will remain at value PENDING until
    replication has completed for all destinations. If one or more destinations fails replication
    the header will return FAILED.

    For more information, see Replication.

    This functionality is not supported for directory buckets.

    One of COMPLETE, PENDING, FAILED, REPLICA, COMPLETED.
    """

    PartsCount: int | None = None
    """The count of parts this object has. This value is only returned if you specify `partNumber`
    in your request and the object was uploaded as a multipart upload.
    """

    TagCount: int | None = None
    """The number of tags, if any, on the object, when you have the relevant permission to read
    object tags.

    You can use GetObjectTagging to retrieve the tag set associated with an object.

    This functionality is not supported for directory buckets.
    """

    ObjectLockMode: str | None = None
    """The Object Lock mode, if any, that's in effect for this object. This header is only returned
    if the requester has the `s3:GetObjectRetention` permission. For more information about S3
    Object Lock, see Object Lock.

    This functionality is not supported for directory buckets.

    One of GOVERNANCE, COMPLIANCE.
    """

    ObjectLockRetainUntilDate: Iso8601Timestamp | None = None
    """The date and time when the Object Lock retention period expires. This header is only returned
    if the requester has the `s3:GetObjectRetention` permission.

    This functionality is not supported for directory buckets.
    """

    ObjectLockLegalHoldStatus: str | None = None
    """Specifies whether a legal hold is in effect for this object. This header is only returned if
    the requester has the `s3:GetObjectLegalHold` permission. This header is not returned if the
    specified version of this object has never had a legal hold applied. For more information about
    S3 Object Lock, see Object Lock.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHold: str | None = None
    """The event hold status for this object. This header is only returned if the requester has the
    `s3:GetObjectRetention` permission.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHoldDurationDays: int | None = None
    """The event hold duration in days for this object. Only returned when the event hold is
    enabled.

    This functionality is not supported for directory buckets.
    """

    ObjectLockEventHoldDurationYears: int | None = None
    """The event hold duration in years for this object. Only returned when the event hold is
    enabled.

    This functionality is not supported for directory buckets.
    """


class HeadObjectRequest(Shape, kw_only=True):
    Bucket: str
    """The name of the bucket that contains the object.

    Directory buckets - When you use this operation with a directory bucket, you must use
    virtual-hosted-style requests in the format
    `Bucket-name.s3express-zone-id.region-code.amazonaws.com`. Path-style requests are not
    supported. Directory bucket names must be unique in the chosen Zone (Availability Zone or Local
    Zone). Bucket names must follow the format `bucket-base-name--zone-id--x-s3` (for example,
    `amzn-s3-demo-bucket--usw2-az1--x-s3`). For information about bucket naming restrictions, see
    Directory bucket naming rules in the Amazon S3 User Guide.

    Access points - When you use this action with an access point for general purpose buckets, you
    must provide the alias of the access point in place of the bucket name or specify the access
    point ARN. When you use this action with an access point for directory buckets, you must provide
    the access point name in place of the bucket name. When using the access point ARN, you must
    direct requests to the access point hostname. The access point hostname takes the form
    AccessPointName-AccountId.s3-accesspoint.Region.amazonaws.com. When using this action with an
    access point through the Amazon Web Services SDKs, you provide the access point ARN in place of
    the bucket name. For more information about access point ARNs, see Using access points in the
    Amazon S3 User Guide.

    Object Lambda access points are not supported by directory buckets.

    S3 on Outposts - When you use this action with S3 on Outposts, you must direct requests to the
    S3 on Outposts hostname. The S3 on Outposts hostname takes the form
    `AccessPointName-AccountId.outpostID.s3-outposts.Region.amazonaws.com`. When you use this action
    with S3 on Outposts, the destination bucket must be the Outposts access point ARN or the access
    point alias. For more information about S3 on Outposts, see What is S3 on Outposts? in the
    Amazon S3 User Guide.
    """

    IfMatch: str | None = None
    """Return the object only if its entity tag (ETag) is the same as the one specified; otherwise,
    return a 412 (precondition failed) error.

    If both of the `If-Match` and `If-Unmodified-Since` headers are present in the request as
    follows:

    `If-Match` condition evaluates to `true`, and;

    `If-Unmodified-Since` condition evaluates to `false`;

    Then Amazon S3 returns `200 OK` and the data requested.

    For more information about conditional requests, see RFC 7232.
    """

    IfModifiedSince: HttpTimestamp | None = None
    """Return the object only if it has been modified since the specified time; otherwise, return a
    304 (not modified) error.

    If both of the `If-None-Match` and `If-Modified-Since` headers are present in the request as
    follows:

    `If-None-Match` condition evaluates to `false`, and;

    `If-Modified-Since` condition evaluates to `true`;

    Then Amazon S3 returns the `304 Not Modified` response code.

    For more information about conditional requests, see RFC 7232.
    """

    IfNoneMatch: str | None = None
    """Return the object only if its entity tag (ETag) is different from the one specified;
    otherwise, return a 304 (not modified) error.

    If both of the `If-None-Match` and `If-Modified-Since` headers are present in the request as
    follows:

    `If-None-Match` condition evaluates to `false`, and;

    `If-Modified-Since` condition evaluates to `true`;

    Then Amazon S3 returns the `304 Not Modified` response code.

    For more information about conditional requests, see RFC 7232.
    """

    IfUnmodifiedSince: HttpTimestamp | None = None
    """Return the object only if it has not been modified since the specified time; otherwise,
    return a 412 (precondition failed) error.

    If both of the `If-Match` and `If-Unmodified-Since` headers are present in the request as
    follows:

    `If-Match` condition evaluates to `true`, and;

    `If-Unmodified-Since` condition evaluates to `false`;

    Then Amazon S3 returns `200 OK` and the data requested.

    For more information about conditional requests, see RFC 7232.
    """

    Key: String1
    """The object key."""

    Range: str | None = None
    """HeadObject returns only the metadata for an object. If the Range is satisfiable, only the
    `ContentLength` is affected in the response. If the Range is not satisfiable, S3 returns a `416
    - Requested Range Not Satisfiable` error.
    """

    ResponseCacheControl: str | None = None
    """Sets the `Cache-Control` header of the response."""

    ResponseContentDisposition: str | None = None
    """Sets the `Content-Disposition` header of the response."""

    ResponseContentEncoding: str | None = None
    """Sets the `Content-Encoding` header of the response."""

    ResponseContentLanguage: str | None = None
    """Sets the `Content-Language` header of the response."""

    ResponseContentType: str | None = None
    """Sets the `Content-Type` header of the response."""

    ResponseExpires: HttpTimestamp | None = None
    """Sets the `Expires` header of the response."""

    VersionId: str | None = None
    """Version ID used to reference a specific version of the object.

    For directory buckets in this API operation, only the `null` value of the version ID is
    supported.
    """

    SSECustomerAlgorithm: str | None = None
    """Specifies the algorithm to use when encrypting the object (for example, AES256).

    This functionality is not supported for directory buckets.
    """

    SSECustomerKey: SensitiveStr | None = None
    """Specifies the customer-provided encryption key for Amazon S3 to use in encrypting data. This
    value is used to store the object and then it is discarded; Amazon S3 does not store the
    encryption key. The key must be appropriate for use with the algorithm specified in the
    `x-amz-server-side-encryption-customer-algorithm` header.

    This functionality is not supported for directory buckets.
    """

    SSECustomerKeyMD5: str | None = None
    """Specifies the 128-bit MD5 digest of the encryption key according to RFC 1321. Amazon S3 uses
    this header for a message integrity check to ensure that the encryption key was transmitted
    without error.

    This functionality is not supported for directory buckets.
    """

    RequestPayer: str | None = None
    """Confirms that the requester knows that they will be charged for the request. Bucket owners
    need not specify this parameter in their requests. If either the source or destination S3 bucket
    has Requester Pays enabled, the requester will pay for the corresponding charges. For
    information about downloading objects from Requester Pays buckets, see Downloading Objects in
    Requester Pays Buckets in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.

    One of requester.
    """

    PartNumber: int | None = None
    """Part number of the object being read. This is a positive integer between 1 and 10,000.
    Effectively performs a 'ranged' HEAD request for the part specified. Useful querying about the
    size of the part and the number of parts in this object.
    """

    ExpectedBucketOwner: str | None = None
    """The account ID of the expected bucket owner. If the account ID that you provide does not
    match the actual owner of the bucket, the request fails with the HTTP status code `403
    Forbidden` (access denied).
    """

    ChecksumMode: str | None = None
    """To retrieve the checksum, this parameter must be enabled.

    General purpose buckets - If you enable checksum mode and the object is uploaded with a checksum
    and encrypted with an Key Management Service (KMS) key, you must have permission to use the
    `kms:Decrypt` action to retrieve the checksum.

    Directory buckets - If you enable `ChecksumMode` and the object is encrypted with Amazon Web
    Services Key Management Service (Amazon Web Services KMS), you must also have the
    `kms:GenerateDataKey` and `kms:Decrypt` permissions in IAM identity-based policies and KMS key
    policies for the KMS key to retrieve the checksum of the object.

    One of ENABLED.
    """
