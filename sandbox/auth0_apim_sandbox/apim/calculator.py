"""The tutorial's backend: a calculator that adds, subtracts, multiplies and divides two numbers.

Its OpenAPI document is `examples/basic-calculator/openapi.json`.
"""

import math
import operator
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


def create_calculator() -> ASGIApp:
    """The calculator as an ASGI application.

    `GET /api/add?a=2&b=3` answers `{"result": 5}`; likewise `sub`, `mul` and `div`. A number that is missing or none, a
    division by zero, and a result too large for a double are 400 with `{"error": …}`.
    """
    return Starlette(routes=[Route(f"/api/{name}", _endpoint(calculate)) for name, calculate in _OPERATIONS.items()])


def _endpoint(calculate: Callable[[float, float], float]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            result = calculate(_number(request, "a"), _number(request, "b"))
            if not math.isfinite(result):
                raise OverflowError("the result is too large")
        except ZeroDivisionError:
            return JSONResponse({"error": "division by zero"}, 400)
        except (OverflowError, ValueError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"result": int(result) if result.is_integer() else result})

    return endpoint


def _number(request: Request, name: str) -> float:
    values = request.query_params.getlist(name)
    if len(values) != 1:
        raise ValueError(f"give '{name}' once, for example {name}=2")
    try:
        number = float(values[0])
    except ValueError:
        raise ValueError(f"'{name}' must be a number, not '{values[0]}'") from None
    if not math.isfinite(number):
        raise ValueError(f"'{name}' must be a finite number, not '{values[0]}'")
    return number
