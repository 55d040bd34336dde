"""How one merchant sends codes: the ways that its file names."""

from collections.abc import Sequence
from typing import Any, ClassVar

from typing_extensions import override

from sokoni.merchants.file import DeclaredWay, MerchantFile
from sokoni.merchants.models import CodeAccount
from sokoni.merchants.named import NamedAccounts


class CodeAccounts(NamedAccounts[CodeAccount, DeclaredWay]):
    """One merchant's ways; one that is named no more sends nothing."""

    model: ClassVar[type[CodeAccount]] = CodeAccount
    named: ClassVar[str] = "way"
    does: ClassVar[str] = "codes by"

    @override
    def _declared(self, file: MerchantFile) -> Sequence[DeclaredWay]:
        return file.ways

    @override
    def _told(self, said: DeclaredWay, *, new: bool) -> dict[str, Any]:
        return {}
