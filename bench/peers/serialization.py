#!/usr/bin/env python3
"""Runs the serialization benchmark on C++ and Java in turns and prints a table in Markdown.

  bench/peers/serialization.py [--forks 5] [--ms 500] [--iterations 4] [--workloads carsales,catrank,eval] [--modes object,bytes,packed]
         [--reuse reuse,fresh] [--cpp NAME=PROGRAM ...] [--java0116 FOLDER] [--out FILE] [--classpath PATH]

First the results of both are compared for equality. Each fork of each cell is a process of its own on both sides; C++ runs before and after each fork of Java.
Time is CPU time of the thread that works: others may want the core too. Java's collector works in other threads, which the column wall shows on a quiet machine.
Each fork of Java runs in by itself before it is measured, see SerializationBenchmark.
--cpp adds builds of serialization.c++ against other versions of libcapnp, --java0116 what java0116/build.sh built. --out keeps all samples as JSON lines; given alone with --table it is printed again.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

def java(a, *arguments):
    if a.classpath:
        return [os.environ.get("JAVA", "java"), "-cp", a.classpath, *arguments]
    return ["bench/java", *arguments]

def java0116(a, *arguments):
    return [os.path.join(os.environ["JAVA_HOME"], "bin/java"), "-cp", f"{a.java0116}/runtime-0.1.16.jar:{a.java0116}/classes", "Peer", *arguments]

def output(command):
    p = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if p.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{p.stdout[-2000:]}\n{p.stderr[-2000:]}")
    return p.stdout

def compare(a, programs):
    sums = {name: output([program, "checksums", "300"]) for name, program in programs.items()}
    sums["java"] = output(java(a, "dev.capstan.bench.serialization.Checksums", "300"))
    if a.java0116:
        sums["java-0.1.16"] = output(java0116(a, "checksums", "300"))
    if len(set(sums.values())) != 1:
        sys.exit("The results differ:\n" + "\n".join(f"{name}\n{s}" for name, s in sums.items()))
    print(f"results of {', '.join(sums)} are equal in {len(sums['java'].splitlines())} cells", file=sys.stderr)

def cpp(program, cell, ms):
    workload, mode, reuse = cell
    return json.loads(output([program, "run", workload, mode, reuse, "200", str(ms)]))

def fork(a, cell):
    workload, mode, reuse = cell
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "jmh.json")
        output(java(a, "org.openjdk.jmh.Main", "SerializationBenchmark", "-f", "1", "-wi", "1", "-w", f"{a.ms}ms", "-i", str(a.iterations),
                    "-r", f"{a.ms}ms", "-prof", "gc", "-foe", "true", "-p", f"workload={workload}", "-p", f"mode={mode}",
                    "-p", f"reuse={'true' if reuse == 'reuse' else 'false'}", "-rf", "json", "-rff", file))
        result, = json.load(open(file))
    median = lambda metric: statistics.median(metric["rawData"][0])
    secondary = result["secondaryMetrics"]
    return {"ns": median(result["primaryMetric"]), "cpu_ns": median(secondary["cpu"]), "allocated": median(secondary["gc.alloc.rate.norm"])}

def measure(a, programs):
    cells = [(w, m, r) for w in a.workloads.split(",") for m in a.modes.split(",") for r in a.reuse.split(",")]
    lines = []
    with open(a.out, "w") as out:
        def keep(cell, stack, n, sample):
            line = {"cell": cell, "stack": stack, "fork": n, **sample}
            lines.append(line)
            print(json.dumps(line), file=out, flush=True)
        for n in range(a.forks):
            for cell in cells:
                for name, program in programs.items():
                    keep(cell, name, n, cpp(program, cell, a.ms))
                keep(cell, "java", n, fork(a, cell))
                if a.java0116:
                    keep(cell, "java-0.1.16", n, json.loads(output(java0116(a, "run", *cell, str(a.ms), str(a.iterations)))))
                for name, program in programs.items():
                    keep(cell, name, n, cpp(program, cell, a.ms))
            print(f"round {n + 1} of {a.forks}", file=sys.stderr, flush=True)
    return lines

def table(lines):
    stacks = list(dict.fromkeys(l["stack"] for l in lines if l["stack"] != "java"))
    print("| workload | mode | memory | " + " | ".join(f"{s} us" for s in stacks) + " | java us | forks of java, us | worst / median | "
          + " | ".join(f"java / {s}" for s in stacks) + " | wall us | allocated B |")
    print("|---|---|---|" + "---:|" * (2 * len(stacks) + 5))
    for cell in dict.fromkeys(tuple(l["cell"]) for l in lines):
        of = lambda stack, key: [l[key] for l in lines if tuple(l["cell"]) == cell and l["stack"] == stack]
        base = {s: statistics.median(of(s, "cpu_ns")) for s in stacks}
        forks = sorted(of("java", "cpu_ns"))
        median = statistics.median(forks)
        us = lambda ns: f"{ns / 1000:.2f}" if ns < 10_000 else f"{ns / 1000:.1f}"
        print(f"| {' | '.join(cell)} | " + " | ".join(us(base[s]) for s in stacks) + f" | {us(median)} | {us(forks[0])}..{us(forks[-1])} | {forks[-1] / median:.2f} | "
              + " | ".join(f"{median / base[s]:.2f}" for s in stacks)
              + f" | {us(statistics.median(of('java', 'ns')))} | {statistics.median(of('java', 'allocated')):,.0f} |")

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--forks", type=int, default=5)
    p.add_argument("--ms", type=int, default=500)
    p.add_argument("--iterations", type=int, default=4)
    p.add_argument("--workloads", default="carsales,catrank,eval")
    p.add_argument("--modes", default="object,bytes,packed")
    p.add_argument("--reuse", default="reuse,fresh")
    p.add_argument("--cpp", action="append", default=[], metavar="NAME=PROGRAM")
    p.add_argument("--java0116", metavar="FOLDER")
    p.add_argument("--out", default=os.devnull)
    p.add_argument("--table", action="store_true", help="only print the table of --out")
    p.add_argument("--classpath")
    a = p.parse_args()
    if a.table:
        table([json.loads(l) for l in open(a.out)])
        return
    subprocess.run([f"{HERE}/build.sh"], check=True, stdout=sys.stderr)
    programs = {"cpp": os.path.join(ROOT, "bench/target/peers/serialization"), **dict(c.split("=", 1) for c in a.cpp)}
    compare(a, programs)
    table(measure(a, programs))
main()
