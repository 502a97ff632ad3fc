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


class PutObjectOutput(Shape, kw_only=True):
    Expiration: str | None = None
    """If the expiration is configured for the object (see PutBucketLifecycleConfiguration) in the
    Amazon S3 User Guide, the response includes this header. It includes the `expiry-date` and
    `rule-id` key-value pairs that provide information about object expiration. The value of the
    `rule-id` is URL-encoded.

    Object expiration information is not returned in directory buckets and this header returns the
    value "`NotImplemented`" in all responses for directory buckets.
    """

    ETag: str | None = None
    """Entity tag for the uploaded object.

    General purpose buckets - To ensure that data is not corrupted traversing the network, for
    objects where the ETag is the MD5 digest of the object, you can calculate the MD5 while putting
    an object to Amazon S3 and compare the returned ETag to the calculated MD5 value.

    Directory buckets - The ETag for the object in a directory bucket isn't the MD5 digest of the
    object.
    """

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
    """The Base64 encoded, 64-bit `CRC64NVME` checksum of the object. This header is present if the
    object was uploaded with the `CRC64NVME` checksum algorithm, or if it was uploaded without a
    checksum (and Amazon S3 added the default checksum, `CRC64NVME`, to the uploaded object). For
    more information about how checksums are calculated with multipart uploads, see Checking object
    integrity in the Amazon S3 User Guide.
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
    """The Base64 encoded, 512-bit `SHA512` digest of the object. This header is present if the
    object was uploaded with the `SHA512` checksum algorithm. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumMD5: str | None = None
    """The Base64 encoded, 128-bit `MD5` digest of the object. This header is present if the object
    was uploaded with the `MD5` checksum algorithm. For more information, see Checking object
    integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH64: str | None = None
    """The Base64 encoded, 64-bit `XXHASH64` checksum of the object. This header is present if the
    object was uploaded with the `XXHASH64` checksum algorithm. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH3: str | None = None
    """The Base64 encoded, 64-bit `XXHASH3` checksum of the object. This header is present if the
    object was uploaded with the `XXHASH3` checksum algorithm. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumXXHASH128: str | None = None
    """The Base64 encoded, 128-bit `XXHASH128` checksum of the object. This header is present if the
    object was uploaded with the `XXHASH128` checksum algorithm. For more information, see Checking
    object integrity in the Amazon S3 User Guide.
    """

    ChecksumType: str | None = None
    """This header specifies the checksum type of the object, which determines how part-level
    checksums are combined to create an object-level checksum for multipart objects. For `PutObject`
    uploads, the checksum type is always `FULL_OBJECT`. You can use this header as a data integrity
    check to verify that the checksum type that is received is the same checksum that was specified.
    For more information, see Checking object integrity in the Amazon S3 User Guide.

    One of COMPOSITE, FULL_OBJECT.
    """

    ServerSideEncryption: str | None = None
    """The server-side encryption algorithm used when you store this object in Amazon S3 or Amazon
    FSx.

    When accessing data stored in Amazon FSx file systems using S3 access points, the only valid
    server side encryption option is `aws:fsx`.

    One of AES256, aws:fsx, aws:backup, aws:kms, aws:kms:dsse.
    """

    VersionId: str | None = None
    """Version ID of the object.

    If you enable versioning for a bucket, Amazon S3 automatically generates a unique version ID for
    the object being stored. Amazon S3 returns this ID in the response. When you enable versioning
    for a bucket, if Amazon S3 receives multiple write requests for the same object simultaneously,
    it stores all of the objects. For more information about versioning, see Adding Objects to
    Versioning-Enabled Buckets in the Amazon S3 User Guide. For information about returning the
    versioning state of a bucket, see GetBucketVersioning.

    This functionality is not supported for directory buckets.
    """

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

    SSEKMSEncryptionContext: SensitiveStr | None = None
    """If present, indicates the Amazon Web Services KMS Encryption Context to use for object
    encryption. The value of this header is a Base64 encoded string of a UTF-8 encoded JSON, which
    contains the encryption context as key-value pairs. This value is stored as object metadata and
    automatically gets passed on to Amazon Web Services KMS for future `GetObject` operations on
    this object.
    """

    BucketKeyEnabled: bool | None = None
    """Indicates whether the uploaded object uses an S3 Bucket Key for server-side encryption with
    Key Management Service (KMS) keys (SSE-KMS).
    """

    Size: int | None = None
    """The size of the object in bytes. This value is only be present if you append to an object.

    This functionality is only supported for objects in the Amazon S3 Express One Zone storage class
    in directory buckets.
    """

    RequestCharged: str | None = None
    """If present, indicates that the requester was successfully charged for the request. For more
    information, see Using Requester Pays buckets for storage transfers and usage in the Amazon
    Simple Storage Service user guide.

    This functionality is not supported for directory buckets.

    One of requester.
    """


class PutObjectRequest(Shape, kw_only=True):
    ACL: str | None = None
    """The canned ACL to apply to the object. For more information, see Canned ACL in the Amazon S3
    User Guide.

    When adding a new object, you can use headers to grant ACL-based permissions to individual
    Amazon Web Services accounts or to predefined groups defined by Amazon S3. These permissions are
    then added to the ACL on the object. By default, all objects are private. Only the owner has
    full access control. For more information, see Access Control List (ACL) Overview and Managing
    ACLs Using the REST API in the Amazon S3 User Guide.

    If the bucket that you're uploading objects to uses the bucket owner enforced setting for S3
    Object Ownership, ACLs are disabled and no longer affect permissions. Buckets that use this
    setting only accept PUT requests that don't specify an ACL or PUT requests that specify bucket
    owner full control ACLs, such as the `bucket-owner-full-control` canned ACL or an equivalent
    form of this ACL expressed in the XML format. PUT requests that contain other ACLs (for example,
    custom grants to certain Amazon Web Services accounts) fail and return a `400` error with the
    error code `AccessControlListNotSupported`. For more information, see Controlling ownership of
    objects and disabling ACLs in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.

    This functionality is not supported for Amazon S3 on Outposts.

    One of private, public-read, public-read-write, authenticated-read, aws-exec-read,
    bucket-owner-read, bucket-owner-full-control.
    """

    Body: ByteStream | None = None
    """Object data."""

    Bucket: str
    """The bucket name to which the PUT action was initiated.

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

    CacheControl: str | None = None
    """Can be used to specify caching behavior along the request/reply chain. For more information,
    see http://www.w3.org/Protocols/rfc2616/rfc2616-sec14.html#sec14.9.
    """

    ContentDisposition: str | None = None
    """Specifies presentational information for the object. For more information, see
    https://www.rfc-editor.org/rfc/rfc6266#section-4.
    """

    ContentEncoding: str | None = None
    """Specifies what content encodings have been applied to the object and thus what decoding
    mechanisms must be applied to obtain the media-type referenced by the Content-Type header field.
    For more information, see https://www.rfc-editor.org/rfc/rfc9110.html#field.content-encoding.
    """

    ContentLanguage: str | None = None
    """The language the content is in."""

    ContentLength: int | None = None
    """Size of the body in bytes. This parameter is useful when the size of the body cannot be
    determined automatically. For more information, see
    https://www.rfc-editor.org/rfc/rfc9110.html#name-content-length.
    """

    ContentMD5: str | None = None
    """The Base64 encoded 128-bit `MD5` digest of the message (without the headers) according to RFC
    1864. This header can be used as a message integrity check to verify that the data is the same
    data that was originally sent. Although it is optional, we recommend using the Content-MD5
    mechanism as an end-to-end integrity check. For more information about REST request
    authentication, see REST Authentication.

    The `Content-MD5` or `x-amz-sdk-checksum-algorithm` header is required for any request to upload
    an object with a retention period configured using Amazon S3 Object Lock. For more information,
    see Uploading objects to an Object Lock enabled bucket in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.
    """

    ContentType: str | None = None
    """A standard MIME type describing the format of the contents. For more information, see
    https://www.rfc-editor.org/rfc/rfc9110.html#name-content-type.
    """

    ChecksumAlgorithm: str | None = None
    """Indicates the algorithm used to create the checksum for the object when you use the SDK. This
    header will not provide any additional functionality if you don't use the SDK. When you send
    this header, there must be a corresponding `x-amz-checksum-algorithm` or `x-amz-trailer` header
    sent. Otherwise, Amazon S3 fails the request with the HTTP status code `400 Bad Request`.

    For the `x-amz-checksum-algorithm` header, replace `algorithm` with the supported algorithm from
    the following list:

    `CRC32`

    `CRC32C`

    `CRC64NVME`

    `MD5`

    `SHA1`

    `SHA256`

    `SHA512`

    `XXHASH3`

    `XXHASH64`

    `XXHASH128`

    For more information, see Checking object integrity in the Amazon S3 User Guide.

    If the individual checksum value you provide through `x-amz-checksum-algorithm` doesn't match
    the checksum algorithm you set through `x-amz-sdk-checksum-algorithm`, Amazon S3 fails the
    request with a `BadDigest` error.

    The `Content-MD5` or `x-amz-sdk-checksum-algorithm` header is required for any request to upload
    an object with a retention period configured using Amazon S3 Object Lock. For more information,
    see Uploading objects to an Object Lock enabled bucket in the Amazon S3 User Guide.

    For directory buckets, when you use Amazon Web Services SDKs, `CRC32` is the default checksum
    algorithm that's used for performance.

    One of CRC32, CRC32C, SHA1, SHA256, CRC64NVME, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128.
    """

    ChecksumCRC32: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 32-bit `CRC32`
    checksum of the object. For more information, see Checking object integrity in the Amazon S3
    User Guide.
    """

    ChecksumCRC32C: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 32-bit `CRC32C`
    checksum of the object. For more information, see Checking object integrity in the Amazon S3
    User Guide.
    """

    ChecksumCRC64NVME: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 64-bit `CRC64NVME`
    checksum of the object. The `CRC64NVME` checksum is always a full object checksum. For more
    information, see Checking object integrity in the Amazon S3 User Guide.
    """

    ChecksumSHA1: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 160-bit `SHA1`
    digest of the object. For more information, see Checking object integrity in the Amazon S3 User
    Guide.
    """

    ChecksumSHA256: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 256-bit `SHA256`
    digest of the object. For more information, see Checking object integrity in the Amazon S3 User
    Guide.
    """

    ChecksumSHA512: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 512-bit `SHA512`
    digest of the object. For more information, see Checking object integrity in the Amazon S3 User
    Guide.
    """

    ChecksumMD5: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 128-bit `MD5`
    digest of the object. For more information, see Checking object integrity in the Amazon S3 User
    Guide.
    """

    ChecksumXXHASH64: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 64-bit `XXHASH64`
    checksum of the object. For more information, see Checking object integrity in the Amazon S3
    User Guide.
    """

    ChecksumXXHASH3: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 64-bit `XXHASH3`
    checksum of the object. For more information, see Checking object integrity in the Amazon S3
    User Guide.
    """

    ChecksumXXHASH128: str | None = None
    """This header can be used as a data integrity check to verify that the data received is the
    same data that was originally sent. This header specifies the Base64 encoded, 128-bit
    `XXHASH128` checksum of the object. For more information, see Checking object integrity in the
    Amazon S3 User Guide.
    """

    Expires: HttpTimestamp | None = None
    """The date and time at which the object is no longer cacheable. For more information, see
    https://www.rfc-editor.org/rfc/rfc7234#section-5.3.
    """

    IfMatch: str | None = None
    """Uploads the object only if the ETag (entity tag) value provided during the WRITE operation
    matches the ETag of the object in S3. If the ETag values do not match, the operation returns a
    `412 Precondition Failed` error.

    If a conflicting operation occurs during the upload S3 returns a `409
    ConditionalRequestConflict` response. On a 409 failure you should fetch the object's ETag and
    retry the upload.

    Expects the ETag value as a string.

    For more information about conditional requests, see RFC 7232, or Conditional requests in the
    Amazon S3 User Guide.
    """

    IfNoneMatch: str | None = None
    """Uploads the object only if the object key name does not already exist in the bucket
    specified. Otherwise, Amazon S3 returns a `412 Precondition Failed` error.

    If a conflicting operation occurs during the upload S3 returns a `409
    ConditionalRequestConflict` response. On a 409 failure you should retry the upload.

    Expects the '*' (asterisk) character.

    For more information about conditional requests, see RFC 7232, or Conditional requests in the
    Amazon S3 User Guide.
    """

    GrantFullControl: str | None = None
    """Gives the grantee READ, READ_ACP, and WRITE_ACP permissions on the object.

    This functionality is not supported for directory buckets.

    This functionality is not supported for Amazon S3 on Outposts.
    """

    GrantRead: str | None = None
    """Allows grantee to read the object data and its metadata.

    This functionality is not supported for directory buckets.

    This functionality is not supported for Amazon S3 on Outposts.
    """

    GrantReadACP: str | None = None
    """Allows grantee to read the object ACL.

    This functionality is not supported for directory buckets.

    This functionality is not supported for Amazon S3 on Outposts.
    """

    GrantWriteACP: str | None = None
    """Allows grantee to write the ACL for the applicable object.

    This functionality is not supported for directory buckets.

    This functionality is not supported for Amazon S3 on Outposts.
    """

    Key: String1
    """Object key for which the PUT action was initiated."""

    WriteOffsetBytes: int | None = None
    """Specifies the offset for appending data to existing objects in bytes. The offset must be
    equal to the size of the existing object being appended to. If no object exists, setting this
    header to 0 will create a new object.

    This functionality is only supported for objects in the Amazon S3 Express One Zone storage class
    in directory buckets.
    """

    Metadata: dict[str, str] | None = None
    """A map of metadata to store with the object in S3."""

    ServerSideEncryption: str | None = None
    """The server-side encryption algorithm that was used when you store this object in Amazon S3 or
    Amazon FSx.

    General purpose buckets - You have four mutually exclusive options to protect data using
    server-side encryption in Amazon S3, depending on how you choose to manage the encryption keys.
    Specifically, the encryption key options are Amazon S3 managed keys (SSE-S3), Amazon Web
    Services KMS keys (SSE-KMS or DSSE-KMS), and customer-provided keys (SSE-C). Amazon S3 encrypts
    data with server-side encryption by using Amazon S3 managed keys (SSE-S3) by default. You can
    optionally tell Amazon S3 to encrypt data at rest by using server-side encryption with other key
    options. For more information, see Using Server-Side Encryption in the Amazon S3 User Guide.

    Directory buckets - For directory buckets, there are only two supported options for server-side
    encryption: server-side encryption with Amazon S3 managed keys (SSE-S3) (`AES256`) and
    server-side encryption with KMS keys (SSE-KMS) (`aws:kms`). We recommend that the bucket's
    default encryption uses the desired encryption configuration and you don't override the bucket
    default encryption in your `CreateSession` requests or `PUT` object requests. Then, new objects
    are automatically encrypted with the desired encryption settings. For more information, see
    Protecting data with server-side encryption in the Amazon S3 User Guide. For more information
    about the encryption overriding behaviors in directory buckets, see Specifying server-side
    encryption with KMS for new object uploads.

    In the Zonal endpoint API calls (except CopyObject and UploadPartCopy) using the REST API, the
    encryption request headers must match the encryption settings that are specified in the
    `CreateSession` request. You can't override the values of the encryption settings
    (`x-amz-server-side-encryption`, `x-amz-server-side-encryption-aws-kms-key-id`,
    `x-amz-server-side-encryption-context`, and `x-amz-server-side-encryption-bucket-key-enabled`)
    that are specified in the `CreateSession` request. You don't need to explicitly specify these
    encryption settings values in Zonal endpoint API calls, and Amazon S3 will use the encryption
    settings values from the `CreateSession` request to protect new objects in the directory bucket.

    When you use the CLI or the Amazon Web Services SDKs, for `CreateSession`, the session token
    refreshes automatically to avoid service interruptions when a session expires. The CLI or the
    Amazon Web Services SDKs use the bucket's default encryption configuration for the
    `CreateSession` request. It's not supported to override the encryption settings values in the
    `CreateSession` request. So in the Zonal endpoint API calls (except CopyObject and
    UploadPartCopy), the encryption request headers must match the default encryption configuration
    of the directory bucket.

    S3 access points for Amazon FSx - When accessing data stored in Amazon FSx file systems using S3
    access points, the only valid server side encryption option is `aws:fsx`. All Amazon FSx file
    systems have encryption configured by default and are encrypted at rest. Data is automatically
    encrypted before being written to the file system, and automatically decrypted as it is read.
    These processes are handled transparently by Amazon FSx.

    One of AES256, aws:fsx, aws:backup, aws:kms, aws:kms:dsse.
    """

    StorageClass: str | None = None
    """By default, Amazon S3 uses the STANDARD Storage Class to store newly created objects. The
    STANDARD storage class provides high durability and high availability. Depending on performance
    needs, you can specify a different Storage Class. For more information, see Storage Classes in
    the Amazon S3 User Guide.

    Directory buckets only support `EXPRESS_ONEZONE` (the S3 Express One Zone storage class) in
    Availability Zones and `ONEZONE_IA` (the S3 One Zone-Infrequent Access storage class) in
    Dedicated Local Zones.

    Amazon S3 on Outposts only uses the OUTPOSTS Storage Class.

    One of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER,
    DEEP_ARCHIVE, OUTPOSTS, GLACIER_IR, SNOW, EXPRESS_ONEZONE, FSX_OPENZFS, FSX_ONTAP,
    AWS_BACKUP_WARM, AWS_BACKUP_LOW_COST_WARM.
    """

    WebsiteRedirectLocation: str | None = None
    """If the bucket is configured as a website, redirects requests for this object to another
    object in the same bucket or to an external URL. Amazon S3 stores the value of this header in
    the object metadata. For information about object metadata, see Object Key and Metadata in the
    Amazon S3 User Guide.

    In the following example, the request header sets the redirect to an object (anotherPage.html)
    in the same bucket:

    `x-amz-website-redirect-location: /anotherPage.html`

    In the following example, the request header sets the object redirect to another website:

    `x-amz-website-redirect-location: http://www.example.com/`

    For more information about website hosting in Amazon S3, see Hosting Websites on Amazon S3 and
    How to Configure Website Page Redirects in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.
    """

    SSECustomerAlgorithm: str | None = None
    """Specifies the algorithm to use when encrypting the object (for example, `AES256`).

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

    SSEKMSKeyId: SensitiveStr | None = None
    """Specifies the KMS key ID (Key ID, Key ARN, or Key Alias) to use for object encryption. If the
    KMS key doesn't exist in the same account that's issuing the command, you must use the full Key
    ARN not the Key ID.

    General purpose buckets - If you specify `x-amz-server-side-encryption` with `aws:kms` or
    `aws:kms:dsse`, this header specifies the ID (Key ID, Key ARN, or Key Alias) of the KMS key to
    use. If you specify `x-amz-server-side-encryption:aws:kms` or
    `x-amz-server-side-encryption:aws:kms:dsse`, but do not provide
    `x-amz-server-side-encryption-aws-kms-key-id`, Amazon S3 uses the Amazon Web Services managed
    key (`aws/s3`) to protect the data.

    Directory buckets - To encrypt data using SSE-KMS, it's recommended to specify the
    `x-amz-server-side-encryption` header to `aws:kms`. Then, the
    `x-amz-server-side-encryption-aws-kms-key-id` header implicitly uses the bucket's default KMS
    customer managed key ID. If you want to explicitly set the
    `x-amz-server-side-encryption-aws-kms-key-id` header, it must match the bucket's default
    customer managed key (using key ID or ARN, not alias). Your SSE-KMS configuration can only
    support 1 customer managed key per directory bucket's lifetime. The Amazon Web Services managed
    key (`aws/s3`) isn't supported. Incorrect key specification results in an HTTP `400 Bad Request`
    error.
    """

    SSEKMSEncryptionContext: SensitiveStr | None = None
    """Specifies the Amazon Web Services KMS Encryption Context as an additional encryption context
    to use for object encryption. The value of this header is a Base64 encoded string of a UTF-8
    encoded JSON, which contains the encryption context as key-value pairs. This value is stored as
    object metadata and automatically gets passed on to Amazon Web Services KMS for future
    `GetObject` operations on this object.

    General purpose buckets - This value must be explicitly added during `CopyObject` operations if
    you want an additional encryption context for your object. For more information, see Encryption
    context in the Amazon S3 User Guide.

    Directory buckets - You can optionally provide an explicit encryption context value. The value
    must match the default encryption context - the bucket Amazon Resource Name (ARN). An additional
    encryption context value is not supported.
    """

    BucketKeyEnabled: bool | None = None
    """Specifies whether Amazon S3 should use an S3 Bucket Key for object encryption with
    server-side encryption using Key Management Service (KMS) keys (SSE-KMS).

    General purpose buckets - Setting this header to `true` causes Amazon S3 to use an S3 Bucket Key
    for object encryption with SSE-KMS. Also, specifying this header with a PUT action doesn't
    affect bucket-level settings for S3 Bucket Key.

    Directory buckets - S3 Bucket Keys are always enabled for `GET` and `PUT` operations in a
    directory bucket and can’t be disabled. S3 Bucket Keys aren't supported, when you copy SSE-KMS
    encrypted objects from general purpose buckets to directory buckets, from directory buckets to
    general purpose buckets, or between directory buckets, through CopyObject, UploadPartCopy, the
    Copy operation in Batch Operations, or the import jobs. In this case, Amazon S3 makes a call to
    KMS every time a copy request is made for a KMS-encrypted object.
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

    Tagging: str | None = None
    """The tag-set for the object. The tag-set must be encoded as URL Query parameters. (For
    example, "Key1=Value1")

    This functionality is not supported for directory buckets.
    """

    ObjectLockMode: str | None = None
    """The Object Lock mode that you want to apply to this object.

    This functionality is not supported for directory buckets.

    One of GOVERNANCE, COMPLIANCE.
    """

    ObjectLockRetainUntilDate: Iso8601Timestamp | None = None
    """The date and time when you want this object's Object Lock to expire. Must be formatted as a
    timestamp parameter.

    This functionality is not supported for directory buckets.
    """

    ObjectLockLegalHoldStatus: str | None = None
    """Specifies whether a legal hold will be applied to this object. For more information about S3
    Object Lock, see Object Lock in the Amazon S3 User Guide.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHold: str | None = None
    """Specifies the event hold status to apply to this object. Set to `ON` to enable or `OFF` to
    disable.

    This functionality is not supported for directory buckets.

    One of ON, OFF.
    """

    ObjectLockEventHoldDurationDays: int | None = None
    """Specifies the event hold duration in days to apply to this object. You cannot specify a
    duration in both days and years.

    This functionality is not supported for directory buckets.
    """

    ObjectLockEventHoldDurationYears: int | None = None
    """Specifies the event hold duration in years to apply to this object. You cannot specify a
    duration in both days and years.

    This functionality is not supported for directory buckets.
    """

    ExpectedBucketOwner: str | None = None
    """The account ID of the expected bucket owner. If the account ID that you provide does not
    match the actual owner of the bucket, the request fails with the HTTP status code `403
    Forbidden` (access denied).
    """
