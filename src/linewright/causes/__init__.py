"""Root cause over the true genealogy: what bad units share that good ones do not."""
