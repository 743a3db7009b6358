"""What can be said of a page's text alone: its sentences, what matters in it, where a quote is."""
