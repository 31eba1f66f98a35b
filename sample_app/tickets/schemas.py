"""Tickets on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, UploadFile
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from sample_app.core.schemas import ApiModel
from sample_app.tickets.models import SUBJECT_LENGTH, TEXT_LENGTH, VERSION_LENGTH, Platform

TicketIdPath = Annotated[UUID, Path(description="As it came back when it was opened.")]


class TicketForm(ApiModel):
    """A question, as a form: a browser can send it with a file."""

    subject: str = Field(
        description="What it is about.", min_length=1, max_length=SUBJECT_LENGTH, examples=["A broken box"]
    )
    text: str = Field(
        description="The question.", min_length=1, max_length=TEXT_LENGTH, examples=["It came open. What now?"]
    )
    # To send none, a form leaves the field out: there is no null in a form.
    attachment: UploadFile | SkipJsonSchema[None] = Field(
        default=None, description="A picture or a document, up to a megabyte."
    )


class ClientHeaders(ApiModel):
    """What a program says of itself."""

    x_client_platform: Platform = Field(default=Platform.OTHER, description="What kind of program it is.")
    x_client_version: str = Field(
        default="", description="Which version of it.", max_length=VERSION_LENGTH, examples=["4.2.0"]
    )


class TicketRead(ApiModel):
    """A ticket and how far it is."""

    ticket_id: UUID = Field(validation_alias="id", description="Names the ticket for good.")
    subject: str = Field(description="What it is about.", examples=["A broken box"])
    text: str = Field(description="The question.", examples=["It came open. What now?"])
    platform: Platform = Field(description="What kind of program it was asked with.")
    client_version: str = Field(description="Which version of it; empty if it did not say.", examples=["4.2.0"])
    file_id: UUID | None = Field(description="The attachment, to be downloaded as a file by whom it belongs to.")
    created_at: datetime = Field(description="When it was opened, in UTC.")
    closed_at: datetime | None = Field(description="When the shop was done with it, in UTC.")
