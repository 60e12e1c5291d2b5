"""The mask hides what differs between any two clusters, and nothing else."""

import io
import sys
import unittest
from unittest import mock

import etcdctl_mask

NAMES = [
    ("https://127.0.0.1:11", "<CLIENT-URL>"),
    ("https://127.0.0.1:21", "<CLIENT-URL>"),
    ("https://127.0.0.1:12", "<PEER-URL>"),
    ("https://127.0.0.1:22", "<PEER-URL>"),
    ("127.0.0.1:11", "<CLIENT-ADDRESS>"),
    ("127.0.0.1:21", "<CLIENT-ADDRESS>"),
]


def masked(text):
    with mock.patch.object(sys, "stdin", io.StringIO(text)), mock.patch.object(sys, "stdout", io.StringIO()) as out:
        etcdctl_mask.mask(NAMES)
        return out.getvalue()


class MaskTest(unittest.TestCase):
    def test_members_in_any_order_are_the_same(self):
        one = "8211f1d0f64f3269, started, m1, https://127.0.0.1:12, https://127.0.0.1:11, false\n"
        two = "91bc3c398fb3c146, started, m2, https://127.0.0.1:22, https://127.0.0.1:21, false\n"
        self.assertEqual(masked("=== list\n" + one + two + "exit 0\n"), masked("=== list\n" + two + one + "exit 0\n"))
        self.assertNotEqual(masked(one + two), masked(one + one))
        self.assertNotEqual(masked(one + two), masked(one + two.replace("started", "unstarted")))

    def test_objects_of_members_in_any_order_are_the_same(self):
        one = '{"ID":9372538179322589801,"name":"m1","peerURLs":["https://127.0.0.1:12"]}'
        two = '{"ID":10501334649042878790,"name":"m2","peerURLs":["https://127.0.0.1:22"]}'
        self.assertEqual(masked('{"members":[%s,%s]}\n' % (one, two)), masked('{"members":[%s,%s]}\n' % (two, one)))
        self.assertNotEqual(masked('{"members":[%s,%s]}\n' % (one, two)), masked('{"members":[%s]}\n' % one))

    def test_the_order_of_keys_and_events_stays(self):
        self.assertNotEqual(masked("a\nb\n"), masked("b\na\n"))
        self.assertNotEqual(masked('{"kvs":[{"key":"YQ=="},{"key":"Yg=="}]}\n'), masked('{"kvs":[{"key":"Yg=="},{"key":"YQ=="}]}\n'))

    def test_revisions_values_and_errors_are_seen(self):
        for a, b in (
            ('{"header":{"revision":2}}', '{"header":{"revision":3}}'),
            ('{"version":1,"value":"MQ=="}', '{"version":2,"value":"MQ=="}'),
            ('{"version":1,"value":"MQ=="}', '{"version":1,"value":"Mg=="}'),
            ("Error: etcdserver: key not found", "Error: etcdserver: permission denied"),
            ("exit 0", "exit 1"),
        ):
            self.assertNotEqual(masked(a + "\n"), masked(b + "\n"))


if __name__ == "__main__":
    unittest.main()
