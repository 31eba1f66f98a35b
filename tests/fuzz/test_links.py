"""Links that a contract declares, and random sequences of what can be done to one thing."""

from tests.fuzz.conftest import Fuzz

LINKED = """
import secrets

from fastapi import FastAPI, HTTPException

app = FastAPI()
codes: list[str] = []
LINK = {
    "receipt": {
        "operationId": "read_receipt",
        "parameters": {"query.proof": "$response.body#/given/0", "length": "$request.query.length"},
    }
}


@app.get("/proofs", operation_id="list_proofs", responses={200: {"links": LINK}})
def list_proofs(length: int = 20) -> dict[str, list[str]]:
    codes.append(secrets.token_hex(20))
    return {"given": [codes[-1]]}


@app.get("/receipts", operation_id="read_receipt", responses={404: {"description": "There is no such proof"}})
def read_receipt(proof: str, length: int) -> dict[str, int]:
    if proof not in codes:
        raise HTTPException(404, "no such proof")
    raise RuntimeError("the printer is out of paper")
"""


def test_a_link_is_followed(fuzz: Fuzz) -> None:
    result = fuzz(LINKED)
    (found,) = result.confirmed
    assert (found.check, found.operation) == ("server-error", "GET /receipts")
    assert len(found.steps[-1].request.target) > 40  # the proof is one of those that were given


SHELVES = """
from fastapi import FastAPI, HTTPException

app = FastAPI()
boxes: dict[int, str] = {}
GONE = {404: {"description": "There is no such box"}}


def find(box_id: int) -> str:
    if box_id not in boxes:
        raise HTTPException(404, "no such box")
    return boxes[box_id]


@app.post("/boxes", status_code=201)
def create_box() -> dict[str, int]:
    boxes[len(boxes) + 1] = "open"
    return {"box_id": len(boxes)}


@app.get("/boxes/{box_id}", responses=GONE)
def read_box(box_id: int) -> dict[str, str]:
    return {"state": find(box_id)}


@app.post("/boxes/{box_id}/seal", responses=GONE)
def seal_box(box_id: int) -> dict[str, str]:
    boxes[box_id] = {"open": "sealed", "emptied": "burst"}.get(find(box_id), boxes[box_id])
    if boxes[box_id] == "burst":
        raise RuntimeError("it was emptied before")
    return {"state": boxes[box_id]}


@app.post("/boxes/{box_id}/empty", responses=GONE)
def empty_box(box_id: int) -> dict[str, str]:
    boxes[box_id] = {"sealed": "emptied"}.get(find(box_id), boxes[box_id])
    return {"state": boxes[box_id]}
"""


def test_a_failure_that_takes_three_steps_in_order(fuzz: Fuzz) -> None:
    result = fuzz(SHELVES, max_examples=100)
    assert [(one.check, one.operation) for one in result.confirmed] == [("server-error", "POST /boxes/{}/seal")]
