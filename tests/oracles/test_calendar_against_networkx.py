"""The calendar judged by networkx: longest paths, and its circles."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from renewal_gis.errors import DataError
from renewal_gis.planning import calendar_dates, critical_paths, milestone_links

STEPS = [
    "decided",
    "engaged",
    "rehoused",
    "permit",
    "works_ordered",
    "demolished",
    "delivered",
    "closed",
]
START = pd.Timestamp("2026-01-01")


def programme(seed, *, forward=True):
    """Return random operations that wait for one another, as milestones and dependencies."""
    rng = np.random.default_rng(seed)
    count = 9
    rows = [
        (f"OP{n}", step, START + pd.Timedelta(days=int(rng.integers(0, 1500))))
        for n in range(count)
        for step in STEPS
        if step == "demolished" or rng.random() < 0.7
    ]
    milestones = pd.DataFrame(rows, columns=["operation", "step", "planned_now"])
    milestones.index = [f"M{n:02d}" for n in range(len(milestones))]
    links = []
    for _ in range(14):
        one, two = (milestones.iloc[n] for n in rng.integers(0, len(milestones), 2))
        if one["operation"] == two["operation"] or (
            forward and one["operation"] > two["operation"]
        ):
            continue
        links.append(
            (
                one["operation"],
                one["step"],
                two["operation"],
                two["step"],
                int(rng.integers(0, 400)),
            )
        )
    names = ["before", "before_step", "after", "after_step", "days"]
    return milestones, pd.DataFrame(links, columns=names)


def graph(milestones, links):
    """Return the network with a root that leads to each milestone that waits for nothing."""
    found = nx.DiGraph()
    found.add_node("root")
    found.add_nodes_from(milestones.index)
    for row in links.itertuples():
        known = found.get_edge_data(row.before, row.after, {"days": -1})["days"]
        found.add_edge(row.before, row.after, days=max(known, row.days))
    for name in milestones.index:
        if found.in_degree(name) == 0:
            found.add_edge("root", name, days=(milestones.at[name, "planned_now"] - START).days)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_earliest_dates_and_paths_are_longest_paths(seed):
    milestones, dependencies = programme(seed)
    links = milestone_links(milestones, dependencies=dependencies)
    network = graph(milestones, links)
    earliest = calendar_dates(milestones, links)["earliest"]
    paths = critical_paths(milestones, links)
    for name in milestones.index[milestones["step"] == "demolished"]:
        part = network.subgraph(nx.ancestors(network, name) | {name})
        length = nx.dag_longest_path_length(part, weight="days")
        assert (earliest[name] - START).days == length
        path = paths[paths["demolition"] == milestones.at[name, "operation"]]
        walked = ["root", *path["milestone"]]
        assert nx.path_weight(network, walked, weight="days") == length
        assert path["days"].sum() == (path["earliest"].iloc[-1] - path["earliest"].iloc[0]).days


@pytest.mark.parametrize("seed", range(20))
def test_latest_dates_are_longest_paths_backwards(seed):
    milestones, dependencies = programme(seed)
    links = milestone_links(milestones, dependencies=dependencies)
    dates = calendar_dates(milestones, links)
    network = graph(milestones, links)
    network.remove_node("root")
    ends = [name for name in network if network.out_degree(name) == 0]
    for name in milestones.index[::5]:
        expected = min(
            dates.at[end, "forecast"]
            - pd.Timedelta(days=max(nx.path_weight(network, path, "days") for path in ways))
            for end in ends
            if (
                ways := list(nx.all_simple_paths(network, name, end))
                or ([[name]] if name == end else [])
            )
        )
        assert dates.at[name, "latest"] == expected


def test_circles_are_found_where_networkx_finds_them_and_are_circles():
    found = 0
    for seed in range(60):
        milestones, dependencies = programme(seed, forward=False)
        ways = milestone_links(milestones)
        names = {(row.operation, row.step): row.Index for row in milestones.itertuples()}
        network = graph(milestones, ways)
        for row in dependencies.itertuples():
            network.add_edge(names[row.before, row.before_step], names[row.after, row.after_step])
        try:
            milestone_links(milestones, dependencies=dependencies)
        except DataError as error:
            found += 1
            told = str(error).split("circle: ")[1].split(". Take")[0].split(" → ")
            walked = [names[tuple(one.split(" "))] for one in told]
            assert walked[0] == walked[-1]
            assert all(network.has_edge(*pair) for pair in pairwise(walked))
        else:
            assert nx.is_directed_acyclic_graph(network)
    assert 5 < found < 60
