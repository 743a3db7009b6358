"""Every service's room is the same, and every page leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SERVICES = sorted(path for path in (ROOT / "services").iterdir() if path.is_dir())
ROOM = {"__init__", "__main__", "adapters", "app", "config", "domain", "entrypoints", "handlers"}
ROOM_MAY_HAVE = {"ports"}
PAGES = sorted(
    page
    for page in ROOT.rglob("*.md")
    if not {".venv", ".cache", ".ambient", "node_modules", ".pytest_cache"} & set(page.parts)
)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_is_laid_out_as_the_others(service: Path) -> None:
    package = service / "src" / service.name.replace("-", "_")
    modules = {path.stem for path in package.iterdir() if path.name != "py.typed"}
    assert modules - {"__pycache__"} - ROOM_MAY_HAVE == ROOM
    assert {"README.md", "Dockerfile", "pyproject.toml", "tests"} <= {
        path.name for path in service.iterdir()
    }


def _links(page: Path) -> list[str]:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    return [link for link in links if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pages_links_lead_to_files(page: Path) -> None:
    assert [link for link in _links(page) if not (page.parent / link).exists()] == []


def _settings_of(source: str) -> set[str]:
    return set(re.findall(r"^    ([a-z_]+): .*Field\(", source, re.MULTILINE))


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_services_readme_names_each_of_its_settings(service: Path) -> None:
    config = service / "src" / service.name.replace("-", "_") / "config.py"
    page = (service / "README.md").read_text()
    missing = {
        name for name in _settings_of(config.read_text()) if f"AMBIENT_{name.upper()}" not in page
    }
    assert missing == set()


def test_each_function_that_the_architecture_names_stands_where_it_says() -> None:
    links = re.findall(
        r"\[`([A-Za-z_.]+)`\]\(([^)]+\.py)\)", (ROOT / "ARCHITECTURE.md").read_text()
    )
    assert len(links) > 10
    for name, path in links:
        if not name.endswith(".py"):
            last = name.rpartition(".")[2]
            assert re.search(rf"(def|class) {last}\b", (ROOT / path).read_text()), (name, path)
