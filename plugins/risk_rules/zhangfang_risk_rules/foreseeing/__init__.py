"""如果我再开这张票: the same rules over the books of now and one invoice that is not issued yet. Nothing is written."""
