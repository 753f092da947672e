"""A planned day as a picture: one SVG for documents, one HTML page that needs nothing but itself."""
