"""Scripts behind `make`."""
