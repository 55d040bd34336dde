"""A process without a web side tells of itself, at a port of its own."""

from pathlib import Path

from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.kit.http import ReqwestClient
from tests.failures.fleet import Fleet, free_port, ready


async def test_a_worker_tells_of_itself_at_the_port_it_is_given(tmp_path: Path) -> None:
    port, url = free_port(), f"sqlite:///{tmp_path}/sokoni.db"
    await upgrade(url, load_models())
    command = ("work", "--metrics-port", str(port))
    fleet = Fleet({"work": command}, {"SOKONI_DATABASE_URL": url}, tmp_path)

    await fleet.start("work")
    try:
        await ready(port)
        async with ReqwestClient() as http:
            told = [
                await http.request("GET", f"http://127.0.0.1:{port}/{path}")
                for path in ("health", "live", "metrics")
            ]
    finally:
        await fleet.stop()

    health, live, metrics = (answer.body.decode() for answer in told)
    assert [answer.status for answer in told] == [200, 200, 200]
    assert health.splitlines()[:2] == ["loops: ok", "database: ok"]
    assert live == "loops: ok\n"
    assert 'sokoni_loop_last_step_timestamp_seconds{loop="turns"}' in metrics
    assert 'sokoni_queue{queue="inbox"} 0.0' in metrics
