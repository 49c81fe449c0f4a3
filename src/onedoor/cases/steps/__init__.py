"""What can be done to a case. One verb, one transaction; `_record.py` alone writes."""
