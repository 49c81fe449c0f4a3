"""Uploads: refused while they arrive, not after two gigabytes are on the disk."""

from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

FORM = 64 * 1024  # what the other fields and the boundaries of a form may add to the file


class LimitedUpload(TemporaryFileUploadHandler):
    """Streams to a temporary file and stops at ATTACHMENT_LIMIT; the request is marked `too_large`.

    What declares itself larger is not read at all.
    """

    received = 0

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803  Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]] | None:
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
        if content_length <= settings.ATTACHMENT_LIMIT + FORM:
            return None
        META["onedoor.too_large"] = True
        return QueryDict(), MultiValueDict()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.ATTACHMENT_LIMIT:
            if self.request is not None:
                self.request.META["onedoor.too_large"] = True
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)
