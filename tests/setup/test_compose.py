"""docker-compose.yml: what can be told without a Docker engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    return found


def test_the_parts_of_the_product_are_there(services: dict[str, Any]) -> None:
    assert set(services) == {"postgis", "migrate", "server", "worker", "web"}


def test_every_lasting_service_of_ours_waits_for_what_it_needs(services: dict[str, Any]) -> None:
    for name in ("server", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["postgis"]["condition"] == "service_healthy"
    assert services["web"]["depends_on"]["server"]["condition"] == "service_healthy"
    assert all("healthcheck" in services[name] for name in ("postgis", "server", "web"))


def test_nothing_is_published_to_the_network_and_the_database_not_at_all(services: dict[str, Any]) -> None:
    assert "ports" not in services["postgis"]
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", ()))


def test_the_image_copies_what_exists_and_runs_as_nobody() -> None:
    lines = (CHECKOUT / "Dockerfile").read_text().splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert all((CHECKOUT / name).exists() for name in copied)
    assert "USER 10001" in lines
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert all(f"!{name}" in ignored for name in copied)
