import unittest

from sidebyside import stats


class StatsTest(unittest.TestCase):
    def test_band_of_seven_is_second_to_sixth(self):
        summary = stats.summarize([7.0, 1.0, 3.0, 2.0, 5.0, 4.0, 6.0])
        self.assertEqual((7, 4.0, 2.0, 6.0), tuple(vars(summary).values()))

    def test_band_of_few_pairs_is_the_range(self):
        summary = stats.summarize([0.5, 0.3, 0.4])
        self.assertEqual((0.3, 0.5), (summary.low, summary.high))
        self.assertEqual([1] * 6, [stats.band_rank(n) for n in range(1, 7)])

    def test_band_of_fourteen_covers_as_much(self):
        self.assertEqual(4, stats.band_rank(14))

    def test_even_number_takes_the_middle(self):
        self.assertEqual(0.5, stats.summarize([0.4, 0.6]).ratio)

    def test_nothing_measured_is_no_summary(self):
        self.assertIsNone(stats.summarize([]))

    def test_sides_are_interleaved_a_b_b_a(self):
        order = "".join("AB"[side] for pair in range(4) for side in stats.side_order(pair))
        self.assertEqual("ABBAABBA", order)

    def test_settled_looks_at_the_last_two_windows(self):
        self.assertFalse(stats.settled([100.0]))
        self.assertFalse(stats.settled([100.0, 95.0]))
        self.assertTrue(stats.settled([200.0, 100.0, 95.1]))
        self.assertFalse(stats.settled([100.0, 100.0, 120.0]))
        self.assertFalse(stats.settled([0.0, 10.0]))

    def test_totals_are_round_and_bounded(self):
        self.assertEqual(12_000, stats.round_total(12_345, 10, 40_000))
        self.assertEqual(40_000, stats.round_total(99_999, 10, 40_000))
        self.assertEqual(10, stats.round_total(0.3, 10, 40_000))
        self.assertEqual(7, stats.round_total(7.9, 1, 40_000))
