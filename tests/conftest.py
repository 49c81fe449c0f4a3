"""The test run's own database and data directory (see onedoor.ops.testing)."""

from django.conf import settings

from onedoor.ops.testing import test_cluster, use_late

test_cluster()
if settings.configured:  # pytest-django came first: this run was started without `-p onedoor.ops.testing`
    use_late(settings)
