"""The clock of the database, for moments that several processes have to agree on."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class database_now(FunctionElement[int]):  # noqa: N801  (named as a function of SQL)
    """The present moment by the clock of the database, in milliseconds since 1970.

    It goes on within a transaction, so who had to wait for a row does not compare it with a moment gone by.
    """

    type = BigInteger()
    inherit_cache = True


@compiles(database_now)
def _on_postgresql(_element: Any, _compiler: Any, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(database_now, "sqlite")
def _on_sqlite(_element: Any, _compiler: Any, **_options: Any) -> str:
    # 2440587.5 is the first moment of 1970 as a Julian day (https://www.sqlite.org/lang_datefunc.html).
    return "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"
