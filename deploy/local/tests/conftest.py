from pathlib import Path

import pytest

from ambient_local import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home.of(tmp_path / "home")
    home.make()
    return home


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMBIENT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AMBIENT_DEVCLUSTER", raising=False)
