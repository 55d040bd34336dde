"""The page about registrations says what the models say, and its example is one."""

from pydantic import BaseModel

from sokoni.capabilities.onboarding.settings import (
    Kind,
    Link,
    OnboardingSettings,
    Option,
    Registration,
    Step,
    Verify,
)
from sokoni.merchants.lines import read_document
from tests.repository import registrations_page
from tests.repository.registrations_page import PAGE


def example() -> OnboardingSettings:
    document = read_document(registrations_page.example(), {})
    assert document.problems == []
    content = document.content
    return OnboardingSettings.of(content["capabilities"]["onboarding"])


def written(parts: list[BaseModel]) -> set[str]:
    """Return the keys that the example writes in some of these parts."""
    return {key for part in parts for key in part.model_fields_set}


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text("utf-8") == registrations_page.page()


def test_every_kind_is_explained_and_in_the_example() -> None:
    (one,) = example().registrations

    assert registrations_page.kinds() == list(Kind)
    assert {step.kind for step in one.steps} == set(Kind)


def test_the_example_writes_every_key() -> None:
    (one,) = example().registrations
    options = [option for step in one.steps for option in step.options]
    assert one.verify is not None
    assert one.link is not None

    assert written([one]) == Registration.model_fields.keys()
    assert written([*one.steps]) == Step.model_fields.keys()
    assert written([*options]) == Option.model_fields.keys()
    assert written([one.verify]) == Verify.model_fields.keys()
    assert written([one.link]) == Link.model_fields.keys()
