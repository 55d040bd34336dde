"""Values that bodies of several capabilities have: a line, a contact, a place."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from sokoni.kit.text import one_line

Line = Annotated[str, AfterValidator(one_line)]
Contact = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=40,
        description="Phone number, or id of a contact. A number that is new becomes one.",
        examples=["+263771000001"],
    ),
]
PlaceName = Annotated[
    Line, Field(max_length=80, description="As people call it", examples=["Gokwe"])
]
ContactNamed = Annotated[
    str,
    Path(
        max_length=60,
        description="Phone number, as people of the merchant's country write it, or id.",
    ),
]
