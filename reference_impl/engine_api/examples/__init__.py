"""The pages of the specification as what they are: text, composed for a version, with examples that can be run."""
