import unittest

from sidebyside import toolout

PUT = """
Summary:
  Total:\t0.070349025 secs.
  Slowest:\t0.006319226 secs.
  Fastest:\t0.000431311 secs.
  Average:\t0.0013903854999999996 secs.
  Stddev:\t0.0009576043627571461 secs.
  Requests/sec:\t2842.9676175327236

Response time histogram:
  0.000431311 [1]\t|
  0.0010201025 [89]\t|∎∎∎∎
  2.63101e-05 [110]\t|∎∎∎∎

Latency distribution:
  10% in 0.000723835 secs.
  50% in 0.001112292 secs.
  99% in 0.006285106 secs.
  99.9% in 6.9443e-03 secs.

"""

WATCH = f"\nPut summary:\n{PUT}\nWatch events summary:\n{PUT.replace('[110]', '[1910]')}"

ERRORS = """
Error distribution:
  [3]\tetcdserver: request timed out
  [2]\trpc error: code = Unavailable desc = closing [now]
"""


class ToolOutputTest(unittest.TestCase):
    def test_reads_a_summary(self):
        (report,) = toolout.parse(PUT)
        self.assertEqual(0.070349025, report.seconds)
        self.assertEqual(2842.9676175327236, report.rate)
        self.assertEqual(0.006319226, report.slowest)
        self.assertEqual(0.001112292, report.quantiles["50"])
        self.assertEqual(0.0069443, report.quantiles["99.9"])
        self.assertEqual(0, report.failed)

    def test_counts_successes_from_the_histogram(self):
        self.assertEqual(200, toolout.parse(PUT)[0].done)

    def test_watch_latency_has_puts_then_events(self):
        self.assertEqual([200, 2000], [r.done for r in toolout.parse(WATCH)])

    def test_errors_beside_successes_are_counted(self):
        (report,) = toolout.parse(PUT + ERRORS)
        self.assertEqual(200, report.done)
        self.assertEqual(5, report.failed)
        self.assertIn("etcdserver: request timed out", report.errors)

    def test_errors_alone_are_a_report_with_nothing_done(self):
        (report,) = toolout.parse(ERRORS)
        self.assertEqual((0, 5), (report.done, report.failed))

    def test_milliseconds_of_newer_tools(self):
        (report,) = toolout.parse("Summary:\n  50% in 1.500 ms.\n")
        self.assertEqual(0.0015, report.quantiles["50"])

    def test_other_output_is_no_report(self):
        self.assertEqual([], toolout.parse("bench with linearizable range\n"))
