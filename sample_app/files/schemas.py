"""Files on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field, field_serializer
from pydantic.json_schema import SkipJsonSchema

from sample_app import faults
from sample_app.core.schemas import ApiModel

FileIdPath = Annotated[UUID, Path(description="As it came back from the upload.")]


class FileCreated(ApiModel):
    """A file is kept."""

    file_id: UUID = Field(validation_alias="id", description="To ask for the file with.")


class FileLink(ApiModel):
    """Where a file can be downloaded."""

    url: str = Field(
        description="A URL of the object store that needs no token, or the path of the download here, which does.",
        min_length=1,
        json_schema_extra={"format": "uri-reference"},
        examples=["https://files.example/shop/7c1d?X-Amz-Signature=0af3"],
    )
    expires_at: datetime | None = Field(description="Until when it is good, in UTC; null for as long as the file is.")


class FileRead(ApiModel):
    """What is known of a file."""

    file_id: UUID = Field(validation_alias="id", description="Names the file for good.")
    filename: str = Field(description="Its name, without folders.", min_length=1, examples=["receipt.pdf"])
    media_type: str = Field(description="Told from its content.", examples=["application/pdf"])
    size: int = Field(description="In bytes.", ge=0, examples=[48213])
    sha256: str = Field(description="The digest of its content, in hexadecimal.", pattern="^[0-9a-f]{64}$")
    created_at: datetime = Field(description="When it was uploaded, in UTC.")
    if faults.is_on("file-object-key-shown"):
        object_key: SkipJsonSchema[str]

    if faults.is_on("file-size-as-text"):

        @field_serializer("size")
        def _size_as_text(self, size: int) -> str:
            return str(size)
