"""Classes of named values for what every run of `contractkit diff` imports; elsewhere `dataclasses` serves.

They are used as those are, and `dataclasses.fields`, `asdict` and `replace` take them. Only their making differs: with
its import and some thirty classes `dataclasses` takes longer than a small comparison, since it reads the source of
functions (`inspect`) and compiles five of them for each class. Here only `__init__` is compiled, and only where many
records are made. A record has no record above it. `NamedTuple` is that of `typing`, made without compiling the type of
each field.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    import inspect
    from typing import NamedTuple
else:

    class _Rows(type):
        """Makes the classes below `NamedTuple`."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            names = tuple(members.get("__annotations__", ()))
            given = tuple(one for one in names if one in members)
            if len(bases) > 1 or given != names[len(names) - len(given) :]:
                raise TypeError(f"{name} has another base, or a field without a default behind one with it")
            defaults = [members.pop(one) for one in given]
            made = collections.namedtuple(name, names, defaults=defaults, module=members["__module__"])
            for key, member in members.items():
                setattr(made, key, member)
            return made

    class NamedTuple(metaclass=_Rows):
        """See `typing.NamedTuple`; for fields, defaults and methods, and nothing else."""


__all__ = ["NamedTuple", "field", "record", "replace"]

_Record = TypeVar("_Record")
_MISSING = object()
_OFTEN = 20
"""How many records are made before compiling pays."""


class _Default(NamedTuple):
    """What stands for a field where its value is left out."""

    value: Any
    factory: Callable[[], Any] | None
    compare: bool


_REQUIRED = _Default(_MISSING, None, compare=True)


def field(*, default: Any = _MISSING, default_factory: Callable[[], Any] | None = None, compare: bool = True) -> Any:
    """Say more about a field than its type.

    Args:
        default: its value where none is given.
        default_factory: what makes that value afresh for each record.
        compare: whether it counts for `==`, `hash` and `repr`.
    """
    return _Default(default, default_factory, compare)


@dataclass_transform(field_specifiers=(field,))
def record(
    *, frozen: bool = False, slots: bool = False, eq: bool = True, kw_only: bool = False
) -> Callable[[type[_Record]], type[_Record]]:
    """Make a class of named values out of its annotations; see `dataclasses.dataclass`.

    Args:
        frozen: whether its values stay what they are; it can be hashed and pickled then.
        slots: whether it holds its fields and nothing else.
        eq: whether records of equal values are equal; else each equals only itself.
        kw_only: whether values are given by name alone.
    """

    def make(cls: type[_Record]) -> type[_Record]:
        names = tuple(cls.__annotations__)
        given = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        defaults = {
            name: one if isinstance(one, _Default) else _Default(one, None, compare=True) for name, one in given.items()
        }
        init = _Init(names, defaults, frozen=frozen, kw_only=kw_only)
        members = {
            "__init__": init.first(),
            "__match_args__": names,
            "__dataclass_fields__": _Fields(),
        }
        if "__init__" not in cls.__dict__:
            members["__signature__"] = _Signature(init)
        compared = [name for name in names if defaults.get(name, _REQUIRED).compare]
        members |= _comparing(compared, frozen=frozen) if eq else {}
        members |= _freezing(names) if frozen else {}
        members["__repr__"] = _repr(compared)
        # What a class defines itself stays, as with `dataclasses`.
        members = {name: member for name, member in members.items() if name not in cls.__dict__}
        if not slots:
            for name, member in members.items():
                setattr(cls, name, member)
            init.record = cls
            return cls
        kept = {name: one for name, one in cls.__dict__.items() if name not in (*names, "__dict__", "__weakref__")}
        made: type[_Record] = type(cls.__name__, cls.__bases__, {**kept, **members, "__slots__": names})
        made.__qualname__ = cls.__qualname__
        init.record = made
        return made

    return make


def replace(one: _Record, **changes: Any) -> _Record:
    """Return a record like this one with other values for some fields."""
    names: tuple[str, ...] = getattr(type(one), "__match_args__", ())
    return type(one)(**{name: getattr(one, name) for name in names} | changes)


class _Init:
    """Makes the `__init__` of a record: one that reads what it is given, and after a while one that is compiled.

    Attributes:
        record: the class.
    """

    record: Any

    def __init__(self, names: tuple[str, ...], defaults: dict[str, _Default], *, frozen: bool, kw_only: bool) -> None:
        self._names = names
        self._defaults = defaults
        self._frozen = frozen
        self._kw_only = kw_only
        self._left = _OFTEN

    def first(self) -> Callable[..., None]:
        """Return the one that is not compiled."""
        names, known = self._names, frozenset(self._names)
        plain = {name: one.value for name, one in self._defaults.items() if one.value is not _MISSING}
        made = {name: one.factory for name, one in self._defaults.items() if one.factory is not None}
        most = 0 if self._kw_only else len(names)
        put = object.__setattr__

        def init(self_: Any, /, *given: Any, **named: Any) -> None:
            values = {**plain, **dict(zip(names, given, strict=False)), **named}
            self._left -= 1
            # What is given twice, too much or too little is told by the compiled one.
            twice = named and not named.keys().isdisjoint(names[: len(given)])
            if self._left <= 0 or twice or len(given) > most or values.keys() | made.keys() != known:
                compiled = self.compiled()
                self.record.__init__ = compiled
                compiled(self_, *given, **named)
                return
            for name in names:
                put(self_, name, values[name] if name in values else made[name]())

        return init

    def compiled(self) -> Callable[..., None]:
        """Return the one that is compiled."""
        known: dict[str, Any] = {"_MISSING": _MISSING, "_set": object.__setattr__}
        parameters, lines = ["self", "*"] if self._kw_only else ["self"], []
        for name in self._names:
            value, default = name, self._defaults.get(name, _REQUIRED)
            if default[:2] == _REQUIRED[:2]:
                parameters.append(name)
            elif default.factory is None:
                known[f"_{name}"] = default.value
                parameters.append(f"{name}=_{name}")
            else:
                known[f"_{name}"] = default.factory
                parameters.append(f"{name}=_MISSING")
                value = f"_{name}() if {name} is _MISSING else {name}"
            lines.append(f"_set(self, {name!r}, {value})" if self._frozen else f"self.{name} = {value}")
        exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), known)
        made: Callable[..., None] = known["__init__"]
        return made


def _comparing(names: list[str], *, frozen: bool) -> dict[str, Any]:
    values = attrgetter(*names)

    def equal(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}


def _freezing(names: tuple[str, ...]) -> dict[str, Any]:
    def refuse(self: object, name: str, value: object = None) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: `{name}` cannot be changed")

    def reduced(self: object) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in names)

    return {"__setattr__": refuse, "__delattr__": refuse, "__reduce__": reduced}


def _repr(names: list[str]) -> Callable[[object], str]:
    def shown(self: object) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return shown


class _Fields:
    """`__dataclass_fields__`, made by `dataclasses` itself when somebody asks for it."""

    def __get__(self, one: object, cls: type[Any]) -> dict[str, Any]:
        import dataclasses

        copy = dataclasses.make_dataclass(cls.__name__, cls.__annotations__.items())
        fields: dict[str, Any] = copy.__dict__["__dataclass_fields__"]
        return fields


class _Signature:
    """`__signature__`, for `help` and `inspect`."""

    def __init__(self, init: _Init) -> None:
        self._init = init

    def __get__(self, one: object, cls: type[Any]) -> inspect.Signature:
        if one is not None or cls is not self._init.record:
            raise AttributeError("__signature__")  # that of a record that may be called, or of a class below
        import inspect

        whole = inspect.signature(self._init.compiled())
        return whole.replace(parameters=list(whole.parameters.values())[1:])
