"""Where a configuration comes from, and that a Pod's token is read again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kubernetes_asyncio.config import incluster_config
from scripted_api import ScriptedApi

from ambient_kube import NotConfigured
from ambient_kube.configuration import ServerConfiguration


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], int]:
    """Let this process seem to run in a Pod; return what writes its token's file."""
    token, authority = tmp_path / "token", tmp_path / "ca.crt"
    token.write_text("first")
    authority.write_text("not looked at before the first connection")
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(authority))
    monkeypatch.setattr("ambient_kube.configuration.SERVICE_TOKEN_FILENAME", str(token))
    return token.write_text


async def test_a_pod_acts_as_its_service_account(pod: Callable[[str], int]) -> None:
    configuration = await ServerConfiguration.load(None)
    assert configuration.host == "https://[fd00::1]:443"
    assert not configuration.has_certificate
    assert await configuration.authorization() == "Bearer first"
    pod("second")
    await configuration.reload()
    assert await configuration.authorization() == "Bearer second"


async def test_a_pod_whose_token_is_empty_is_not_configured(pod: Callable[[str], int]) -> None:
    pod("")
    with pytest.raises(NotConfigured, match="empty"):
        await ServerConfiguration.load(None)


async def test_in_a_pod_KUBECONFIG_comes_first(  # noqa: N802 - a variable's name
    pod: Callable[[str], int], api: ScriptedApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(api.kubeconfig(tmp_path)))
    assert (await ServerConfiguration.load(None)).host == api.url


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", "clusters: 1", "current-context: a"])
async def test_a_file_that_is_no_kubeconfig_is_not_configured(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text)
    with pytest.raises(NotConfigured, match="kubeconfig"):
        await ServerConfiguration.load(path)
