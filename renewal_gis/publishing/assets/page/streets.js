// Streets under everything: the main ones from afar, all of them near.
function drawStreets(streets) {
  state.streets = streets;
  const ranks = streets.columns.get("rank");
  streets.hasMain = Boolean(ranks && ranks.values.some((rank) => rank > 0));
  state.streetTiles = new PackedTiles(streets, paintStreets, { pane: "streets" });
  switchable("minorStreets", null, false, () => state.streetTiles._map && state.streetTiles.repaint());
  switchable("streets", state.streetTiles, true);
}

function paintStreets(context, view) {
  const ranks = [[], [], []];
  const column = view.layer.columns.get("rank");
  const ofStreet = column ? column.values : null;
  for (const i of view.ids) ranks[ofStreet ? ofStreet[i] : 0].push(i);
  const all = state.layers.minorStreets.visible || !view.layer.hasMain || view.zoom >= 15;
  const near = Math.max(0, view.zoom - 13);
  context.lineJoin = context.lineCap = "round";
  const widths = [0.5 + near * 0.9, 1 + near * 1.2, 1.5 + near * 1.5];
  const drawnRanks = all ? [0, 1, 2] : [1, 2];
  for (const casing of view.zoom >= 14 ? [true, false] : [false]) {
    for (const rank of drawnRanks) {
      context.beginPath();
      for (const i of ranks[rank]) trace(context, view, i, false);
      context.strokeStyle = casing ? "#cdc8bc" : view.zoom >= 14 ? "#ffffff" : ["#dfdbd1", "#d3cdc0", "#c6bfb0"][rank];
      context.lineWidth = widths[rank] + (casing ? 1.4 : 0);
      context.stroke();
    }
  }
}
