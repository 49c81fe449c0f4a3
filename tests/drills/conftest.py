from cases.conftest import county

__all__ = ["county"]
