"""How long people wait in Parley, beside a bare floor, in one run."""
