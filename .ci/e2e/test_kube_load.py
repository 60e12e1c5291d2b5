"""The judge of kube_load.py against doctored histories: what it is there to find, it finds."""

import unittest
from types import SimpleNamespace

import kube_load


def step(event, serial, version, acked=True):
    return {"event": event, "serial": serial, "version": version, "acked": acked}


def item(version, serial):
    return {"metadata": {"resourceVersion": str(version)}, "data": {"serial": str(serial)}}


class JudgeTest(unittest.TestCase):

    def setUp(self):
        self.ledger = kube_load.Ledger()
        self.ledger.chains = {
            "a": [step("ADDED", 0, 10), step("MODIFIED", 1, 12), step("DELETED", 1, None)],
            "b": [step("ADDED", 0, 11), step("MODIFIED", 1, 14)],
            "c": [step("ADDED", 0, 15), step("MODIFIED", 1, None, acked=False)],
            "d": [step("ADDED", 0, None, acked=False)],
        }
        self.final = {"b": item(14, 1), "c": item(16, 1)}
        self.events = [("ADDED", "a", 10, 0), ("ADDED", "b", 11, 0), ("MODIFIED", "a", 12, 1), ("DELETED", "a", 13, 1),
                       ("MODIFIED", "b", 14, 1), ("ADDED", "c", 15, 0), ("MODIFIED", "c", 16, 1)]

    def judge(self, *histories):
        watchers = [SimpleNamespace(name="w%d" % n, wrong=[], events=list(h)) for n, h in enumerate(histories)]
        return kube_load.judge(self.ledger, dict(self.final), watchers)

    def assert_found(self, text, *histories):
        found = self.judge(*(histories or [self.events]))
        self.assertTrue(any(text in f for f in found), found)

    def test_what_happened(self):
        self.assertEqual([], self.judge(self.events, self.events))

    def test_the_unsettled_step_did_not_happen(self):
        self.final["c"] = item(15, 0)
        self.assertEqual([], self.judge(self.events[:-1]))

    def test_every_single_lost_event(self):
        for n, lost in enumerate(self.events):
            with self.subTest(lost=lost):
                self.assertNotEqual([], self.judge(self.events[:n] + self.events[n + 1:]))

    def test_every_single_doubled_event(self):
        for n, doubled in enumerate(self.events):
            with self.subTest(doubled=doubled):
                self.assertNotEqual([], self.judge(self.events[:n] + [doubled] + self.events[n:]))

    def test_every_two_neighbours_exchanged(self):
        for n in range(len(self.events) - 1):
            swapped = list(self.events)
            swapped[n], swapped[n + 1] = swapped[n + 1], swapped[n]
            with self.subTest(n=n):
                self.assert_found("came after", swapped)

    def test_an_event_of_another_version(self):
        self.events[0] = ("ADDED", "a", 9, 0)
        self.assert_found("with version 9 instead of 10")

    def test_an_event_with_an_old_value(self):
        self.events[4] = ("MODIFIED", "b", 14, 0)
        self.assert_found("instead of step 1")

    def test_an_event_of_something_never_written(self):
        self.events.append(("ADDED", "z", 17, 0))
        self.assert_found("never written")

    def test_a_lost_write(self):
        del self.final["b"]
        self.assert_found("b: the store has None")

    def test_a_write_undone(self):
        self.final["b"] = item(11, 0)
        self.assert_found("b: the store has (11, '0')")

    def test_a_delete_undone(self):
        self.final["a"] = item(12, 1)
        self.assert_found("a: the store has (12, '1')")

    def test_something_out_of_nothing(self):
        self.final["z"] = item(12, 1)
        self.assert_found("z exists and was never written")

    def test_watchers_that_disagree_on_an_unsettled_step(self):
        self.assert_found("do not agree", self.events, self.events[:-1])

    def test_watchers_that_disagree_with_the_store(self):
        self.final["c"] = item(15, 0)
        self.assert_found("the store says of the last step False")

    def test_a_relist_explains_a_gap(self):
        listed = {"b": (11, 0)}
        self.assertEqual([], self.judge([self.events[0], ("RELIST", listed, 13, 0)] + self.events[4:]))

    def test_a_relist_explains_what_came_and_went_before_it(self):
        listed = {"b": (11, 0)}
        self.assertEqual([], self.judge([("RELIST", listed, 13, 0)] + self.events[4:]))

    def test_a_relist_does_not_explain_what_came_and_went_after_it(self):
        self.assertNotEqual([], self.judge([("RELIST", {}, 9, 0), ("ADDED", "b", 11, 0)] + self.events[4:]))

    def test_a_relist_explains_no_gap_after_it(self):
        listed = {"b": (11, 0)}
        self.assertNotEqual([], self.judge([self.events[0], ("RELIST", listed, 13, 0)] + self.events[5:]))

    def test_a_relist_that_lost_an_object(self):
        self.assertNotEqual([], self.judge(self.events[:5] + [("RELIST", {}, 14, 0)] + self.events[5:]))

    def test_a_relist_that_goes_back(self):
        listed = {"b": (11, 0)}
        self.assertNotEqual([], self.judge(self.events[:5] + [("RELIST", listed, 14, 0)] + self.events[5:]))

    def test_a_refusal_that_cannot_be(self):
        self.ledger.conflicts.append("PUT b at 11")
        self.assert_found("refused")


if __name__ == "__main__":
    unittest.main()
