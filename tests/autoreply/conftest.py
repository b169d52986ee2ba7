from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.autoreply.world import Template, World, make_template, open_world


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A database with thirty articles, made once; every test works on a copy."""
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def world(template: Template, tmp_path: Path) -> Iterator[World]:
    made = open_world(template, tmp_path)
    yield made
    made.db.close()
