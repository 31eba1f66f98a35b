"""The base of every request and response model."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class ApiModel(BaseModel):
    """A body the API takes or gives. Readable from database objects, so that a router can return one as it is."""

    model_config = ConfigDict(from_attributes=True)


def _a_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("Input should be a valid integer")
    return value


NUMBERS_ONLY = BeforeValidator(_a_number)
"""For a whole number in a JSON body. Pydantic by itself takes `true` and `"1"` for one, which the document does not
allow; a strict integer would not take `1.0`, which JSON Schema does."""

JsonInt = Annotated[int, NUMBERS_ONLY]
