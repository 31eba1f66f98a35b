from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError
from contractkit.sources.load import LoadOptions, load

HEAD = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
FILES = "x-contractkit-files"


def write(folder: Path, **files: Any) -> Contract:
    """Write the files (`a__b` means `a/b.json`) and load the one called main."""
    for name, value in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    return load("main.json", options=LoadOptions(root=folder))


def schema(ref: str) -> dict[str, Any]:
    return HEAD | {"components": {"schemas": {"A": {"$ref": ref}}}}


def ref_of(contract: Contract) -> str:
    ref = contract.document["components"]["schemas"]["A"]["$ref"]
    assert isinstance(ref, str)
    return ref


def test_files_below_the_folder_are_bundled_with_all_their_references(tmp_path: Path) -> None:
    main = HEAD | {
        "paths": {"/a": {"$ref": "paths/a.json"}},
        "components": {"schemas": {"Main": {"type": "string"}, "User": {"$ref": "./models/user.json#/User"}}},
    }
    contract = write(
        tmp_path,
        main=main,
        paths__a={"get": {"responses": {"200": {"$ref": "../models/user.json#/ok"}}}},
        models__user={
            "User": {
                "properties": {"main": {"$ref": "../main.json#/components/schemas/Main"}, "me": {"$ref": "#/User"}}
            },
            "ok": {"content": {"a/b": {"schema": {"$ref": "user.json#/User"}}}},
        },
    )
    assert contract.warnings == ()
    assert contract.document == HEAD | {
        "paths": {"/a": {"$ref": f"#/{FILES}/paths~1a.json"}},
        "components": {"schemas": {"Main": {"type": "string"}, "User": {"$ref": f"#/{FILES}/models~1user.json/User"}}},
        FILES: {
            "models/user.json": {
                "User": {
                    "properties": {
                        "main": {"$ref": "#/components/schemas/Main"},
                        "me": {"$ref": f"#/{FILES}/models~1user.json/User"},
                    }
                },
                "ok": {"content": {"a/b": {"schema": {"$ref": f"#/{FILES}/models~1user.json/User"}}}},
            },
            "paths/a.json": {"get": {"responses": {"200": {"$ref": f"#/{FILES}/models~1user.json/ok"}}}},
        },
    }


def test_a_bundled_document_stays_as_it_is_when_it_is_loaded_again(tmp_path: Path) -> None:
    contract = write(tmp_path, main=schema("b.json#/B"), b={"B": {"items": {"$ref": "#/B"}}})
    assert write(tmp_path / "again", main=contract.document).document == contract.document


def test_files_that_refer_to_each_other_in_a_circle(tmp_path: Path) -> None:
    contract = write(tmp_path, main=schema("a.json"), a={"items": {"$ref": "b.json"}}, b={"items": {"$ref": "a.json#"}})
    assert contract.document[FILES] == {
        "a.json": {"items": {"$ref": f"#/{FILES}/b.json"}},
        "b.json": {"items": {"$ref": f"#/{FILES}/a.json"}},
    }


@pytest.mark.parametrize(
    ("name", "ref", "bundled"),
    [
        ("a b%", "a%20b%25.json", f"#/{FILES}/a%20b%25.json"),
        ("t~x", "t~x.json#/A", f"#/{FILES}/t~0x.json/A"),
        ("ü", "./%C3%BC.json#name", "#name"),
        ("sub__x", "sub/../sub/./x.json#/a~1b", f"#/{FILES}/sub~1x.json/a~1b"),
    ],
)
def test_spellings_of_file_names(name: str, ref: str, bundled: str, tmp_path: Path) -> None:
    contract = write(tmp_path, main=schema(ref), **{name: {"A": {}}})
    assert (ref_of(contract), contract.warnings) == (bundled, ())


def test_only_reference_positions_count(tmp_path: Path) -> None:
    data = {"$ref": "b.json"}
    main = HEAD | {
        "components": {
            "schemas": {
                "A": {
                    "default": data,
                    "example": data,
                    "examples": [data],
                    "enum": [data],
                    "const": data,
                    "x-note": data,
                    "properties": {"$ref": {"type": "string"}, "example": dict(data), "default": {"const": data}},
                }
            },
            "examples": {"one": {"value": data}, "two": {"$ref": "b.json"}},
        },
    }
    contract = write(tmp_path, main=main, b={"value": 1})
    expected: dict[str, Any] = json.loads(json.dumps(main))
    expected["components"]["schemas"]["A"]["properties"]["example"]["$ref"] = f"#/{FILES}/b.json"
    expected["components"]["examples"]["two"]["$ref"] = f"#/{FILES}/b.json"
    assert contract.document == expected | {FILES: {"b.json": {"value": 1}}}


def test_discriminator_mappings_and_operation_refs(tmp_path: Path) -> None:
    pet = {"discriminator": {"propertyName": "t", "mapping": {"a": "cat.json", "b": "Dog", "c": "dog.json#/Dog"}}}
    link = {"links": {"l": {"operationRef": "cat.json#/get"}}}
    main = HEAD | {"components": {"schemas": {"Pet": pet, "Dog": {}}, "responses": {"R": link}}}
    contract = write(tmp_path, main=main, cat={"get": {}}, dog={"Dog": {}})
    components = contract.document["components"]
    assert components["schemas"]["Pet"]["discriminator"]["mapping"] == {
        "a": f"#/{FILES}/cat.json",
        "b": "Dog",
        "c": f"#/{FILES}/dog.json/Dog",
    }
    assert components["responses"]["R"]["links"]["l"]["operationRef"] == f"#/{FILES}/cat.json/get"
    assert sorted(contract.document[FILES]) == ["cat.json", "dog.json"]


def test_mappings_alone_are_followed_too(tmp_path: Path) -> None:
    pet = {"discriminator": {"propertyName": "t", "mapping": {"a": "cat.json"}}}
    contract = write(tmp_path, main=HEAD | {"components": {"schemas": {"Pet": pet}}}, cat={})
    assert contract.document[FILES] == {"cat.json": {}}


REFUSED = {
    "../secret.json": "it leads out of the document's folder",
    "sub/../../secret.json": "it leads out of the document's folder",
    "%2e%2e/secret.json": "it leads out of the document's folder",
    "/etc/hostname": "it is an absolute path",
    "//example.com/a.json": "it is an absolute path",
    "..\\\\secret.json": "it is an absolute path",
    "C:/secret.json": "only files below the document's own folder are",
    "file:///etc/hostname": "only files below the document's own folder are",
    "urn:example:a": "only files below the document's own folder are",
    "http://127.0.0.1:1/a.json": "it is remote; --allow-remote-refs fetches it",
    "https://example.com/a.json#/A": "it is remote; --allow-remote-refs fetches it",
    "link.json": "a symbolic link leads out of the document's folder",
    "linked/secret.json": "a symbolic link leads out of the document's folder",
    "pipe.json": "it is no file",
    "folder": "it is no file",
    "missing.json": "there is no such file",
    "a%00b.json": "it cannot be read (embedded null byte)",
}


@pytest.mark.parametrize("ref", REFUSED)
def test_nothing_outside_the_folder_is_read(ref: str, tmp_path: Path) -> None:
    ref = ref.replace("\\\\", "\\")
    (tmp_path / "secret.json").write_text('{"secret": true}')
    folder = tmp_path / "api"
    (folder / "folder").mkdir(parents=True)
    (folder / "link.json").symlink_to("../secret.json")
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.json")
    contract = write(folder, main=schema(ref))
    reason = REFUSED[ref.replace("\\", "\\\\")]
    text = f"`{ref.partition('#')[0]}` is not followed: {reason}"
    assert contract.warnings == (Notice("/components/schemas/A/$ref", text),)
    assert contract.document == schema(ref)


def test_links_inside_the_folder_are_followed(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("{}")
    (tmp_path / "link.json").symlink_to("b.json")
    assert write(tmp_path, main=schema("link.json")).document[FILES] == {"link.json": {}}


def test_a_file_that_is_no_json_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write(tmp_path, main=schema("b.json"), b='{"a": }')
    assert str(caught.value) == "b.json:1:7: not JSON: expecting value; mend the file there"


def test_notices_of_other_files_are_placed_in_the_bundle(tmp_path: Path) -> None:
    contract = write(tmp_path, main=schema("b.json"), b='{"maximum": NaN}')
    assert contract.warnings == (
        Notice(f"/{FILES}/b.json/maximum", "NaN is no number JSON can hold; it is read as null", "NaN"),
    )


def test_the_documents_own_names_are_no_files(tmp_path: Path) -> None:
    main = HEAD | {
        "$self": "https://example.com/api.json",
        "components": {
            "schemas": {
                "A": {"$ref": "https://example.com/b#/properties/x"},
                "B": {"$id": "https://example.com/b", "properties": {"x": {}}},
                "C": {"$ref": "https://example.com/api.json#/components/schemas/A"},
            }
        },
    }
    contract = write(tmp_path, main=main)
    schemas = contract.document["components"]["schemas"]
    assert schemas["A"] == {"$ref": "#/components/schemas/B/properties/x"}
    assert schemas["C"] == {"$ref": "#/components/schemas/A"}
    assert contract.warnings == ()


def test_aliases_of_yaml_are_rewritten_once(tmp_path: Path) -> None:
    (tmp_path / "main.yaml").write_text(
        "openapi: 3.1.0\ncomponents:\n  schemas:\n    A: {$ref: other.yaml#/A}\n",
    )
    (tmp_path / "other.yaml").write_text("A: &a {items: {$ref: '#/B'}}\nB: {}\nC: *a\n")
    contract = load("main.yaml", options=LoadOptions(root=tmp_path))
    inner = {"items": {"$ref": f"#/{FILES}/other.yaml/B"}}
    assert contract.document[FILES] == {"other.yaml": {"A": inner, "B": {}, "C": inner}}


def test_a_very_deep_document_with_outward_references(tmp_path: Path) -> None:
    text = '{"items":' * 400 + '{"$ref":"b.json"}' + "}" * 400
    contract = write(tmp_path, main=f'{{"openapi":"3.1.0","components":{{"schemas":{{"A":{text}}}}}}}', b={})
    assert contract.document[FILES] == {"b.json": {}}


def test_an_anchor_names_a_schema_of_its_own_file(tmp_path: Path) -> None:
    main = HEAD | {
        "components": {
            "schemas": {
                "A": {"$ref": "a.json#item"},
                "B": {"$ref": "b.json#item"},
                "Own": {"$ref": "#item"},
                "Here": {"$anchor": "item", "type": "null"},
                "Named": {"$id": "https://e.org/n", "$defs": {"x": {"$dynamicAnchor": "item"}}},
                "ByName": {"$ref": "https://e.org/n#item"},
                "Example": {"$ref": "b.json#lost"},
            }
        }
    }
    a = {"$defs": {"x y": {"$anchor": "item", "type": "integer"}}, "$ref": "#item"}
    b = {"example": {"$anchor": "item"}, "$defs": {"$anchor": {"$anchor": "item"}, "of": [{"$ref": "#item"}]}}
    contract = write(tmp_path, main=main, a=a, b=b)
    schemas = contract.document["components"]["schemas"]
    assert {name: one["$ref"] for name, one in schemas.items() if "$ref" in one} == {
        "A": f"#/{FILES}/a.json/$defs/x%20y",
        "B": f"#/{FILES}/b.json/$defs/$anchor",
        "Own": "#item",
        "ByName": "#/components/schemas/Named/$defs/x",
        "Example": "#lost",
    }
    assert contract.document[FILES]["a.json"]["$ref"] == f"#/{FILES}/a.json/$defs/x%20y"
    assert contract.document[FILES]["b.json"]["$defs"]["of"][0]["$ref"] == f"#/{FILES}/b.json/$defs/$anchor"


def test_a_reference_that_is_no_address_is_not_followed(tmp_path: Path) -> None:
    contract = write(tmp_path, main=schema("http://[x/y.json"))
    assert [notice.text for notice in contract.warnings] == ["`http://[x/y.json` is not followed: it is no address"]
