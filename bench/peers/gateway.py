#!/usr/bin/env python3
"""Measures a hop through the gateway beside the same calls without it, and prints tables in Markdown. Takes about seven minutes.

  bench/peers/gateway.py [--runs 2] [--ms 1500] [--warm-ms 3000] [--legs web-gateway-cpp,...] [--out FILE] [--table]

A leg is a client, what lies in between and a server, each a process of its own, started afresh for each run; legs take turns within a run. Small calls, add(20, 22) of bench.capnp, are made
with 100 of them on their way and then one by one, where the system may put the processes where it likes, and with 100 again, where the gateway (or relay) is held on core 0 and the other two on the rest.
What a hop adds is the median of calls one by one with it, less that of calls to the same server without it; and the C relay shows what any process in between adds, with as many system calls.
--out keeps all samples as JSON lines; with --table they are only printed again. Exit code 77 says that the C++ peers cannot be had.
"""
import argparse, collections, json, os, statistics, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import started

# name: (wire of the client, server, what lies in between)
LEGS = {
    "web-java": ("web", started.java, None),
    "capnp-java": ("capnp", started.java, None),
    "capnp-cpp": ("capnp", started.cpp, None),
    "web-relay-java": ("web", started.java, started.relay),
    "capnp-relay-java": ("capnp", started.java, started.relay),
    "capnp-relay-cpp": ("capnp", started.cpp, started.relay),
    "web-gateway-cpp": ("web", started.cpp, lambda to: started.gateway("ws", "capnp", to)),
    "web-gateway-java": ("web", started.java, lambda to: started.gateway("ws", "capnp", to)),
    "capnp-gateway-java": ("capnp", started.java, lambda to: started.gateway("capnp", "ws", to)),
    "web-sleeping-cpp": ("web", started.cpp, lambda to: started.gateway("ws", "capnp", to, ["--spin", "0"])),
    "capnp-forward-cpp": ("capnp", started.cpp, lambda to: started.gateway("capnp", "capnp", to)),
    "capnp-forward-java": ("capnp", started.java, lambda to: started.gateway("capnp", "capnp", to)),
}
TITLES = {"relay": "C relay", "gateway": "gateway, translating", "forward": "gateway, forwarding", "sleeping": "gateway --spin 0"}
# With a hop, without it, and the relay in its place: the server is the same, and so is the client but in the first.
HOPS = [("web-gateway-cpp", "capnp-cpp", "capnp-relay-cpp"), ("web-sleeping-cpp", "capnp-cpp", "capnp-relay-cpp"), ("web-gateway-java", "web-java", "web-relay-java"), ("capnp-gateway-java", "capnp-java", "capnp-relay-java"),
        ("capnp-forward-cpp", "capnp-cpp", "capnp-relay-cpp"), ("capnp-forward-java", "capnp-java", "capnp-relay-java")]

def leg(name, a, run, out):
    wire, server, between = LEGS[name]
    servers = []
    try:
        servers.append(server())
        if between:
            servers.append(between(servers[0]))
        everywhere = os.sched_getaffinity(0)
        rest = everywhere - {min(everywhere)} or everywhere
        arguments = ["--ms", str(a.ms), "--warm-ms", str(a.warm_ms), "--label", name, "--cases", "add"]
        # With many on their way first: one by one is far too few calls for the compilers.
        for line in started.client(wire, 1, "100,1", servers, arguments):
            out.write(json.dumps(json.loads(line) | {"run": run, "held": False}) + "\n")
        if between:
            servers[0].pin(rest)
            servers[1].pin({min(everywhere)})
            for line in started.client(wire, 1, 100, servers, arguments, rest):
                out.write(json.dumps(json.loads(line) | {"run": run, "held": True}) + "\n")
    except (RuntimeError, OSError) as e:
        out.write(json.dumps({"label": name, "run": run, "error": str(e)}) + "\n")
    finally:
        for each in reversed(servers):
            each.close()
        out.flush()

def table(lines):
    cells = collections.defaultdict(list)
    for line in lines:
        if "per_s" in line:
            cells[line["label"], "held" if line["held"] else line["lanes"]].append(line)
        else:
            print(f"FAILED: {json.dumps(line)}", file=sys.stderr)
    names = [name for name in LEGS if cells[name, 1] and cells[name, 100]]
    med = lambda name, n, key: statistics.median(x[key] for x in cells[name, n])
    # What lies in between uses for each call.
    cpu = lambda name, n: statistics.median(1e6 * (x["cores"].get("gateway") or x["cores"].get("relay"))["all"] * x["sec"] / x["ops"] for x in cells[name, n])
    print("| client | in between | server | p50 us (best run) | p99 us | CPU in between us | calls/s, 100 outstanding | calls/s, held on a core (min..max) | CPU in between us |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|")
    for name in names:
        client, *between, server = name.split("-")
        rates = [x["per_s"] for x in cells[name, "held"]]
        held = f"{statistics.median(rates):,.0f} ({min(rates):,.0f}..{max(rates):,.0f}) | {cpu(name, 'held'):.1f}" if rates else "- | -"
        print(f"| {client} | {TITLES[between[0]] if between else '-'} | {server} | {med(name, 1, 'p50_us'):.1f} ({min(x['p50_us'] for x in cells[name, 1]):.1f}) "
              f"| {med(name, 1, 'p99_us'):,.0f} | {f'{cpu(name, 1):.1f}' if between else '-'} | {med(name, 100, 'per_s'):,.0f} | {held} |")
    print(f"\nMedians of {max(len(v) for v in cells.values())} runs; p50, p99 and the first CPU are of calls one by one. CPU in between is user and system time of the gateway or relay for each call.\n")
    print("| hop | p50 with it us | without it us | it adds us | the C relay adds us | the gateway more than the relay us | calls/s on one core | CPU for each of them us |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for hop, plain, floor in HOPS:
        if all(name in names for name in (hop, plain, floor)) and cells[hop, "held"]:
            with_it, without, least = (med(name, 1, "p50_us") for name in (hop, plain, floor))
            print(f"| {hop} | {with_it:.1f} | {without:.1f} ({plain}) | {with_it - without:.1f} | {least - without:.1f} ({floor}) | {with_it - least:.1f} "
                  f"| {med(hop, 'held', 'per_s'):,.0f} | {cpu(hop, 'held'):.1f} |")

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--runs", type=int, default=2)
    p.add_argument("--ms", type=int, default=1500)
    p.add_argument("--warm-ms", type=int, default=3000)
    p.add_argument("--legs", default=",".join(LEGS))
    p.add_argument("--out", default="/dev/null")
    p.add_argument("--table", action="store_true")
    a = p.parse_args()
    if a.table:
        table([json.loads(line) for line in open(a.out)])
        return
    started.prepare(True)
    started.boost()
    lines = []
    class Out:
        write = staticmethod(lambda text: (lines.append(json.loads(text)), kept.write(text)))
        flush = staticmethod(lambda: kept.flush())
    with open(a.out, "a") as kept:
        for run in range(a.runs):
            for name in a.legs.split(","):
                leg(name, a, run, Out)
                print(f"run {run} {name}", file=sys.stderr, flush=True)
    table(lines)
    sys.exit(1 if any("error" in line for line in lines) else 0)
main()
