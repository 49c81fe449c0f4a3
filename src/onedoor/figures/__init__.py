"""The figures: charts, the monthly report, bulletins, points and what is found against gaming."""
