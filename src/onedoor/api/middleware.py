"""What the framework answers by itself, in the API's own form."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from onedoor.api.problems import problem


class WrongMethod:
    """A method that an address does not know is refused as a problem, with the ones it does know in `Allow`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 405 or not request.path.startswith("/api/"):
            return response
        told = problem("wrong_method", "这个地址不支持这种请求方式。")
        told["Allow"] = response["Allow"]
        return told
