"""The use cases' refusals as problem documents (RFC 9457)."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response

from ambient_chassis.problems import RETRY_AFTER, Problem, problem_of
from ambient_contracts.events import ObjectRef
from ambient_contracts.names import namespace_of
from ambient_contracts.website import ForbiddenWebsiteError
from ambient_kube import Forbidden
from session_runner.handlers.create_session import DifferentOrderError
from session_runner.handlers.state_denial import Denial, StateDenial
from session_runner.ports.errors import ApiAwayError


def install_problems(app: FastAPI, state_denial: StateDenial) -> None:
    """Have each refusal answered by a problem, and those for want of a right stated as well."""

    @app.exception_handler(Forbidden)
    async def on_forbidden(request: Request, error: Forbidden) -> Response:
        await state_denial(_denial(request, error))
        return problem_of(error).response()

    @app.exception_handler(ForbiddenWebsiteError)
    async def on_forbidden_website(_request: Request, error: ForbiddenWebsiteError) -> Response:
        detail = f"The session may not visit its website: {error}."
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail).response()

    @app.exception_handler(DifferentOrderError)
    async def on_different_order(_request: Request, error: DifferentOrderError) -> Response:
        return Problem(HTTPStatus.CONFLICT, str(error)).response()

    @app.exception_handler(ApiAwayError)
    async def on_api_away(_request: Request, error: ApiAwayError) -> Response:
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            f"{error}. Nothing was done; try again in a few seconds.",
            headers={"Retry-After": RETRY_AFTER},
        ).response()


def _denial(request: Request, error: Forbidden) -> Denial:
    project = str(request.path_params["project"])
    return Denial(
        actor=request.state.actor,
        project=project,
        object=ObjectRef(
            kind="AgenticSession",
            name=str(request.path_params.get("name", "*")),
            namespace=namespace_of(project),
        ),
        action=f"{request.method} {request.url.path}",
        reason=error.message,
    )
