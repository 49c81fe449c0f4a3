"""Uploads: refused while they arrive, not after two gigabytes are on the disk."""

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler


class LimitedUpload(TemporaryFileUploadHandler):
    """Streams to a temporary file and stops at ATTACHMENT_LIMIT; the request is marked `too_large`."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > settings.ATTACHMENT_LIMIT:
            if self.request is not None:
                self.request.META["onedoor.too_large"] = True
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)
