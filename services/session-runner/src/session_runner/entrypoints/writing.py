"""What changes sessions over HTTP: create, cancel, clone and delete."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from ambient_chassis.problems import Problem
from ambient_contracts.names import namespace_of
from ambient_contracts.resources import AgenticSession
from session_runner.domain.sessions import Order
from session_runner.entrypoints.bodies import (
    IdempotencyKey,
    InProject,
    NewClone,
    NewSession,
    OfSession,
    shown,
)
from session_runner.entrypoints.visit import Visiting
from session_runner.handlers.clone_session import CloneSession, Copy
from session_runner.handlers.create_session import Answer, CreateSession, Placed


def add_writing(
    router: APIRouter, create_session: CreateSession, clone_session: CloneSession
) -> None:
    """Add the routes that change something."""

    @router.post("", status_code=HTTPStatus.CREATED, response_model_exclude_none=True)
    async def create(
        project: InProject,
        body: NewSession,
        who: Visiting,
        response: Response,
        idempotency_key: IdempotencyKey = None,
    ) -> AgenticSession:
        """Create a session; its requester is the caller."""
        order = Order.model_validate(body.model_dump(exclude={"name"}))
        placed = Placed(who.user, project, order, name=body.name, key=idempotency_key)
        return _answered(await create_session(who.desk, placed), response)

    @router.post(
        "/{name}/cancel", status_code=HTTPStatus.ACCEPTED, response_model_exclude_none=True
    )
    async def cancel(project: InProject, name: OfSession, who: Visiting) -> AgenticSession:
        """Ask for a session's end; its agent is stopped, and what it has used is kept."""
        namespace = namespace_of(project)
        session = shown(await who.desk.get(namespace, name))
        if session.status is not None and session.status.phase.final:
            raise Problem(
                HTTPStatus.CONFLICT, f"The session has ended already: {session.status.phase}."
            )
        return shown(await who.desk.request_cancel(namespace, name))

    @router.post("/{name}/clone", status_code=HTTPStatus.CREATED, response_model_exclude_none=True)
    async def clone(
        project: InProject,
        name: OfSession,
        who: Visiting,
        response: Response,
        body: NewClone | None = None,
        idempotency_key: IdempotencyKey = None,
    ) -> AgenticSession:
        """Create a session with the same order; its requester is the caller."""
        wanted = body or NewClone()
        copy = Copy(
            user=who.user,
            project=project,
            session=name,
            target=wanted.project or project,
            name=wanted.name,
            key=idempotency_key,
        )
        return _answered(await clone_session(who.desk, copy), response)

    @router.delete("/{name}", status_code=HTTPStatus.ACCEPTED)
    async def delete(project: InProject, name: OfSession, who: Visiting) -> Response:
        """Delete a session; it goes once its Job has ended."""
        await who.desk.delete(namespace_of(project), name)
        return Response(status_code=HTTPStatus.ACCEPTED)


def _answered(answer: Answer, response: Response) -> AgenticSession:
    if not answer.new:
        response.status_code = HTTPStatus.OK
    spec, name = answer.session.spec, answer.session.metadata.name
    response.headers["Location"] = f"/api/sessions/{spec.project_ref.name}/{name}"
    return shown(answer.session)
