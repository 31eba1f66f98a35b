"""The report service, as a route asks for it: about the caller's tenant, by access token or API key."""

from typing import Annotated, Any

from fastapi import Depends

from sample_app import faults
from sample_app.api_keys.dependencies import get_user_or_key_owner
from sample_app.auth.dependencies import get_current_user
from sample_app.core.dependencies import SessionDep
from sample_app.reports.repository import ReportRepository
from sample_app.reports.service import ReportService
from sample_app.users.models import User

_get_reader: Any = faults.pick("reports-without-keys", right=get_user_or_key_owner, wrong=get_current_user)


async def get_report_service(session: SessionDep, _user: Annotated[User, Depends(_get_reader)]) -> ReportService:
    return ReportService(reports=ReportRepository(session))
