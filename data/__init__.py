"""The shipped data sets. Code finds them as importlib.resources.files("tracker.data")."""
