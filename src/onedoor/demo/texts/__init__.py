"""What people bring and what they are answered, by subject. All of it is invented.

Placeholders, filled by `matters.py`: {village} {town} {road} {estate} places, {other} the other person, {firm} the
other side's firm, {amount} yuan, {n} a small number, {m} months, {big} a number of two digits.
"""
