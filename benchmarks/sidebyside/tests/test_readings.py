"""What is read from the kernel, strace and etcdctl."""

import unittest
from pathlib import Path

from sidebyside import audit, cpu, machine, tools

STAT = """cpu  146521 7482 28210 139392 1729 100 366 2636 50 0
cpu0 72517 3605 13433 71932 254 0 61 1312 0 0
"""

STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 99.00    0.012345         116       106           fdatasync
  1.00    0.000100          10        10         2 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    0.012445         107       116         2 total
"""

MOUNTS = """/dev/vda / ext4 rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
/dev/vdb /data\\040disk xfs rw 0 0
overlay / overlay rw 0 0
"""

STATUS = """[
 {"Endpoint":"a:1","Status":{"header":{"member_id":18446744073709551615},"leader":7}},
 {"Endpoint":"b:1","Status":{"header":{"member_id":7},"leader":7}},
 {"Endpoint":"c:1","Status":{"header":{"member_id":3},"leader":7}}]"""


class ReadingsTest(unittest.TestCase):
    def test_processor_times_leave_guest_time_where_it_is(self):
        times = machine.parse_stat(STAT)
        self.assertAlmostEqual(1822.13, times.busy)
        self.assertAlmostEqual(4.66, times.irq)
        self.assertAlmostEqual(1411.21, times.idle)
        self.assertAlmostEqual(26.36, times.steal)

    def test_interference_is_what_nobody_of_the_run_used(self):
        before = machine.CpuTimes(10, 1, 10, 1)
        after = machine.CpuTimes(14, 1.2, 15.6, 1.2)
        noise = machine.interference(before, after, 5, 2.0)
        self.assertAlmostEqual(0.02, noise.steal)
        self.assertAlmostEqual(0.4, noise.other_cores)
        self.assertTrue(noise.disturbs())

    def test_quiet_machine_does_not_disturb(self):
        self.assertFalse(machine.Interference(0.02, 0.3).disturbs())
        self.assertTrue(machine.Interference(0.021, 0.0).disturbs())
        self.assertTrue(machine.Interference(0.0, 0.31).disturbs())

    def test_ticks_rounding_never_makes_negative_load(self):
        same = machine.CpuTimes(1, 0, 1, 0)
        self.assertEqual(0.0, machine.interference(same, same, 1, 0.01).other_cores)

    def test_process_name_may_hold_anything(self):
        stat = "12 (a ) b (c) S 1 77 77 0 -1 4194560 1 2 3 4 11 12 13 14 20 0 9"
        self.assertEqual(
            {"pgrp": 77, "utime": 11, "stime": 12, "cutime": 13, "cstime": 14},
            cpu.parse_pid_stat(stat),
        )

    def test_flat_file(self):
        self.assertEqual({"usage_usec": 5, "x": 0}, cpu.parse_flat("usage_usec 5\nx 0\n"))

    def test_sync_calls_without_the_total(self):
        self.assertEqual({"fdatasync": 106, "fsync": 10}, audit.parse_counts(STRACE))

    def test_innermost_and_latest_mount_decides(self):
        def kind(path):
            return machine.mounted_type(MOUNTS, Path(path))

        self.assertEqual("overlay", kind("/home/x"))
        self.assertEqual("tmpfs", kind("/dev/shm/a"))
        self.assertEqual("xfs", kind("/data disk"))
        self.assertEqual("overlay", kind("/dev/shmx"))

    def test_leader_is_named_only_when_all_agree(self):
        self.assertEqual("b:1", tools.leader_of(STATUS, 3))
        self.assertIsNone(tools.leader_of(STATUS.replace('"leader":7}}]', '"leader":3}}]'), 3))
        self.assertIsNone(tools.leader_of("[" + STATUS.split("[", 1)[1], 5))

    def test_no_leader_is_not_a_leader(self):
        self.assertIsNone(tools.leader_of(STATUS.replace('"leader":7', '"leader":0'), 3))

    def test_count_in_fields(self):
        self.assertEqual(9999, tools.count_of('"ClusterID" : 1\n"More" : false\n"Count" : 9999\n'))
        with self.assertRaises(tools.LoadFailed):
            tools.count_of("")
