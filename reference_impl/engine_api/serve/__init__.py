"""What is served beside the API of a reference engine: its control, and the site."""
