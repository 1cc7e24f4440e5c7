"""Mail that is not lost: kept until its server takes it."""
