import base64
import json
import unittest

from sidebyside import load


class LoadTest(unittest.TestCase):
    def test_keys_have_one_length_and_sort_by_number(self):
        keys = [load.key("small", n) for n in (0, 9, 10, 999_999)]
        self.assertEqual({48}, {len(k) for k in keys})
        self.assertEqual(sorted(keys), keys)

    def test_folders_do_not_overlap(self):
        for folder in ("small", "large"):
            for other in ("small", "large"):
                inside = f"/bench/{folder}/".encode() <= load.key(other, 5) < f"/bench/{folder}0".encode()
                self.assertEqual(folder == other, inside)

    def test_batch_is_one_transaction_of_different_values(self):
        puts = json.loads(load.batch_json("small", 5, 3, 300))["success"]
        values = {base64.b64decode(p["requestPut"]["value"]) for p in puts}
        self.assertEqual([300] * 3, [len(v) for v in values])
        self.assertEqual(load.key("small", 7), base64.b64decode(puts[2]["requestPut"]["key"]))

    def test_batches_of_large_values_fit_a_request(self):
        largest = max(d.value_bytes for d in load.DATASETS.values())
        self.assertLess(load._BATCH * (largest + 64), 1.5 * 2**20)
