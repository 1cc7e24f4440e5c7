"""`make bench-signalling`: what our signalling costs, beside what others use."""
