"""Parts of the builder of the demonstration territory."""
