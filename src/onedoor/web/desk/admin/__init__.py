"""系统管理: the administrator's pages. No case content: that role sees none."""
