"""What a picture shows, read from its artists."""

import numpy as np


def artists(picture, name):
    """What is drawn under a name, by panel; under ``""`` where ArviZ drew it."""
    node = picture.viz[name]
    (values,) = (node[v] for v in node.data_vars)
    if not values.dims:
        return {"": values.item()}
    found = {str(p): values.sel(panel=p).item() for p in values.panel.values}
    return {panel: artist for panel, artist in found.items() if artist is not None}


def line(artist):
    return np.asarray(artist.get_xdata(), float), np.asarray(artist.get_ydata(), float)


def points(artist):
    offsets = np.ma.getdata(artist.get_offsets())
    return offsets[:, 0], offsets[:, 1]


def bars(artist):
    """Left ends and heights of the bars of a histogram that are not empty."""
    corners = artist.get_paths()[0].vertices
    start, end = corners[:-1], corners[1:]
    flat = (start[:, 1] == end[:, 1]) & (start[:, 1] > 0) & (end[:, 0] > start[:, 0])
    return start[flat, 0], start[flat, 1]
