"""What a camera costs whoever sends it to many, beside a plain mesh."""
