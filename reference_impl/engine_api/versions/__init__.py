"""The API as of a version: types projected to it, and what a type cannot say, as change objects."""
