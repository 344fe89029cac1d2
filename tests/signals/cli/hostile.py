"""The list of hostile and broken inputs: what is handed in, and the words that the one message must hold."""

# One input per line, however long: the list is read as a table.
# ruff: noqa: E501

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.signals.cli.box import DOCTYPE_BOMB, EXTERNAL, Box

BAD_INPUT, NOT_SAFE = 2, 1


@dataclass(frozen=True, slots=True)
class Case:
    """`arguments` writes the files and gives the command; `says` must stand in what is printed."""

    name: str
    arguments: Callable[[Box], list[str]]
    says: tuple[str, ...]
    code: int = BAD_INPUT


def case(name: str, arguments: Callable[[Box], list[str]], *says: str, code: int = BAD_INPUT) -> Case:
    return Case(name, arguments, says, code)


def _network(*changes: tuple[str, str]) -> Callable[[Box], list[str]]:
    return lambda box: box.plan(network=box.edited(box.street.network, *changes))


def _text(option: str, name: str, content: str | bytes, **given: str | None) -> Callable[[Box], list[str]]:
    return lambda box: box.plan(**{option: box.file(name, content), **given})


def _flows(*rows: str, header: str = "detector,start,duration,count") -> Callable[[Box], list[str]]:
    return lambda box: box.flows(box.file("flows.csv", "\n".join([header, *rows]) + "\n"))


def _detectors(content: str) -> Callable[[Box], list[str]]:
    return _text("detectors", "loops.add.xml", f"<additional>{content}</additional>")


def _demand(content: str) -> Callable[[Box], list[str]]:
    return lambda box: box.plan_on(box.file("demand.rou.xml", f"<routes>{content}</routes>"))


def _additional(content: str) -> Callable[[Box], list[str]]:
    def arguments(box: Box) -> list[str]:
        more = box.file("more.add.xml", f"<additional>{content}</additional>")
        return box.plan_on(str(box.street.demand), additional=more)

    return arguments


def _incumbent(content: str) -> Callable[[Box], list[str]]:
    return _text("incumbent", "running.add.xml", f"<additional>{content}</additional>")


def _program(*steps: tuple[str, str], name: str = "A0", inside: str = "") -> str:
    phases = "".join(f'<phase duration="{duration}" state="{state}"/>' for duration, state in steps)
    return f'<tlLogic id="{name}" type="static" programID="new" offset="0">{phases}{inside}</tlLogic>'


def _rules(content: str) -> Callable[[Box], list[str]]:
    return lambda box: box.check(box.file("plan.json", box.plan_text), rules=box.file("rules.toml", content))


def _controllers(content: str) -> Callable[[Box], list[str]]:
    return lambda box: box.check(box.file("plan.json", box.plan_text), controllers=box.file("who.toml", content))


def _plan(change: Callable[[dict[str, Any]], Any]) -> Callable[[Box], list[str]]:
    return lambda box: box.check(box.plan_file(change))


def _plan_text(content: str | bytes) -> Callable[[Box], list[str]]:
    return lambda box: box.check(box.file("plan.json", content))


def _sumocfg(content: str) -> Callable[[Box], list[str]]:
    def arguments(box: Box) -> list[str]:
        text = content.replace("NET", str(box.street.network)).replace("ROU", str(box.street.demand))
        return box.plan(network=None, sumocfg=box.file("all.sumocfg", f"<configuration>{text}</configuration>"))

    return arguments


def _sumocfg_with(content: str) -> Callable[[Box], list[str]]:
    """A configuration with an additional file of this content, and no detectors given by hand."""

    def arguments(box: Box) -> list[str]:
        box.file("more.add.xml", f"<additional>{content}</additional>")
        given = '<net-file value="NET"/><route-files value="ROU"/><a value="more.add.xml"/>'
        text = given.replace("NET", str(box.street.network)).replace("ROU", str(box.street.demand))
        cfg = box.file("all.sumocfg", f"<configuration>{text}</configuration>")
        return box.plan(network=None, detectors=None, sumocfg=cfg)

    return arguments


def _options(**given: str | None) -> Callable[[Box], list[str]]:
    return lambda box: box.plan(**given)


def _unreadable(box: Box) -> list[str]:
    path = box.edited(box.street.network)
    (box.inputs / box.street.network.name).chmod(0)
    return box.plan(network=path)


def _pipe(box: Box) -> list[str]:
    path = box.inputs / "n.net.xml"
    os.mkfifo(path)
    return box.plan(network=str(path))


def _blocked_steps(box: Box) -> list[str]:
    box.out.mkdir()
    (box.out / "steps").write_text("a file where a folder is needed")
    return box.plan_on(str(box.street.demand))


def _first(plan: dict[str, Any]) -> dict[str, Any]:
    return plan["intersections"][0]


def _stage(plan: dict[str, Any], number: int = 0) -> dict[str, Any]:
    return _first(plan)["body"]["sequence"][number]


_LANE = 'lane="A0B0_0"'
_GOOD = ("42", "GGgrrrGGgrrr"), ("3", "yyyrrryyyrrr"), ("42", "rrrGGgrrrGGg"), ("3", "rrryyyrrryyy")
_WRITES = '<param key="file" value="../elsewhere/victim.txt"/>'
_EVENT = '<timedEvent type="SaveTLSStates" source="A0" dest="../elsewhere/victim.txt"/>'
_VEHICLE = '<vehicle id="v" depart="1"><route edges="left0A0 A0B0 B0right0"/></vehicle>'
_E1 = '<interval begin="0" end="300" id="A0B0_0:entry" nVehContrib="{}" occupancy="5" speed="9"/>'

NETWORK = (
    case("network: entity bomb", _text("network", "n.net.xml", DOCTYPE_BOMB + "<net>&d;</net>"), "n.net.xml", "XML"),
    case("network: external entity", _text("network", "n.net.xml", EXTERNAL + "<net>&a;</net>"), "n.net.xml", "XML"),
    case("network: external document type", _text("network", "n.net.xml", '<!DOCTYPE net SYSTEM "http://127.0.0.1:9/x"><net/>'), "document type"),
    case("network: include", _network(("<location", '<include href="/etc/passwd"/><location')), "include"),
    case("network: truncated gzip", lambda box: box.plan(network=box.zipped("n.net.xml.gz", box.street.network.read_text(), cut=900)), "gzip"),
    case("network: gzip bomb", lambda box: box.plan(network=box.bomb("n.net.xml.gz", "<net>", "</net>")), "unpacked size"),
    case("network: gzip in name only", lambda box: box.plan(network=box.file("n.net.xml.gz", "no gzip")), "n.net.xml.gz"),
    case("network: not XML", _text("network", "n.net.xml", "detector,start\n1,2\n"), "well-formed XML"),
    case("network: cut off", lambda box: box.plan(network=box.file("n.net.xml", box.street.network.read_text()[:5000])), "well-formed XML"),
    case("network: empty", _text("network", "n.net.xml", ""), "empty file"),
    case("network: binary", _text("network", "n.net.xml", bytes(range(256)) * 8), "n.net.xml", "XML"),
    case("network: unknown encoding", _text("network", "n.net.xml", '<?xml version="1.0" encoding="klingon"?><net/>'), "encoding"),
    case("network: a folder", lambda box: box.plan(network=str(box.inputs)), "regular file"),
    case("network: a device", lambda box: box.plan(network="/dev/zero"), "regular file"),
    case("network: missing", lambda box: box.plan(network=str(box.inputs / "nothing.net.xml")), "nothing.net.xml"),
    case("network: unreadable", _unreadable, "street.net.xml"),
    case("network: routes instead", lambda box: box.plan(network=str(box.street.demand)), "<routes>", "SUMO network"),
    case("network: deep nesting", _text("network", "n.net.xml", "<net>" + "<edge>" * 5000), "depth"),
    case("network: length missing", _network((' length="9.03"', "")), "length", "nothing"),
    case("network: length NaN", _network((' length="9.03"', ' length="nan"')), "length", "nan"),
    case("network: length infinite", _network((' length="9.03"', ' length="inf"')), "length", "inf"),
    case("network: speed negative", _network((' speed="6.51"', ' speed="-6.51"')), "speed", "-6.51"),
    case("network: speed zero", _network((' speed="13.89"', ' speed="0"')), "speed", "0.01"),
    case("network: signal without an index", _network((' linkIndex="0"', ' linkIndex="-1"')), "linkIndex", "-1"),
    case("network: shape of NaN", lambda box: box.plan(network=box.edited(box.street.network, ('<lane id="A0B0_0" index="0" speed="13.89" length="185.60" shape="', '<lane id="A0B0_0" index="0" speed="13.89" length="185.60" shape="nan,0 '))), "shape", "nan"),
    case("network: inner shape of NaN", _network(('shape="148.40,157.20', 'shape="nan,157.20')), "shape", "nan"),
    case("network: a pipe that nobody fills", _pipe, "regular file"),
    case("network: edge twice", _network(('<edge id="A0bottom0"', '<edge id="A0B0"')), "A0B0"),
    case("network: dangling lane", _network(('to="B0top1" fromLane="0"', 'to="B0top1" fromLane="7"')), "A0B0_7"),
    case("network: unknown edge in connection", _network(('<connection from="A0B0"', '<connection from="nowhere"')), "nowhere"),
    case("network: letters missing", _network(("GGgrrrGGgrrr", "GGgrrr")), "lengths", "6, 12"),
    case("network: program of letters unknown", _network(("GGgrrrGGgrrr", "GGgrrrGGgrrX")), "GGgrrrGGgrrX"),
    case("network: step of no time", _network(('duration="42"', 'duration="0"')), "duration"),
    case("network: id with markup", _network(('<edge id="A0bottom0"', '<edge id="a&lt;script&gt;"')), "script"),
    case("network: control characters in an id", _network(('<edge id="A0bottom0"', '<edge id="a&#10;b"')), "id"),
    case("network: right of way too short", _network(('foes="111100110000"', 'foes="1111"')), "request rows"),
    case("network: no signals", _text("network", "n.net.xml", (
        '<net><edge id="e" from="a" to="b"><lane id="e_0" index="0" speed="10" length="100" shape="0,0 100,0"/></edge>'
        '<junction id="a" type="dead_end" x="0" y="0" incLanes=""/>'
        '<junction id="b" type="dead_end" x="100" y="0" incLanes="e_0"/></net>'), detectors=None), "signalised intersection"),
    case("network: a program writes a file", _network(("</tlLogic>", f"{_WRITES}</tlLogic>")), "A0", "file names"),
    case("network: writes a file", _network(("<location", '<param key="output-file" value="../elsewhere/victim.txt"/><location')), "file names"),
)  # fmt: skip

DETECTORS = (
    case("detectors: unknown lane", _detectors('<inductionLoop id="d" lane="nowhere_0" pos="5"/>'), "nowhere_0"),
    case("detectors: one twice", _detectors(f'<inductionLoop id="d" {_LANE} pos="5"/>' * 2), "more than once"),
    case("detectors: off its lane", _detectors(f'<inductionLoop id="d" {_LANE} pos="5000"/>'), "5000"),
    case("detectors: place NaN", _detectors(f'<inductionLoop id="d" {_LANE} pos="nan"/>'), "pos", "nan"),
    case("detectors: no lane", _detectors('<inductionLoop id="d" pos="5"/>'), "lane", "nothing"),
    case("detectors: unknown kind", _detectors(f'<inductionLoop id="d" {_LANE} pos="5"><param key="kind" value="magic"/></inductionLoop>'), "magic"),
    case("detectors: include", _detectors('<include href="http://127.0.0.1:9/more.xml"/>'), "include"),
    case("detectors: external entity", _text("detectors", "d.add.xml", EXTERNAL + "<additional>&a;</additional>"), "d.add.xml"),
    case("detectors: a network", lambda box: box.plan(detectors=str(box.street.network)), "<net>"),
    case("detectors: program of another street in it", _detectors(_program(("42", "GG"))), "A0"),
)  # fmt: skip

FLOWS = (
    case("flows: days not in the file", lambda box: [*box.flows(box.file("flows.csv", "detector,start,duration,count\nA0B0_0:entry,2026-03-02T07:00:00Z,300,4\n")), "--days", "2026-04-01"], "no count on 2026-04-01", "2026-03-02 (mon)"),
    case("flows: column missing", _flows("A0B0_0:entry,0,300", header="detector,start,count"), "no column 'duration'"),
    case("flows: column unknown", _flows("A0B0_0:entry,0,300,4,5", header="detector,start,duration,count,colour"), "colour"),
    case("flows: semicolons", _flows("A0B0_0:entry;0;300;5", header="detector;start;duration;count"), "semicolons"),
    case("flows: NaN", _flows("A0B0_0:entry,0,300,nan"), "line 2", "nan"),
    case("flows: negative", _flows("A0B0_0:entry,0,300,-4"), "line 2", "-4"),
    case("flows: fraction", _flows("A0B0_0:entry,0,300,4.5"), "4.5", "whole number"),
    case("flows: huge", _flows("A0B0_0:entry,0,300,1e300"), "1e300"),
    case("flows: duration zero", _flows("A0B0_0:entry,0,0,4"), "duration"),
    case("flows: start infinite", _flows("A0B0_0:entry,inf,300,4"), "start", "inf"),
    case("flows: two in one interval", _flows("A0B0_0:entry,0,300,4", "A0B0_0:entry,0,300,5"), "same start"),
    case("flows: intervals overlap", _flows("A0B0_0:entry,0,300,4", "A0B0_0:entry,100,300,5"), "overlap"),
    case("flows: no zone", _flows("A0B0_0:entry,2026-03-02T07:00:00,300,4"), "zone"),
    case("flows: a day that is none", _flows("A0B0_0:entry,2026-02-31T07:00:00Z,300,4"), "2026-02-31"),
    case("flows: formula", _flows('"=HYPERLINK(""http://127.0.0.1"")",0,300,4'), "formula"),
    case("flows: cells missing", _flows("A0B0_0:entry,0"), "2 cells"),
    case("flows: only a header", _flows(), "without rows"),
    case("flows: empty", lambda box: box.flows(box.file("f.csv", "")), "empty"),
    case("flows: binary", lambda box: box.flows(box.file("f.csv", b"detector,start,duration,count\n\xff\xfe\x00")), "line 2"),
    case("flows: no known source", lambda box: box.flows(box.file("f.csv", "hello world\n")), "no known source"),
    case("flows: one endless line", lambda box: box.flows(box.file("f.csv", "detector,start,duration,count\n" + "9" * 10_000_000)), "line length"),
    case("flows: gzip bomb", lambda box: box.flows(box.bomb("f.csv.gz", "detector,start,duration,count\n", "")), "line length"),
    case("flows: gzip bomb of XML", lambda box: box.flows(box.bomb("f.xml.gz", "<detector>", "</detector>")), "f.xml.gz"),
    case("flows: truncated gzip", lambda box: box.flows(box.zipped("f.csv.gz", box.street.flows.read_text(), cut=200)), "gzip"),
    case("flows: no detector of this network", _flows("loop-77,0,300,4"), "loop-77"),
    case("flows: another time of day", lambda box: box.flows(str(box.street.flows), begin="36000", end="39600"), "10:00:00"),
    case("flows: unknown zone", lambda box: box.flows(str(box.street.flows), zone="Mars/Olympus"), "Mars/Olympus"),
    case("flows: zone as a path", lambda box: box.flows(str(box.street.flows), zone="../../etc/passwd"), "time zone"),
    case("flows: zone does not fit", lambda box: box.flows(box.file("f.csv", "detector,start,duration,count\nA0B0_0:entry,2026-03-02T00:00:00+01:00,300,4\n"), zone="America/Denver"), "America/Denver"),
    case("flows: E1 entity bomb", lambda box: box.flows(box.file("f.xml", DOCTYPE_BOMB + "<detector>&d;</detector>")), "document type"),
    case("flows: E1 count negative", lambda box: box.flows(box.file("f.xml", f"<detector>{_E1.format(-1)}</detector>")), "nVehContrib"),
    case("flows: E1 count NaN", lambda box: box.flows(box.file("f.xml", f"<detector>{_E1.format('NaN')}</detector>")), "NaN"),
    case("flows: E1 cut off", lambda box: box.flows(box.file("f.xml", f"<detector>{_E1.format(4)}")), "XML"),
    case("flows: missing file", lambda box: box.flows(str(box.inputs / "no.csv")), "no.csv"),
    case("flows: a folder", lambda box: box.flows(str(box.inputs)), "regular file"),
    case("flows: turns the street does not have", _flows("A0B0,left0A0,0,300,4", header="from_link,to_link,start,duration,count"), "left0A0"),
    case("flows: no detectors", lambda box: box.flows(str(box.street.flows), detectors=None), "detectors"),
)  # fmt: skip

DEMAND = (
    case("demand: include", _demand('<include href="/etc/passwd"/>'), "include"),
    case("demand: entity bomb", lambda box: box.plan_on(box.file("d.rou.xml", DOCTYPE_BOMB + "<routes>&d;</routes>")), "DOCTYPE"),
    case("demand: external entity", lambda box: box.plan_on(box.file("d.rou.xml", EXTERNAL + "<routes>&a;</routes>")), "d.rou.xml"),
    case("demand: gzip bomb", lambda box: box.plan_on(box.bomb("d.rou.xml.gz", "<routes>", "</routes>")), "d.rou.xml.gz"),
    case("demand: truncated gzip", lambda box: box.plan_on(box.zipped("d.rou.xml.gz", box.street.demand.read_text(), cut=300)), "gzip"),
    case("demand: unknown edge", _demand(_VEHICLE.replace("A0B0", "Narnia")), "Narnia"),
    case("demand: edges that do not meet", _demand(_VEHICLE.replace("left0A0 A0B0", "left0A0")), "left0A0"),
    case("demand: depart NaN", _demand(_VEHICLE.replace('"1"', '"nan"')), "depart", "nan"),
    case("demand: depart negative", _demand(_VEHICLE.replace('"1"', '"-5"')), "depart", "-5"),
    case("demand: one vehicle twice", _demand(_VEHICLE * 2), "second time"),
    case("demand: unknown type", _demand(_VEHICLE.replace("<vehicle", '<vehicle type="tank"')), "tank"),
    case("demand: device that writes", _demand(_VEHICLE.replace("<route ", '<param key="device.ssm.file" value="../elsewhere/victim.txt"/><route ')), "device.ssm.file"),
    case("demand: attribute unknown", _demand(_VEHICLE.replace("<vehicle", '<vehicle output="x.xml"')), "output"),
    case("demand: too many vehicles", _demand('<flow id="f" begin="0" end="600" number="9000000" from="left0A0" to="B0right0"/>'), "f"),
    case("demand: flow without rate", _demand('<flow id="f" begin="0" end="600" from="left0A0" to="B0right0"/>'), "flow"),
    case("demand: lane that is not there", _demand(_VEHICLE.replace("<vehicle", '<vehicle departLane="99"')), "departLane", "99", "left0A0"),
    case("demand: lane of letters", _demand(_VEHICLE.replace("<vehicle", '<vehicle departLane="fast"')), "departLane", "fast", "best"),
    case("demand: departs faster than anything", _demand(_VEHICLE.replace("<vehicle", '<vehicle departSpeed="900"')), "departSpeed", "900"),
    case("demand: no vehicle", _demand(""), "no vehicle"),
    case("demand: signals in it", _demand(_program(*_GOOD)), "tlLogic"),
    case("demand: deep nesting", _demand("<vehicle>" * 3000), "nesting"),
    case("demand: missing file", lambda box: box.plan_on(str(box.inputs / "no.rou.xml")), "no.rou.xml"),
    case("demand: nobody in the period", _demand(_VEHICLE.replace('"1"', '"90000"')), "period"),
    case("additional: detector that writes", _additional(f'<inductionLoop id="d" {_LANE} pos="5" period="60" file="../elsewhere/victim.txt"/>'), "inductionLoop"),
    case("additional: output to a port", _additional('<edgeData id="e" file="127.0.0.1:9"/>'), "edgeData"),
    case("additional: type that writes", _additional('<vType id="t"><param key="device.fcd.output" value="../elsewhere/victim.txt"/></vType>'), "device.fcd.output"),
    case("additional: saves states", _additional('<timedEvent type="SaveTLSStates" source="A0" dest="../elsewhere/victim.txt"/>'), "timedEvent"),
    case("additional: length of letters", _additional('<vType id="t" length="abc"/>'), "length", "abc"),
    case("additional: unknown model of driving", _additional('<vType id="t" carFollowModel="Nope"/>'), "carFollowModel", "Nope", "Krauss"),
    case("additional: without routes", lambda box: box.plan(additional=box.file("more.add.xml", "<additional/>")), "--additional", "--demand"),
    case("additional: type with NaN", _additional('<vType id="t" accel="nan"/>'), "accel"),
)  # fmt: skip

INCUMBENT = (
    case("incumbent: unknown signal", _incumbent(_program(*_GOOD, name="Z9")), "Z9"),
    case("incumbent: letters missing", _incumbent(_program(("42", "GGgrrr"), ("3", "yyyrrr"))), "A0"),
    case("incumbent: unknown letter", _incumbent(_program(("42", "GGgrrrGGgrrQ"))), "GGgrrrGGgrrQ"),
    case("incumbent: step of no time", _incumbent(_program(("0", "GGgrrrGGgrrr"), *_GOOD[1:])), "duration"),
    case("incumbent: duration NaN", _incumbent(_program(("nan", "GGgrrrGGgrrr"), *_GOOD[1:])), "duration"),
    case("incumbent: no steps", _incumbent(_program()), "step"),
    case("incumbent: lengths differ", _incumbent(_program(("42", "GGgrrr"), *_GOOD[1:])), "lengths"),
    case("incumbent: nothing in it", _incumbent(""), "running.add.xml", "no signal program in this file"),
    case("incumbent: detectors only", _incumbent(f'<inductionLoop id="x" {_LANE} pos="5" freq="60" file="NUL"/>'), "no signal program in this file"),
    case("incumbent: switched by the time of day", _incumbent(_program(*_GOOD) + '<WAUT id="w1" refTime="0" startProg="0"/>'), "WAUT 'w1'", "time of day"),
    case("incumbent: include", _incumbent('<include href="x.xml"/>'), "include"),
    case("incumbent: writes a file", _incumbent(_program(*_GOOD, inside=_WRITES)), "A0", "file names"),
    case("incumbent: an output inside a program", _incumbent(_program(*_GOOD, inside=_EVENT)), "timedEvent"),
)  # fmt: skip

RULES = (
    case("rules: no TOML", _rules("[all\ncycle"), "rules.toml", "TOML"),
    case("rules: unknown key", _rules("[all]\ncolour = 3\n"), "colour"),
    case("rules: impossible value", _rules("[all]\ncycle_min_s = -60\n"), "cycle_min_s", "-60"),
    case("rules: not a number", _rules("[all]\ncycle_min_s = nan\n"), "cycle_min_s", "nan"),
    case("rules: unknown intersection", _rules('[intersection."Z9"]\ncycle_max_s = 90\n'), "Z9"),
    case("rules: yellow too short", _rules('[intersection."A0".group."0"]\nyellow_s = 0.5\n'), "yellow_s"),
    case("rules: a folder", lambda box: box.check(box.file("plan.json", box.plan_text), rules=str(box.inputs)), "engineer's file"),
    case("rules: deep nesting", _rules("x = " + "[" * 20_000), "rules.toml"),
    case("rules: cycle bounds crossed", _rules("[all]\ncycle_min_s = 100\ncycle_max_s = 60\n"), "cycle"),
)  # fmt: skip

CONTROLLERS = (
    case("controllers: no TOML", _controllers("[all\nfamily"), "who.toml", "TOML"),
    case("controllers: unknown family", _controllers('[all]\nfamily = "../nema-ts2"\n'), "'../nema-ts2'", "type-170"),
    case("controllers: a list", _controllers("[all]\nfamily = [[1], {}]\n"), "family"),
    case("controllers: unknown intersection", _controllers('[intersection.Z9]\nfamily = "type-170"\n'), "Z9"),
    case("controllers: deep nesting", _controllers("x = " + "[" * 20_000), "who.toml"),
)

PLANS = (
    case("plan: bad JSON", _plan_text('{"format": "greenband-plan",'), "plan.json", "JSON"),
    case("plan: empty", _plan_text(""), "plan.json"),
    case("plan: binary", _plan_text(b"{\xff\xfe\x00"), "plan.json"),
    case("plan: key twice", _plan_text('{"format": "greenband-plan", "version": 1, "version": 1}'), "twice"),
    case("plan: deep nesting", _plan_text('{"a":' * 100_000), "plan.json"),
    case("plan: another version", _plan(lambda plan: plan.update(version=99)), "99", "version 1"),
    case("plan: unknown field", _plan(lambda plan: plan.update(command="rm")), "command"),
    case("plan: duration NaN", _plan_text('{"format": "greenband-plan", "version": 1, "x": NaN}'), "NaN"),
    case("plan: duration huge", _plan(lambda plan: _stage(plan).update(duration_ds=10**30)), "duration_ds"),
    case("plan: whole numbers of 5000 digits", _plan_text('{"format": "greenband-plan", "version": 1, "x": ' + "9" * 5000 + "}"), "plan.json"),
    case("plan: duration negative", _plan(lambda plan: _stage(plan).update(duration_ds=-50)), "duration_ds"),
    case("plan: cycle is not the sum", _plan(lambda plan: _first(plan).update(cycle_ds=450)), "cycle"),
    case("plan: one intersection twice", _plan(lambda plan: plan["intersections"].append(_first(plan))), "A0", "more than once"),
    case("plan: unknown display", _plan(lambda plan: _stage(plan).update(displays="X" * 12)), "displays"),
    case("plan: missing file", lambda box: box.check(str(box.inputs / "no.json")), "no.json"),
    case("plan: a folder", lambda box: box.check(str(box.inputs)), "in"),
    case("plan: a network instead", lambda box: box.check(str(box.street.network)), "<net "),
    case("plan: of another network", _plan(lambda plan: plan.update(network_digest="0" * 64)), "made for network"),
    case("plan: of rules that are not there", _plan(lambda plan: plan.update(rules_digest="0" * 64)), "made under rules", "--rules"),
    case("plan: conflicting greens", _plan(lambda plan: _stage(plan).update(displays="G" * 12)), "NOT SAFE", "conflict", code=NOT_SAFE),
    case("plan: intersection missing", _plan(lambda plan: plan["intersections"].pop()), "B0", code=NOT_SAFE),
    case("plan: yellow gone", _plan(lambda plan: _stage(plan).update(interstage=[], duration_ds=_stage(plan)["duration_ds"] + 30)), "NOT SAFE", code=NOT_SAFE),
    case("plan: unsafe programs", lambda box: box.check(box.file("p.add.xml", f"<additional>{_program(('45', 'G' * 12), ('45', 'r' * 12))}</additional>")), "NOT SAFE", code=NOT_SAFE),
    case("plan: programs that write a file", lambda box: box.check(box.file("p.add.xml", f"<additional>{_program(*_GOOD, inside=_WRITES)}</additional>")), "file names"),
    case("plan: no programs", lambda box: box.check(box.file("p.add.xml", "<additional/>")), "p.add.xml", "no signal program in this file"),
    case("plan: counts of detectors", lambda box: box.check(box.file("p.xml", '<!-- <additional-files value="d.add.xml"/> --><detector><interval begin="0" end="60" id="d" nVehContrib="3"/></detector>')), "p.xml", "no signal program in this file"),
    case("plan: signal unknown", lambda box: box.check(box.file("p.add.xml", f"<additional>{_program(*_GOOD, name='Z9')}</additional>")), "Z9"),
    case("validate: plan of another network", lambda box: box.validate(box.plan_file(lambda plan: plan.update(network_digest="0" * 64))), "network"),
    case("validate: against nothing", lambda box: box.validate(box.plan_file(lambda plan: None), against=box.file("today.add.xml", "<additional/>")), "today.add.xml", "no signal program in this file"),
    case("validate: plan writes a file", lambda box: box.validate(box.plan_file(lambda plan: _first(plan).update(parameters=[["file", "../elsewhere/victim.txt"]]))), "A0", "file names"),
    case("validate: plan lacks an intersection", lambda box: box.validate(box.plan_file(lambda plan: plan["intersections"].pop())), "B0"),
    case("validate: unknown intersection", lambda box: box.validate(box.plan_file(lambda plan: _first(plan).update(intersection_id="Z9"))), "Z9"),
    case("validate: groups of another street", lambda box: box.validate(box.plan_file(lambda plan: _first(plan).update(group_ids=[f"g{i}" for i in range(12)]))), "signal groups", "g11"),
    case("validate: period behind the routes", lambda box: box.validate(box.file("plan.json", box.plan_text), begin="9000", end=None), "routes from"),
    case("validate: begin after end", lambda box: box.validate(box.file("plan.json", box.plan_text), begin="900"), "period"),
)  # fmt: skip

CONFIGURATIONS = (
    case("sumocfg: no network", _sumocfg('<input><route-files value="ROU"/></input>'), "net-file"),
    case("sumocfg: missing files", _sumocfg('<input><net-file value="gone.net.xml"/></input>'), "gone.net.xml"),
    case("sumocfg: leaves its folder", _sumocfg('<input><net-file value="../../../../../../etc/passwd"/></input>'), "passwd"),
    case("sumocfg: two networks", _sumocfg('<input><net-file value="NET,NET"/></input>'), "net-file"),
    case("sumocfg: end is no time", _sumocfg('<input><net-file value="NET"/></input><time><end value="nan"/></time>'), "end"),
    case("sumocfg: entity bomb", lambda box: box.plan(network=None, sumocfg=box.file("a.sumocfg", DOCTYPE_BOMB + "<configuration>&d;</configuration>")), "DOCTYPE"),
    case("sumocfg: additional file includes", _sumocfg_with('<include href="/etc/passwd"/>'), "more.add.xml", "<include>"),
    case("sumocfg: additional file includes deep inside", _sumocfg_with('<vType id="t"><include href="x"/></vType>'), "more.add.xml", "<include>"),
    case("sumocfg: additional file steers", _sumocfg_with('<rerouter id="r" edges="A0B0" file="../x.xml"/>'), "more.add.xml", "<rerouter"),
    case("sumocfg: additional file missing", _sumocfg('<net-file value="NET"/><a value="no.add.xml,../no.add.xml"/>'), "no.add.xml", "not there"),
    case("sumocfg: program of another signal", _sumocfg_with(_program(*_GOOD, name="Z9")), "more.add.xml", "Z9"),
    case("sumocfg: detector on no lane", _sumocfg_with('<e1Detector id="d" lane="nowhere_0" pos="1" file="../x.xml"/>'), "nowhere_0"),
    case("sumocfg: a network", lambda box: box.plan(network=None, sumocfg=str(box.street.network)), "root element"),
    case("sumocfg: missing", lambda box: box.plan(network=None, sumocfg=str(box.inputs / "no.sumocfg")), "no.sumocfg"),
)  # fmt: skip

OPTIONS = (
    case("option: begin after end", _options(begin="600", end="0"), "begin"),
    case("option: begin NaN", _options(begin="nan"), "begin"),
    case("option: end infinite", _options(end="inf"), "end"),
    case("option: begin negative", _options(begin="-5"), "--begin"),
    case("option: begin no number", _options(begin="early"), "--begin"),
    case("option: days misspelt", _options(days="mon-fry"), "--days", "'mon-fry'"),
    case("option: day that is none", _options(days="2026-02-30"), "--days", "'2026-02-30'"),
    case("option: days reversed", _options(days="2026-03-20..2026-03-02"), "--days", "its end comes first"),
    case("option: days of seconds", _options(days="mon"), "--days", "seconds without dates"),
    case("option: holidays nowhere", _options(holidays="../nowhere.txt"), "nowhere.txt"),
    case("option: holidays misspelt", lambda box: box.plan(holidays=box.file("holidays.txt", "2026-03-02\nEaster\n")), "holidays.txt, entry 2", "'Easter'"),
    case("option: holiday that is none", _options(holidays="2026-13-01"), "--holidays", "'2026-13-01'"),
    case("option: percentile", _options(percentile="101"), "--percentile", "101"),
    case("option: percentile NaN", _options(percentile="nan"), "--percentile", "nan"),
    case("option: growth negative", _options(growth="-5%"), "--growth", "'-5%'"),
    case("option: growth of five", _options(growth="5"), "--growth", "'5'", "factor"),
    case("option: design", _options(design="peak30"), "--design", "peak30"),
    case("option: peak of ten minutes", _options(design="peak15"), "--design peak15", "600 s in intervals of 300 s"),
    case("option: mode", _options(mode="magic"), "--mode", "magic"),
    case("option: accept", _options(accept="worse"), "--accept", "worse"),
    case("option: pairs", _options(pairs="7"), "--pairs", "7"),
    case("option: profile", _options(profile="../../etc/passwd"), "profile"),
    case("option: effort", _options(effort="0"), "--effort"),
    case("option: seed", _options(seed="-1"), "--seed"),
    case("option: workers", _options(workers="9999"), "--workers"),
    case("option: time limit", _options(time_limit="nan"), "time-limit"),
    case("option: unknown", lambda box: [*box.plan(), "--magic"], "--magic"),
    case("option: no network", _options(network=None), "--network"),
    case("option: no flows", _options(flows=None), "--flows"),
    case("option: flows and known demand", lambda box: [*box.plan(), "--known-demand"], "--known-demand", "--flows"),
    case(
        "option: known demand without routes",
        lambda box: [*box.plan(flows=None, demand=None), "--known-demand"],
        "--known-demand",
        "--demand",
    ),
    case("option: no command", lambda box: ["magic"], "magic"),
    case("option: out is a file", lambda box: box.plan(out=box.file("out", "taken")), "out"),
    case("option: out below a file", lambda box: box.plan(out=box.file("out", "taken") + "/more"), "out"),
    case("option: out cannot be made", _options(out="/proc/greenband"), "/proc/greenband"),
    case("option: steps is a file", _blocked_steps, "steps"),
    case("scenario: unknown", lambda box: ["scenarios", "obtain", "../../etc"], "no scenario"),
    case("scenario: licence not accepted", lambda box: ["scenarios", "obtain", "cologne1"], "--accept-licence"),
    case("demo: unknown scenario", lambda box: ["demo", "--scenario", "nowhere", "--out", str(box.out)], "nowhere"),
    case("demo: unknown mode", lambda box: ["demo", "--scenario", "grid3x3", "--out", str(box.out), "--mode", "magic"], "magic"),
)  # fmt: skip

ALL = (*NETWORK, *DETECTORS, *FLOWS, *DEMAND, *INCUMBENT, *RULES, *CONTROLLERS, *PLANS, *CONFIGURATIONS, *OPTIONS)


# Ordinary files of SUMO name outputs everywhere: they are read, and what they name is neither written nor opened.
WITHOUT_EFFECT = (
    case("detectors name files", lambda box: box.flows(str(box.street.flows), detectors=box.edited(
        box.street.detectors, ('pos="18.56"', 'pos="18.56" period="60" file="../elsewhere/victim.txt"'))), "detectors: 24 used", code=0),
    case("detectors name a port", lambda box: box.flows(str(box.street.flows), detectors=box.edited(
        box.street.detectors, ('pos="18.56"', 'pos="18.56" period="60" file="127.0.0.1:9"'))), "detectors: 24 used", code=0),
    case("unknown elements beside detectors", lambda box: box.flows(str(box.street.flows), detectors=box.edited(
        box.street.detectors, ("<additional>", '<additional><edgeData id="e" file="../elsewhere/victim.txt"/><poly id="p"/>'))), "detectors: 24 used", code=0),
    case("plan programs beside outputs", lambda box: box.check(box.file("p.add.xml", f'<additional>{_program(*_GOOD)}<timedEvent type="SaveTLSStates" source="A0" dest="../elsewhere/victim.txt"/></additional>')), "plan", code=0),
)  # fmt: skip
