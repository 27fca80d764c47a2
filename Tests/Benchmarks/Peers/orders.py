"""Order placement as a FastAPI user writes it: decode, validate, one INSERT, one COMMIT.

Two applications, because which is faster depends on the number of clients: `threads` has a `def`
endpoint in FastAPI's thread pool with a connection for each thread; `direct` has an `async def`
endpoint that writes on the event loop's own thread. No key is checked, nothing is matched, reserved
or sealed. Durable: WAL with synchronous=FULL.
"""

import os
import sqlite3
import threading
import time
import uuid

from fastapi import FastAPI
from pydantic import BaseModel, Field

DATABASE = os.environ["ORDERS_DATABASE"]


class Coordinates(BaseModel):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class ShipTo(BaseModel):
    name: str
    lines: list[str]
    postal_code: str
    city: str
    country: str
    coordinates: Coordinates


class NewOrder(BaseModel):
    part: str
    quantity: int = Field(ge=1, le=10_000)
    ship_to: ShipTo


class Order(BaseModel):
    id: str
    part: str
    quantity: int
    state: str
    placed_at: int


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(
        DATABASE, timeout=30, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS customer_order (id TEXT PRIMARY KEY, part TEXT NOT NULL,"
        " quantity INTEGER NOT NULL, state TEXT NOT NULL, ship_to TEXT NOT NULL,"
        " placed_at INTEGER NOT NULL)"
    )
    return connection


def insert(connection: sqlite3.Connection, new: NewOrder) -> Order:
    order = Order(
        id=f"ord_{uuid.uuid4().hex}",
        part=new.part,
        quantity=new.quantity,
        state="placed",
        placed_at=time.time_ns() // 1_000_000,
    )
    # Without an open transaction SQLite commits the statement itself.
    connection.execute(
        "INSERT INTO customer_order VALUES (?, ?, ?, ?, ?, ?)",
        (
            order.id,
            order.part,
            order.quantity,
            order.state,
            new.ship_to.model_dump_json(),
            order.placed_at,
        ),
    )
    return order


threads = FastAPI()
local = threading.local()
# SQLite has one writer at a time; waiting here beats its busy handler, which sleeps and tries again.
writing = threading.Lock()


@threads.post("/v1/storefront/orders", status_code=201)
def place_in_thread(new: NewOrder) -> Order:
    if not hasattr(local, "connection"):
        local.connection = connect()
    with writing:
        return insert(local.connection, new)


direct = FastAPI()
shared = connect()


@direct.post("/v1/storefront/orders", status_code=201)
async def place_on_loop(new: NewOrder) -> Order:
    return insert(shared, new)
