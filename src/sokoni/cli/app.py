"""All commands of `sokoni`, a line each."""

from typing import Final

import typer

from sokoni.cli import (
    apikey,
    bench,
    chat,
    db,
    demo,
    doctor,
    events,
    handover,
    keys,
    merchant,
    serving,
    staff,
    transcript,
)

app: Final = typer.Typer(
    name="sokoni",
    help="Turns a WhatsApp number into a shop, a marketplace, a booking desk and a help desk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("up")(serving.up)
app.command("serve")(serving.serve)
app.command("work")(serving.work)
app.add_typer(merchant.commands, name="merchant")
app.add_typer(staff.commands, name="staff")
app.add_typer(apikey.commands, name="apikey")
app.add_typer(events.commands, name="events")
app.add_typer(handover.commands, name="handover")
app.add_typer(keys.commands, name="keys")
app.add_typer(demo.commands, name="demo")
app.add_typer(db.commands, name="db")
app.add_typer(transcript.commands, name="transcript")
app.command("chat")(chat.chat)
app.command("doctor")(doctor.doctor)
app.command("bench")(bench.bench)
