"""What the headers of a conditional request say of an entity tag (RFC 9110, section 13)."""


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`; the comparison is the weak one (section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in tags or etag in tags


def is_meant(if_match: str, etag: str) -> bool:
    """Whether an If-Match header names `etag`; the comparison is the strong one (section 13.1.1)."""
    tags = {tag.strip() for tag in if_match.split(",")}
    return "*" in tags or etag in tags
