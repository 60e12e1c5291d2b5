import unittest
from dataclasses import replace

from sidebyside import report, rows
from sidebyside.plan import FULL, SHORT, Budget
from sidebyside.rows import Measured, Pair
from sidebyside.runner import Result
from sidebyside.trial import Sample
from sidebyside.workloads import WORKLOADS, select

PUT = next(w for w in WORKLOADS if w.name == "put100")
THREE = next(w for w in WORKLOADS if w.name == "three1")


def sample(cpu_us: float, p50: float = 1.0, client: float = 0.5, disturbed: bool = False) -> Sample:
    return Sample(
        side="x", workload="x", total=1000, units=1000, wall_seconds=2.0,
        cpu_seconds=cpu_us / 1e3, system_seconds=None, client_cpu_seconds=client * 2.0,
        resume_cpu_seconds=0.0, rate=500.0, p50_ms=p50, p99_ms=None, steal=0.0,
        other_cores=0.0, disturbed=disturbed,
    )  # fmt: skip


def measured(ratios: list[float], workload=PUT, **sample_args) -> Measured:
    pairs = [Pair(sample(100.0, **sample_args), sample(100.0 * r, **sample_args)) for r in ratios]
    return Measured(workload, pairs, settled={"peer": True, "ours": True})


class RowsTest(unittest.TestCase):
    def test_ratio_is_the_median_of_pair_ratios_and_not_of_medians(self):
        pairs = [Pair(sample(100), sample(50)), Pair(sample(10), sample(9)), Pair(sample(1), sample(1))]
        line = rows.row(PUT.metrics[0], Measured(PUT, pairs), True)
        self.assertAlmostEqual(0.9, line["ratio"])
        self.assertAlmostEqual(10.0, line["peer"])
        self.assertAlmostEqual(9.0, line["ours"])

    def test_good_row_has_a_verdict(self):
        line = rows.row(PUT.metrics[0], measured([0.4] * 7), True)
        self.assertTrue(line["quotable"])
        self.assertIs(True, line["met"])
        self.assertIs(False, rows.row(PUT.metrics[0], measured([0.6] * 7), True)["met"])

    def test_disturbed_pairs_are_thrown_away_and_counted(self):
        got = measured([0.4] * 7)
        noisy = Pair(sample(100), sample(900, disturbed=True))
        got.pairs += [noisy, noisy]
        line = rows.row(PUT.metrics[0], got, True)
        self.assertAlmostEqual(0.4, line["ratio"])
        self.assertEqual((7, 2), (line["pairs"], line["disturbed_pairs"]))

    def test_only_disturbed_pairs_give_no_figure(self):
        line = rows.row(PUT.metrics[0], measured([0.4] * 7, disturbed=True), True)
        self.assertIsNone(line["ratio"])
        self.assertIsNone(line["met"])
        self.assertAlmostEqual(0.4, line["all_pairs"]["ratio"])

    def test_no_verdict_without_a_valid_control(self):
        for control in (False, None):
            line = rows.row(PUT.metrics[0], measured([0.4] * 7), control)
            self.assertIsNone(line["met"])
            self.assertFalse(line["quotable"])

    def test_no_verdict_from_a_cold_server_or_too_few_pairs(self):
        cold = measured([0.4] * 7)
        cold.settled["ours"] = False
        self.assertIsNone(rows.row(PUT.metrics[0], cold, True)["met"])
        self.assertIsNone(rows.row(PUT.metrics[0], measured([0.4] * 4), True)["met"])

    def test_latency_is_not_taken_from_a_saturated_client(self):
        metric = next(m for m in THREE.metrics if m.kind == "p50")
        line = rows.row(metric, measured([1.0] * 7, THREE, client=0.8), True)
        self.assertIsNone(line["ratio"])
        line = rows.row(metric, measured([1.0] * 7, THREE, client=0.79), True)
        self.assertEqual(1.0, line["ratio"])

    def test_control_has_to_stay_near_one(self):
        self.assertIs(True, rows.control_verdict(measured([0.95, 1.0, 1.1]).pairs)["ok"])
        self.assertIs(False, rows.control_verdict(measured([1.2, 1.2, 1.0]).pairs)["ok"])
        self.assertIsNone(rows.control_verdict(measured([1.0], disturbed=True).pairs)["ok"])


class ReportTest(unittest.TestCase):
    def content(self, *done: Measured):
        result = Result(measured=list(done))
        result.control = rows.control_verdict(measured([1.0] * 3).pairs)
        return report.summary("abc", "etcd", "store", SHORT, result, {}, {})

    def test_every_row_of_the_scorecard_is_there_measured_or_not(self):
        lines = self.content(measured([0.4] * 7))["rows"]
        self.assertEqual(sum(len(w.metrics) for w in WORKLOADS) + 1, len(lines))
        by_row = {line["row"]: line for line in lines}
        self.assertAlmostEqual(0.4, by_row["S1.put"]["ratio"])
        self.assertIsNone(by_row["S1.cas"]["ratio"])
        for line in lines:
            self.assertTrue(line["quotable"] or line["notes"], line["row"])

    def test_report_shows_a_dash_for_what_was_not_measured(self):
        text = report.markdown(self.content(measured([0.4] * 7)))
        self.assertRegex(text, r"\| S1\.put .*\| 100 \| 40 \| 0\.4 .*\| yes \|")
        self.assertRegex(text, r"\| S1\.cas .*\| – \| – \| – ")

    def test_growth_needs_both_sizes(self):
        small, large = (
            measured([0.5] * 7, replace(w)) for w in WORKLOADS if w.name in ("page10k300", "page210k")
        )
        self.assertEqual(1.0, self.content(small, large)["growth"][0]["ours"])
        self.assertIsNone(self.content(small)["growth"][0]["ours"])

    def test_numbers(self):
        self.assertEqual(
            ["–", "0", "0.0123", "12.3", "123", "12 346"],
            [report.number(v) for v in (None, 0, 0.01234, 12.34, 123.4, 12345.6)],
        )


class WorkloadsTest(unittest.TestCase):
    def test_rows_are_unique(self):
        names = [m.row for w in WORKLOADS for m in w.metrics]
        self.assertEqual(len(names), len(set(names)))

    def test_no_connection_carries_more_than_a_hundred_streams(self):
        for workload in WORKLOADS:
            for arg in workload.args:
                if arg.startswith("--streams="):
                    self.assertLessEqual(int(arg.split("=")[1]), 100 * workload.conns)

    def test_command(self):
        page = next(w for w in WORKLOADS if w.name == "page10k300")
        self.assertEqual(
            ["--endpoints=h:1", "--precise", "--conns=1", "--clients=1", "range", "a", "b",
             "--limit=500", "--total=7"],
            page.command("h:1", 7, ("a", "b")),
        )  # fmt: skip

    def test_short_runs_leave_out_what_only_full_ones_have(self):
        self.assertEqual(
            {"page1M", "count1M", "watch3000"},
            {w.name for w in WORKLOADS} - {w.name for w in select({w.scorecard for w in WORKLOADS}, False)},
        )


class BudgetTest(unittest.TestCase):
    def test_time_left_over_goes_to_the_rows_still_to_come(self):
        now = [0.0]
        budget = Budget(110, 4, lambda: now[0])
        self.assertEqual(25, budget.next_row_deadline())
        now[0] = 10
        self.assertEqual(40, budget.next_row_deadline())

    def test_heavier_row_gets_more(self):
        budget = Budget(110, 2, lambda: 0.0)
        self.assertAlmostEqual(75, budget.next_row_deadline(3.0))

    def test_no_limit(self):
        budget = Budget(FULL.budget, 1, lambda: 0.0)
        self.assertFalse(budget.over(budget.next_row_deadline(), 1e9))

    def test_late_rows_get_nothing(self):
        now = [0.0]
        budget = Budget(20, 1, lambda: now[0])
        now[0] = 50
        self.assertTrue(budget.over(budget.next_row_deadline(), 1))
