"""The HTTP interface and its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from web_ledger import Client, small_ledger

from ujar.web.app import create_app

if TYPE_CHECKING:
    from ujar.store import Ledger


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def test_description(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/ledger", "/api/statements", "/api/events", "/api/articles/{reading}", "/api/rows/{id}", "/api/actors/{name}",
        "/api/watch", "/api/positions", "/api/scenarios", "/api/outlooks",
    }  # fmt: skip
    for path in schema["paths"].values():
        assert set(path) == {"get"}
        assert path["get"]["summary"]
        assert path["get"]["description"]
        assert {"200", "400", "422"} <= set(path["get"]["responses"])
        for parameter in path["get"].get("parameters", ()):
            assert parameter["description"], parameter
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_paging_of_the_interface(client: Client) -> None:
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        answer = client.get(f"/api/statements?limit=4&offset={offset}").json()
        seen += [row["id"] for row in answer["rows"]]
        offset = answer["next"]
    assert len(seen) == len(set(seen)) == 6


def test_actor_of_the_interface(client: Client) -> None:
    answer = client.get("/api/actors/state:RUS").json()
    (other,) = [c for c in answer["counterparts"] if c["key"] == "state:UKR"]
    assert (other["verbal_cooperation"], other["verbal_conflict"], other["material_conflict"]) == (1, 1, 1)
    assert client.get("/api/actors/siapa/ini").json()["number"] == 0


@pytest.fixture(scope="module")
def described(ledger: Ledger) -> object:
    schemathesis = pytest.importorskip("schemathesis")
    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(ledger), headers={"Host": "localhost"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_answers_as_described(described: object, mode: str) -> None:
    """No question that the description allows, or forbids, gets an answer that it does not have."""
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import positive_data_acceptance

    assert isinstance(described, schemathesis.BaseSchema)
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()
        if mode == "negative" and operation.path == "/api/ledger":
            continue  # nothing is asked there that could be wrong

        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        @settings(
            max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        def holds(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            # A question in the right form may still make no sense: a bloc that does not exist.
            answer = case.call_and_validate(headers={"Host": "localhost"}, excluded_checks=[positive_data_acceptance])
            assert answer.status_code in ((200, 400, 404) if mode == "positive" else (200, 400, 404, 405, 422))

        holds()
    assert asked > 50
