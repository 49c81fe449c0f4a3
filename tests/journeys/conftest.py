from api.conftest import Cast, cast, county, own_folders  # noqa: F401  fixtures
