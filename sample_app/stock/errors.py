"""What can go wrong with stock."""

from collections.abc import Mapping

from sample_app.core.errors import NotReadyError


class InventoryError(NotReadyError):
    """The inventory cannot be worked with now; where the one error is declared, so is the other."""

    def __init__(self, detail: str, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.headers: Mapping[str, str] = {"Retry-After": str(retry_after)}
