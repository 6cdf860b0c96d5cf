"""Runs a command as on a file system that knows no links, such as that of a memory stick: link() gives EPERM.

The kernel refuses the call (https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html).
"""

import ctypes
import errno
import os
import platform
import struct
import sys

# The numbers of link and linkat: https://github.com/torvalds/linux/blob/master/include/uapi/asm-generic/unistd.h and
# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl
CALLS = {"x86_64": (86, 265), "aarch64": (37,)}[platform.machine()]

LOAD_NUMBER = (0x20, 0, 0, 0)
ALLOW = (0x06, 0, 0, 0x7FFF0000)
REFUSE = (0x06, 0, 0, 0x00050000 | errno.EPERM)
PR_SET_SECCOMP, FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def main() -> None:
    steps = [LOAD_NUMBER]
    for place, call in enumerate(CALLS):
        steps.append((0x15, len(CALLS) - place, 0, call))
    steps += [ALLOW, REFUSE]
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    system = ctypes.CDLL(None, use_errno=True)
    program = Program(len(steps), code)
    if system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or system.prctl(
        PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0
    ):
        sys.exit("no filter: " + os.strerror(ctypes.get_errno()))
    os.execv(sys.argv[1], sys.argv[1:])


main()
