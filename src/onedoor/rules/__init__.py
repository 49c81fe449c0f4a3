"""The law of the place: plain Python, standard library only. Facts and the time go in, a decision or a
`Refused` comes out; nothing here reads a clock, a setting or a database. Read `flow.py` first."""
