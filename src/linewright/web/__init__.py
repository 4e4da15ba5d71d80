"""The web application that serves the page, one file per resource."""
