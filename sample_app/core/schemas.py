"""The base of every request and response model."""

from pydantic import BaseModel, ConfigDict


class ApiModel(BaseModel):
    """A body the API takes or gives. Readable from database objects, so that a router can return one as it is."""

    model_config = ConfigDict(from_attributes=True)
