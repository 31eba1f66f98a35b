"""The table of files. Their content is in the object store."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sample_app.core.clock import utc_now
from sample_app.core.database import Base
from sample_app.core.tenancy import TenantScoped

FILENAME_LENGTH = 255


class StoredFile(TenantScoped, Base):
    """What is known of an uploaded file. It never changes, so its digest serves as its version.

    Attributes:
        filename: what the client called it, without folders; data to show, never a path.
        media_type: told from the content.
        object_key: where the content is in the object store.
    """

    __tablename__ = "files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    filename: Mapped[str] = mapped_column(String(FILENAME_LENGTH))
    media_type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    object_key: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
