"""Runs the Autobahn cases against a server that echoes what it gets, and prints a line of JSON for each.

    run.py ARCHIVE DIGEST HOST PORT [CHOSEN…]

ARCHIVE is the source archive of the suite and DIGEST its SHA-256. CHOSEN are chapters, sections or cases (7, 7.3, 7.3.1).
Cases that wait run side by side; each process takes its share.
"""

import asyncio
import json
import multiprocessing
import os
import queue
import sys
import tempfile
import time

import suite
from peer import Peer

# Cases of a process that run at once: those that mostly wait, and those that mostly compute.
WAITING, COMPUTING = 16, 1
COMPUTING_CHAPTERS = {"9", "12", "13"}
# No case may take longer, in seconds.
LIMIT = 300


async def judged(name, case, host, port):
    started = time.monotonic()
    try:
        done = await asyncio.wait_for(Peer(host, port).run(case), LIMIT)
        verdict = {"behaviour": done.behavior, "closing": done.behaviorClose}
        words = [done.result, done.resultClose]
    except Exception as error:  # Whatever it is: the case has not passed.
        verdict = {"behaviour": "FAILED", "closing": "FAILED"}
        words = [f"{type(error).__name__}: {error}"]
    seconds = time.monotonic() - started
    return {"case": name, **verdict, "words": words, "seconds": round(seconds, 2)}


async def run_share(cases, host, port, output):
    waiting, computing = asyncio.Semaphore(WAITING), asyncio.Semaphore(COMPUTING)

    async def one(name, case):
        async with computing if name.partition(".")[0] in COMPUTING_CHAPTERS else waiting:
            output.put(await judged(name, case, host, port))

    await asyncio.gather(*[one(name, case) for name, case in cases])


def matches(name, wish):
    """Whether a case is the one, or of the chapter or section, that is wished for."""
    return f"{name}.".startswith(f"{wish}.")


def choose(names, wishes):
    for wish in wishes:
        if not any(matches(name, wish) for name in names):
            chapters = ", ".join(dict.fromkeys(name.partition(".")[0] for name in names))
            sys.exit(f"there is no case {wish}; the chapters are {chapters}")
    return [name for name in names if not wishes or any(matches(name, wish) for wish in wishes)]


def work(folder, names, host, port, output):
    cases = suite.load(folder, folder / "testdata")
    asyncio.run(run_share([(name, cases[name]) for name in names], host, port, output))


def main():
    archive, digest, host, port, *wishes = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        folder = suite.unpack(archive, digest, folder).parent
        chosen = choose(list(suite.load(folder, folder / "testdata")), wishes)
        print(json.dumps({"cases": len(chosen)}), flush=True)
        shares, output = os.cpu_count() or 1, multiprocessing.Queue()
        workers = [
            multiprocessing.Process(target=work, args=(folder, chosen[share::shares], host, int(port), output))
            for share in range(shares)
        ]
        for worker in workers:
            worker.start()
        try:
            for _ in chosen:
                print(json.dumps(output.get(timeout=2 * LIMIT)), flush=True)
        except queue.Empty:
            sys.exit("no case has come to its end for too long")
        finally:
            for worker in workers:
                worker.terminate()
                worker.join()


if __name__ == "__main__":
    main()
