"""Recorder apps (OwnTracks, Traccar Client): paired by their officer, they record where a web page cannot."""
