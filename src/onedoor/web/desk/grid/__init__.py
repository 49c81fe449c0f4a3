"""网格 at the desk: what came in, tasks, places and rounds, visits, care plans, numbers."""
