"""Starts one program (a simulator run, the work of a job) and takes it down with its owner. Run as a script, never
imported by the package.

The owner holds the write end of this process's standard input. When that pipe ends (closed on purpose, or because the
owner is gone, also by SIGKILL), the program's whole process group is killed. A death signal tied to the owner would
not do: it fires when the thread that started the child ends. Imports are few: this start is part of every run.

Arguments: WALL_S CPU_S MEMORY_BYTES FILE_BYTES PROGRAM [ARGUMENT ...]. The program gets no standard input or output;
its messages go to this process's standard error. One line on standard output says how it ended:
"REASON CODE WALL_S CPU_S MEMORY_BYTES" with REASON one of exited, signalled, time, gone.
"""

import ctypes
import os
import resource
import select
import signal
import sys
import time
from contextlib import suppress

PR_SET_PDEATHSIG = 1


def _limit(kind: int, value: int, spare: int = 0) -> None:
    """Set a limit that cannot be raised again; `spare` lies between the signal and the kill where there is one."""
    _soft, hard = resource.getrlimit(kind)
    most = value + spare if hard == resource.RLIM_INFINITY else min(value + spare, hard)
    resource.setrlimit(kind, (min(value, most), most))


def _become(command: list[str], limits: tuple[int, int, int], libc: ctypes.CDLL, launcher: int) -> None:
    """In the child: own process group, dies with the launcher, limited, nothing inherited but the message file."""
    os.setpgid(0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != launcher:
        os._exit(127)
    # The interpreter ignores these two, and a child would inherit that: a file too large would then be cut, not an end.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    cpu_s, memory_bytes, file_bytes = limits
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 256)
    _limit(resource.RLIMIT_CPU, cpu_s, spare=5)
    _limit(resource.RLIMIT_FSIZE, file_bytes)
    _limit(resource.RLIMIT_AS, memory_bytes)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.execv(command[0], command)


def main() -> None:
    wall_s, cpu_s, memory_bytes, file_bytes = (int(float(word)) for word in sys.argv[1:5])
    command = sys.argv[5:]
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(waker)
    libc = ctypes.CDLL(None)
    launcher = os.getpid()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            _become(command, (cpu_s, memory_bytes, file_bytes), libc, launcher)
        except BaseException as error:
            os.write(2, f"Error: the program could not be started: {error}\n".encode())
        finally:
            os._exit(127)
    with suppress(OSError):  # it was quicker, or is gone already
        os.setpgid(child, child)

    reason = "ended"
    while reason == "ended":
        left_s = started + wall_s - time.monotonic()
        ready = select.select([0, wake], [], [], max(left_s, 0.0))[0]
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            break
        if 0 in ready and not os.read(0, 4096):
            reason = "gone"
        elif left_s <= 0:
            reason = "time"
        elif wake in ready:
            os.read(wake, 4096)
    with suppress(OSError):  # also what an ended child may have left behind: its id is still held by the dead one
        os.killpg(child, signal.SIGKILL)
    _child, status, usage = os.wait4(child, 0)
    if reason == "ended":
        reason = "signalled" if os.WIFSIGNALED(status) else "exited"
    code = os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    cpu = usage.ru_utime + usage.ru_stime
    line = f"{reason} {code} {time.monotonic() - started:.3f} {cpu:.3f} {usage.ru_maxrss * 1024}\n"
    with suppress(OSError):  # nobody is left to read it
        os.write(1, line.encode())


if __name__ == "__main__":
    main()
