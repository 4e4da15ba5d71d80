"""The model: frozen types of a plant, and the line file they are loaded from."""
