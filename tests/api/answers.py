"""What tests of the API look at in its answers."""

from sokoni.testing.asgi import Answer


def wrong(answer: Answer) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status and code of a refusal, and each field with what is wrong of it."""
    said = answer.json()
    mistakes = [(one["where"], one["problem"]) for one in said.get("mistakes", ())]
    return answer.status, said["code"], mistakes
