"""The catalogue, stock, orders, carts and coupons, for programs."""

from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.store.api import (
    carts,
    categories,
    coupons,
    orders,
    pictures,
    products,
    searches,
    stock,
)

router: Final = APIRouter(tags=["store"])
for _part in (products, pictures, categories, stock, searches, orders, carts, coupons):
    router.include_router(_part.router)
