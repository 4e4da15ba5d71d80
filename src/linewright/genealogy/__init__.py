"""Which metres and batches a thing is made of: piece maps, edges, trace both ways."""
