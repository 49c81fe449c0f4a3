"""Official papers: one definition of each form, rendered to DOCX and PDF."""
