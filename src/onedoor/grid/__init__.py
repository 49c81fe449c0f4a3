"""The grid: the county's net of grids, what its workers put down on their phones, and how that comes here once."""
