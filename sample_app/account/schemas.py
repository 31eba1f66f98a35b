"""The forms of the account page."""

from pydantic import Field

from sample_app.core.schemas import ApiModel

# A path on this host: no scheme, no host, no backslash that a browser takes for a slash, no control character.
LOCAL_PATH = r"^(/([A-Za-z0-9._~-][A-Za-z0-9._~/?=&%+-]*)?)?$"


class SignInForm(ApiModel):
    """How a browser signs in."""

    username: str = Field(description="The user name.", min_length=1, max_length=64, examples=["alice"])
    password: str = Field(description="The password.", min_length=1, max_length=128, examples=["Correct-horse-7"])
    next: str = Field(
        default="",
        description="Where to go then: a path on this host; nothing for the account page.",
        pattern=LOCAL_PATH,
        max_length=200,
        examples=["/account"],
    )


class TokenForm(ApiModel):
    """What every form of a signed-in user brings."""

    csrf_token: str = Field(description="As it stands in the form on the page.", min_length=1, max_length=100)


class NoteForm(TokenForm):
    """A note to keep."""

    text: str = Field(description="Plain text.", min_length=1, max_length=500, examples=["Order more Assam in May."])


class AccountQuery(ApiModel):
    """What to show of the account."""

    q: str = Field(default="", description="Only notes that contain this.", max_length=100, examples=["Assam"])
