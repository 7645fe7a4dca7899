"""The classic builder: Dockerfiles, their contexts, and the images that they make."""
