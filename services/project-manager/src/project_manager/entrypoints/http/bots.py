"""A project's bots and their tokens: `/api/projects/{project}/bots`."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from project_manager.entrypoints.http.caller import CurrentRequester
from project_manager.entrypoints.http.models import (
    BotInPath,
    BotList,
    BotView,
    NewBot,
    ProjectInPath,
    TokenOnce,
    TokenOrder,
)
from project_manager.handlers.issue_bot_token import IssueBotToken


def bots_router(issue_token: IssueBotToken) -> APIRouter:
    """Build the routes."""
    router = APIRouter(prefix="/api/projects/{project}/bots", tags=["bots"])

    @router.get("", summary="List a project's bots")
    async def on_list(requester: CurrentRequester, project: ProjectInPath) -> BotList:
        bots = await requester.bots(project)
        return BotList(items=[BotView.of(bot, project) for bot in bots])

    @router.post("", summary="Make a bot", status_code=HTTPStatus.CREATED)
    async def on_create(
        requester: CurrentRequester, project: ProjectInPath, body: NewBot
    ) -> BotView:
        return BotView.of(await requester.create_bot(body.resource(project)), project)

    @router.get("/{bot}", summary="Show a bot")
    async def on_get(
        requester: CurrentRequester, project: ProjectInPath, bot: BotInPath
    ) -> BotView:
        return BotView.of(await requester.bot(project, bot), project)

    @router.delete("/{bot}", summary="Delete a bot", status_code=HTTPStatus.ACCEPTED)
    async def on_delete(
        requester: CurrentRequester, project: ProjectInPath, bot: BotInPath
    ) -> None:
        await requester.delete_bot(project, bot)

    @router.post(
        "/{bot}/tokens",
        summary="Issue a webhook token, which is shown once",
        status_code=HTTPStatus.CREATED,
    )
    async def on_issue(
        requester: CurrentRequester,
        response: Response,
        project: ProjectInPath,
        bot: BotInPath,
        body: TokenOrder | None = None,
    ) -> TokenOnce:
        order = body or TokenOrder()
        new = await issue_token(requester, project, bot, order.expires_in_seconds)
        response.headers["Cache-Control"] = "no-store"
        return TokenOnce.of(new)

    return router
