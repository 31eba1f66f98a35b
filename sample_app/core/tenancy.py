"""Tenants kept apart by the ORM itself: a query that forgets its tenant still finds nothing of another one.

Every session of the app is a :class:`TenantSession`. Once :func:`bind_tenant` has told it whose request this is, each
SELECT, UPDATE and DELETE of a :class:`TenantScoped` class gets the condition on `tenant_id`, wherever in the statement
the class stands, and each new row gets the tenant. What the condition cannot be added to is refused: SQL as text, plain
tables, bulk statements, and a session that was not told its tenant.

System work has two ways out, both easy to search for: a session opened with `all_tenants=True`, and
:data:`ALL_TENANTS` on one statement.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Alias,
    ClauseElement,
    Column,
    ColumnCollection,
    ForeignKey,
    Table,
    TextClause,
    Update,
    event,
    inspect,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, UOWTransaction, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors

_COLUMN = "tenant_id"
_SCOPED = "sample_app_tenant_scoped"
_TENANT = "sample_app_tenant"
_ALL_TENANTS = "sample_app_all_tenants"
_PLAIN = "A plain table cannot be given a tenant: use the mapped class."

ALL_TENANTS: Mapping[str, Any] = {_ALL_TENANTS: True}
"""The `execution_options=` of the rare query that must look over all tenants, such as a login by user name."""


class TenancyError(Exception):
    """The code tried to read or write without regard to the tenant. That is a bug, never the client's doing."""


class TenantScoped:
    """A mixin for tables whose rows belong to one tenant each."""

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True, info={_SCOPED: True})


class TenantSession(Session):
    """A session that adds the tenant to what it is asked."""


def bind_tenant(session: AsyncSession, tenant_id: str) -> None:
    """Let `session` work for this tenant alone, from now to its end.

    Raises:
        TenancyError: it works for another tenant already.
    """
    bound = session.info.setdefault(_TENANT, tenant_id)
    if bound != tenant_id:
        raise TenancyError(f"This session works for the tenant {bound}, not for {tenant_id}.")


def session_info(*, tenant_id: str | None, all_tenants: bool) -> dict[str, Any]:
    """The `info=` of a new session for one tenant, for all of them, or for one that is still to be told."""
    return {**({} if tenant_id is None else {_TENANT: tenant_id}), _ALL_TENANTS: all_tenants}


@event.listens_for(TenantSession, "do_orm_execute")
def _add_tenant(state: ORMExecuteState) -> None:
    if state.session.info.get(_ALL_TENANTS) or state.execution_options.get(_ALL_TENANTS):
        return
    tables = _scoped_tables(state)
    if not tables:
        return
    tenant_id = _tenant_of(state.session)
    if state.is_insert or isinstance(state.parameters, list):
        # The ORM hands these to the database as they are; what is written by the unit of work is checked below.
        raise TenancyError("Bulk statements know no tenant: add or change objects instead.")
    if (state.is_update or state.is_delete) and len(tables) > 1:
        raise TenancyError("The other tables of an UPDATE or DELETE cannot be given a tenant: look first, then write.")
    if isinstance(state.statement, Update) and _COLUMN in state.statement.compile().params:
        raise TenancyError("A row does not change its tenant.")
    if not state.is_column_load:  # which completes an object that this session has found before
        state.statement = state.statement.options(
            with_loader_criteria(TenantScoped, lambda cls: cls.tenant_id == tenant_id, include_aliases=True)
        )


def _scoped_tables(state: ORMExecuteState) -> set[str]:
    """The tables of :class:`TenantScoped` that the statement names, and the aliases of them.

    Raises:
        TenancyError: it is text, or names such a table past the ORM.
    """
    assert isinstance(state.statement, ClauseElement)
    filtered = {mapper.local_table for mapper in state.all_mappers}
    tables = set()
    for element in visitors.iterate(state.statement):
        if isinstance(element, TextClause):
            raise TenancyError("SQL as text cannot be given a tenant: use the ORM, or a session for all tenants.")
        if isinstance(element, Table) and _is_scoped(element):
            tables.add(element.name)
        elif isinstance(element, Column) and any(_is_scoped(column.table) for column in element.base_columns):
            # The ORM itself writes plain columns when it looks up a key, of the table that it has the condition on.
            if _is_plain(element) and element.table not in filtered:
                raise TenancyError(_PLAIN)
            tables.add(element.table.name)
    if tables and not state.is_orm_statement:
        raise TenancyError(_PLAIN)
    return tables


def _is_plain(column: Column[Any]) -> bool:
    """Whether a column of a table, or of an alias of one, does not come from a mapped class."""
    return isinstance(column.table, Table | Alias) and isinstance(column.entity_namespace, ColumnCollection)


def _is_scoped(table: Any) -> bool:
    return isinstance(table, Table) and _COLUMN in table.c and _SCOPED in table.c[_COLUMN].info


@event.listens_for(TenantSession, "before_flush")
def _check_rows(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.info.get(_ALL_TENANTS):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, TenantScoped):
            continue
        tenant_id = _tenant_of(session)
        if row in session.new and row.tenant_id is None:
            row.tenant_id = tenant_id
        if row.tenant_id != tenant_id or inspect(row).attrs[_COLUMN].history.deleted:
            raise TenancyError(f"This session works for the tenant {tenant_id} and must not write a row of another.")


def _tenant_of(session: Session) -> str:
    tenant_id: str | None = session.info.get(_TENANT)
    if tenant_id is None:
        raise TenancyError("This session was not told its tenant, and the table belongs to tenants.")
    return tenant_id
