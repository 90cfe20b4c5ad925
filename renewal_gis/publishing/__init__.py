"""What goes out: the interactive map, one HTML file that opens without a network.

`content` says what the map holds, `webmap` draws it. Data never passes through a folium or Jinja template:
the page is rendered with tokens, and the data takes their place afterwards.
"""
