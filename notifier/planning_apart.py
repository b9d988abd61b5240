"""
Owns planning a day in a process of its own.

The solver holds the interpreter's lock for as long as it searches: in a thread it would silence every chat for two seconds.
"""

import asyncio
import pickle
import sys
from asyncio.subprocess import PIPE
from collections.abc import Sequence

import structlog

from aftersales.day_plan import DayPlan, Job, Worker, plan_day
from aftersales.travel import Travel

log = structlog.get_logger("planning")
START_SECONDS = 20.0  # for a busy machine to start it and read the answer


async def plan_apart(jobs: Sequence[Job], crew: Sequence[Worker], travel: Travel, seconds: float) -> DayPlan:
    """
    What plan_day answers; where the process cannot, its plan without the solver.

    Args:
        travel: of plain values, for it is handed over.
    """
    try:
        return await asyncio.wait_for(_asked(pickle.dumps((jobs, crew, travel, seconds))), seconds + START_SECONDS)
    except (OSError, TimeoutError) as problem:
        log.warning("plan_apart_failed", why=f"{type(problem).__name__}: {problem}")
    return await asyncio.to_thread(plan_day, jobs, crew, travel, 0.0)


async def _asked(question: bytes) -> DayPlan:
    """
    Raises:
        OSError: the process cannot be started, or has failed.
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, stdout=PIPE)
    try:
        told, _ = await process.communicate(question)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ChildProcessError(f"code {process.returncode}")
    plan: DayPlan = pickle.loads(told)  # noqa: S301 - from our own process
    return plan


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(plan_day(*pickle.load(sys.stdin.buffer))))  # noqa: S301 - from our own house
