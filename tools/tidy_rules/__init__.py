"""The rules behind tools/tidy, one module for each kind of rule."""
