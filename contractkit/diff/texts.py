"""Compares what a document says about itself: information, tags, documentation, version, extensions."""

from __future__ import annotations

from contractkit.diff.record import Place
from contractkit.openapi.part import Part

_KNOWN = frozenset(
    {
        "openapi",
        "info",
        "servers",
        "paths",
        "webhooks",
        "components",
        "security",
        "tags",
        "externalDocs",
        "x-contractkit-files",
    }
)
_INFO = ("title", "summary", "description", "termsOfService", "contact", "license", "version")


def compare_document(place: Place, base: Part, revision: Part) -> None:
    """Compare the fields of the whole document that hold no operations."""
    here = place.at("document", "")
    here.compare(base, revision, ("openapi", "tags", "externalDocs"))
    here.compare_rest(base, revision, _KNOWN)
    before, after = base.part("info"), revision.part("info")
    if before is not None and after is not None:
        info = here.at("document", "info")
        info.compare(before, after, _INFO)
        info.compare_rest(before, after, frozenset(_INFO))
    for name in ("paths", "components"):
        old, new = base.part(name), revision.part(name)
        if old is not None and new is not None:
            own = {key for side in (old, new) for key in side.fields if not str(key).startswith("x-")}
            here.at("document", name).compare_rest(old, new, frozenset(str(key) for key in own))
