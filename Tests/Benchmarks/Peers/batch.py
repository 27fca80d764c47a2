"""Assigns a batch with OR-tools' minimum-cost flow, on the graph of each order's nearest bureaus or on the whole one.
Reads {"orders": [[latitude, longitude]…], "bureaus": […], "capacity": n}; prints the seconds that the solver
takes, how many orders it assigns, and the kilometres, as JSON."""

import json
import sys
import time

import numpy
from ortools.graph.python import min_cost_flow

RADIUS = 6371.0088


def kilometres(orders, bureaus):
    a, b = numpy.radians(orders), numpy.radians(bureaus)
    latitudes = numpy.sin((b[None, :, 0] - a[:, None, 0]) / 2)
    longitudes = numpy.sin((b[None, :, 1] - a[:, None, 1]) / 2)
    h = latitudes**2 + numpy.cos(a[:, None, 0]) * numpy.cos(b[None, :, 0]) * longitudes**2
    return 2 * RADIUS * numpy.arcsin(numpy.minimum(1, numpy.sqrt(h)))


def solve(costs, capacity, nearest):
    orders, bureaus = costs.shape
    nearest = min(nearest, bureaus)
    columns = numpy.argpartition(costs, nearest - 1, axis=1)[:, :nearest]
    rows = numpy.repeat(numpy.arange(orders), nearest)
    columns = columns.reshape(-1)
    flow = min_cost_flow.SimpleMinCostFlow()
    sink = orders + bureaus
    # Metres, since it wants whole numbers.
    metres = numpy.rint(costs[rows, columns] * 1000).astype(numpy.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        rows, orders + columns, numpy.ones(len(rows), dtype=numpy.int64), metres)
    flow.add_arcs_with_capacity_and_unit_cost(
        orders + numpy.arange(bureaus), numpy.full(bureaus, sink),
        numpy.full(bureaus, capacity), numpy.zeros(bureaus, dtype=numpy.int64))
    flow.set_nodes_supplies(numpy.arange(orders), numpy.ones(orders, dtype=numpy.int64))
    flow.set_node_supply(sink, -orders)
    start = time.perf_counter()
    flow.solve_max_flow_with_min_cost()
    seconds = time.perf_counter() - start
    flows = flow.flows(numpy.arange(len(rows)))
    return seconds, int(flows.sum()), float((flows * metres).sum()) / 1000


problem = json.load(open(sys.argv[1]))
costs = kilometres(numpy.array(problem["orders"]), numpy.array(problem["bureaus"]))
for nearest in map(int, sys.argv[2:]):
    seconds, assigned, cost = solve(costs, problem["capacity"], nearest)
    print(json.dumps(
        {"nearest": nearest, "seconds": seconds, "assigned": assigned, "kilometres": cost}))
