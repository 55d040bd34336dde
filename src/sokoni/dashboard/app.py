"""Puts the pages into the web app."""

from fastapi import FastAPI
from nicegui import ui

from sokoni.dashboard.simulator.page import SimulatorParts, add_page
from sokoni.dashboard.start import start


def add_pages(app: FastAPI, simulator: SimulatorParts | None) -> None:
    """Serve the pages behind the routes that `app` has already; no simulator in production."""
    app.include_router(start(None if simulator is None else simulator.merchants))
    if simulator is not None:
        add_page(simulator)
    ui.run_with(app, title="Sokoni", show_welcome_message=False, reconnect_timeout=10)
