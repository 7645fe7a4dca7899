"""What registries and image stores say of content."""

from __future__ import annotations

from typing import Annotated

from msgspec import field

from engine_api.api.struct import UNSET, ApiStruct, UnsetType
from engine_api.api.versions import OneOf, Since, Value

__all__ = [
    "AttestationData",
    "BuildIdentity",
    "Identity",
    "ImageDataSize",
    "ImageManifestData",
    "ImageManifestSummary",
    "ManifestSize",
    "OCIDescriptor",
    "OCIPlatform",
    "PullIdentity",
    "SignatureIdentity",
    "SignatureTimestamp",
    "SignerIdentity",
]


class OCIPlatform(ApiStruct, rename="lower"):
    """What a program is made for."""

    architecture: str | UnsetType = UNSET
    """The CPU, such as `amd64`."""
    os: str | UnsetType = UNSET
    """The operating system, such as `linux`."""
    os_version: str | UnsetType = field(default=UNSET, name="os.version")
    """Its version, where that matters."""
    os_features: list[str] | UnsetType = field(default=UNSET, name="os.features")
    """What it must be able to do."""
    variant: str | UnsetType = UNSET
    """The kind of CPU, such as `v7`."""


class OCIDescriptor(ApiStruct, rename="lower"):
    """What a registry says of some content: what it is, how long, and its digest."""

    media_type: str | UnsetType = field(default=UNSET, name="mediaType")
    """What kind of content it is."""
    digest: str | UnsetType = UNSET
    """The digest of its bytes."""
    size: int | UnsetType = UNSET
    """How many bytes it has."""
    urls: Annotated[list[str] | None | UnsetType, Since("1.48")] = UNSET
    """Where else it can be fetched."""
    annotations: Annotated[dict[str, str] | None | UnsetType, Since("1.48")] = UNSET
    """Notes on it."""
    data: Annotated[str | None | UnsetType, Since("1.48")] = UNSET
    """The content itself, in base64."""
    platform: Annotated[OCIPlatform | None | UnsetType, Since("1.48")] = UNSET
    """What it is made for."""
    artifact_type: Annotated[str | None | UnsetType, Since("1.48")] = field(default=UNSET, name="artifactType")
    """What kind of thing it is, if it is no image."""


class ManifestSize(ApiStruct):
    """How much space a manifest's content takes."""

    total: int | UnsetType = UNSET
    """Bytes of all, unpacked or not."""
    content: int | UnsetType = UNSET
    """Bytes of the content as it is in a registry."""


class ImageDataSize(ApiStruct):
    """How much space an unpacked image takes."""

    unpacked: int | UnsetType = UNSET
    """Bytes of its files."""


class SignatureTimestamp(ApiStruct):
    """When a signature was seen."""

    type: Annotated[
        str | UnsetType, OneOf(Value("Tlog", "by a public log"), Value("TimestampAuthority", "by an authority"))
    ] = UNSET
    """Who saw it."""
    uri: str | UnsetType = field(default=UNSET, name="URI")
    """Where that is."""
    timestamp: str | UnsetType = UNSET
    """When, in RFC 3339."""


class SignerIdentity(ApiStruct):
    """Who signed, as the certificate says."""

    certificate_issuer: str | UnsetType = UNSET
    """Who issued the certificate."""
    subject_alternative_name: str | UnsetType = UNSET
    """Whom it was issued to."""
    issuer: str | UnsetType = UNSET
    """Who vouched for that identity."""
    build_signer_uri: str | UnsetType = field(default=UNSET, name="BuildSignerURI")
    """Instructions of the build that signed."""
    build_signer_digest: str | UnsetType = UNSET
    """Their digest."""
    runner_environment: str | UnsetType = UNSET
    """Where the build ran."""
    source_repository_uri: str | UnsetType = field(default=UNSET, name="SourceRepositoryURI")
    """The repository of the source."""
    source_repository_digest: str | UnsetType = UNSET
    """The commit of the source."""
    source_repository_ref: str | UnsetType = UNSET
    """The branch or tag of the source."""
    source_repository_identifier: str | UnsetType = UNSET
    """The repository's lasting identifier."""
    source_repository_owner_uri: str | UnsetType = field(default=UNSET, name="SourceRepositoryOwnerURI")
    """The repository's owner."""
    source_repository_owner_identifier: str | UnsetType = UNSET
    """The owner's lasting identifier."""
    build_config_uri: str | UnsetType = field(default=UNSET, name="BuildConfigURI")
    """The top-level instructions of the build."""
    build_config_digest: str | UnsetType = UNSET
    """Their digest."""
    build_trigger: str | UnsetType = UNSET
    """What set off the build."""
    run_invocation_uri: str | UnsetType = field(default=UNSET, name="RunInvocationURI")
    """The run of the build."""
    source_repository_visibility_at_signing: str | UnsetType = UNSET
    """Whether the source could be seen by all."""


class SignatureIdentity(ApiStruct):
    """A signature, and what it proves."""

    name: str | UnsetType = UNSET
    """Its name for people."""
    timestamps: list[SignatureTimestamp] | UnsetType = UNSET
    """When it was seen."""
    known_signer: Annotated[str | UnsetType, OneOf(Value("DHI", "Docker Hardened Images"))] = UNSET
    """The signer, if it is a known one."""
    docker_reference: str | UnsetType = UNSET
    """The reference that was signed."""
    signer: SignerIdentity | UnsetType = UNSET
    """Who signed."""
    signature_type: Annotated[str | UnsetType, OneOf("bundle-v0.3", "simplesigning-v1")] = UNSET
    """The form of the signature."""
    error: str | UnsetType = UNSET
    """Why it proves nothing."""
    warnings: list[str] | UnsetType = UNSET
    """What is odd about it."""


class PullIdentity(ApiStruct):
    """Where content was pulled from."""

    repository: str | UnsetType = UNSET
    """The repository."""


class BuildIdentity(ApiStruct):
    """The build that made content."""

    ref: str | UnsetType = UNSET
    """The build's identifier."""
    created_at: str | UnsetType = UNSET
    """When, in RFC 3339."""


class Identity(ApiStruct):
    """Whose an image is and where it came from, as far as it can be trusted."""

    signature: list[SignatureIdentity] | UnsetType = UNSET
    """Its signatures."""
    pull: list[PullIdentity] | UnsetType = UNSET
    """Where it was pulled from."""
    build: list[BuildIdentity] | UnsetType = UNSET
    """The builds that made it here."""


class ImageManifestData(ApiStruct):
    """What a manifest of kind `image` is."""

    platform: OCIPlatform | UnsetType = UNSET
    """What it is made for."""
    containers: list[str] | None | UnsetType = UNSET
    """The containers that were made from it."""
    size: ImageDataSize | UnsetType = UNSET
    """How much space it takes unpacked."""
    identity: Annotated[Identity | UnsetType, Since("1.54")] = UNSET
    """Whose it is; only if it was asked for."""


class AttestationData(ApiStruct):
    """What a manifest of kind `attestation` is."""

    for_: str | UnsetType = UNSET
    """The digest of the image that it is about."""


class ImageManifestSummary(ApiStruct):
    """A manifest of an image: the image for one platform, or something about it."""

    id: str | UnsetType = field(default=UNSET, name="ID")
    """Its digest."""
    descriptor: OCIDescriptor | UnsetType = UNSET
    """What a registry says of it."""
    available: bool | UnsetType = UNSET
    """Whether all its content is here."""
    size: ManifestSize | UnsetType = UNSET
    """How much space it takes."""
    kind: Annotated[
        str | UnsetType,
        OneOf(
            Value("image", "an image for one platform"),
            Value("attestation", "a statement on an image"),
            Value("unknown", "something else"),
        ),
    ] = UNSET
    """What it is."""
    image_data: ImageManifestData | None | UnsetType = UNSET
    """More, for an image."""
    attestation_data: AttestationData | None | UnsetType = UNSET
    """More, for an attestation."""
