"""Routes of tickets."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Header, Request, Response, Security

from sample_app.auth.dependencies import get_current_user, require_role
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError, RoleRequiredError
from sample_app.auth.scopes import Scope
from sample_app.core.cursors import CursorPage, PageByCursor
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.files.dependencies import get_contents
from sample_app.files.errors import FileTooLargeError, FileTypeRefusedError
from sample_app.tickets.dependencies import Attachment, TicketIdsDep, TicketServiceDep
from sample_app.tickets.errors import TicketNotFoundError
from sample_app.tickets.models import Ticket
from sample_app.tickets.schemas import ClientHeaders, TicketForm, TicketIdPath, TicketRead
from sample_app.tickets.service import Question
from sample_app.users.models import Role

router = APIRouter(
    prefix="/tickets",
    tags=["tickets"],
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)

_READ = Security(get_current_user, scopes=[Scope.TICKETS_READ])
_WRITE = Security(get_current_user, scopes=[Scope.TICKETS_WRITE])


@router.post(
    "",
    operation_id="open_ticket",
    # First in, last out: the store has to hear of a transaction that cannot be committed.
    dependencies=[Depends(get_contents, scope="function"), _WRITE],
    summary="Ask the shop",
    status_code=201,
    response_model=TicketRead,
    responses={
        201: {
            "description": "It is open",
            "headers": {
                "Location": {
                    "description": "The path to ask for the ticket at.",
                    "required": True,
                    "schema": {"type": "string", "format": "uri-reference"},
                }
            },
        },
        **problem_responses(MalformedRequestError, RequestTooLargeError, FileTooLargeError, FileTypeRefusedError),
    },
)
async def open_ticket(
    form: Annotated[TicketForm, Form(media_type="multipart/form-data")],
    client: Annotated[ClientHeaders, Header()],
    ids: TicketIdsDep,
    tickets: TicketServiceDep,
    request: Request,
    response: Response,
) -> Ticket:
    """Open a ticket. An attachment becomes a file of the caller; programs and web pages are refused."""
    question = Question(
        subject=form.subject,
        text=form.text,
        platform=client.x_client_platform,
        client_version=client.x_client_version,
    )
    attachment = None if form.attachment is None else Attachment(form.attachment)
    ticket = await tickets.open(question, ids=ids, attachment=attachment)
    response.headers["Location"] = request.url_for("read_ticket", ticket_id=str(ticket.id)).path
    return ticket


@router.get("", operation_id="list_tickets", dependencies=[_READ], summary="List tickets")
async def list_tickets(tickets: TicketServiceDep, page: Annotated[PageByCursor, Depends()]) -> CursorPage[TicketRead]:
    """The caller's tickets, the newest first. An admin sees those of the whole tenant."""
    shown, next_cursor = page.cut(await tickets.after(page.after, limit=page.lookahead))
    return CursorPage(items=[TicketRead.model_validate(item) for item in shown], next_cursor=next_cursor)


@router.get(
    "/{ticket_id}",
    operation_id="read_ticket",
    dependencies=[_READ],
    summary="Read a ticket",
    response_model=TicketRead,
    responses=problem_responses(TicketNotFoundError),
)
async def read_ticket(ticket_id: TicketIdPath, tickets: TicketServiceDep) -> Ticket:
    """One ticket."""
    return await tickets.get(ticket_id)


@router.post(
    "/{ticket_id}/close",
    operation_id="close_ticket",
    dependencies=[_WRITE, Depends(require_role(Role.ADMIN))],
    summary="Close a ticket",
    response_model=TicketRead,
    responses=problem_responses(InsufficientScopeError, RoleRequiredError, TicketNotFoundError),
)
async def close_ticket(ticket_id: TicketIdPath, tickets: TicketServiceDep) -> Ticket:
    """Say that the shop is done with it, which an admin does. To say so again changes nothing."""
    return await tickets.close(ticket_id)
