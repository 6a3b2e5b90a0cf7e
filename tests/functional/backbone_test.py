"""Backbones, what is learned on them and models of several models, on the real program."""
import ast
import struct
import unittest

from program import DATA, WorkspaceTest, shop_items



def read_npy(path):
    """Rows of a version 1.0 file of float32."""
    content = path.read_bytes()
    assert content[:8] == b"\x93NUMPY\x01\x00", content[:8]
    size = int.from_bytes(content[8:10], "little")
    assert (10 + size) % 64 == 0
    header = ast.literal_eval(content[10:10 + size].decode("ascii"))
    assert (header["descr"], header["fortran_order"]) == ("<f4", False)
    rows, columns = header["shape"]
    values = struct.unpack(f"<{rows * columns}f", content[10 + size:])
    return [values[i * columns:(i + 1) * columns] for i in range(rows)]


class TestBackbones(WorkspaceTest):
    """The tiny text network of the tests: a real BERT with made-up weights."""

    def setUp(self):
        super().setUp()
        self.aisle("backbone", "add", DATA / "backbones" / "tiny", "--name", "tiny")

    def embed(self, name, rows, *words, status=0):
        output = self.folder / (name + ".npy")
        result = self.aisle("embed", "--backbone", "tiny", "--input", self.write_jsonl(name + ".jsonl", rows), "--output", output, "--json",
                            *words, status=status)
        return result.json, read_npy(output)

    def test_M4_a_sentence_model_learns_predicts_and_explains(self):
        task = self.trained_task()
        trained = self.aisle("train", "--task", task, "--model", "sentence", "--set", "backbone=tiny", "--set", "precision=f32", "--json").json
        self.assertEqual((trained["model"], trained["version"]), ("sentence", 2))
        self.assertGreater(trained["accuracy"], 0.5)
        words = ("--task", task, "--version", "2")
        answer = self.aisle("predict", *words, "--field", "title=leather boots", "--explain", "--json").json
        self.assertAlmostEqual(sum(row["probability"] for row in answer["predictions"]), 1, places=2)
        self.assertEqual({word["text"] for word in answer["explanation"]["evidence"]}, {"leather", "boots"})
        rows = [{"id": str(i), "title": item["title"], "body": item["body"]} for i, item in enumerate(shop_items(70))]
        answers = self.aisle("predict", *words, "--input", self.write_jsonl("input.jsonl", rows)).lines
        self.assertEqual([row["id"] for row in answers], [row["id"] for row in rows])
        one = self.aisle("predict", *words, "--field", f"title={rows[69]['title']}", "--field", f"body={rows[69]['body']}", "--json").json
        self.assertAlmostEqual(answers[69]["predictions"][0]["probability"], one["predictions"][0]["probability"], places=4)
        self.assertEqual(self.aisle("evaluate", *words, "--json").json["accuracy"], trained["accuracy"])
        again = self.aisle("train", "--task", task, "--model", "sentence", "--set", "backbone=tiny", "--set", "precision=f32", "--json").json
        self.assertEqual(again["accuracy"], trained["accuracy"])
        self.aisle("backbone", "remove", "tiny", status=1)

    def test_M6_a_fusion_answers_with_its_members_whatever_is_missing(self):
        task = self.trained_task()
        train = ("train", "--task", task, "--json", "--set", "members=linear,sentence:tiny", "--set", "sentence.precision=f32")
        trained = self.aisle(*train, "--model", "weighted", "--set", "linear.epochs=3").json
        self.assertGreater(trained["accuracy"], 0.5)
        shown = self.aisle("models", "show", "--task", task, "2", "--json").json
        self.assertEqual([member["model"] for member in shown["members"]], ["linear", "sentence:tiny"])
        self.assertAlmostEqual(sum(member["weight"] for member in shown["members"]), 1, places=3)
        self.assertEqual((shown["parameters"]["linear.epochs"], shown["parameters"]["sentence:tiny.backbone"]), ("3", "tiny"))
        words = ("--task", task, "--version", "2")
        answer = self.aisle("predict", *words, "--field", "title=leather boots", "--explain", "--json").json
        self.assertEqual([member["model"] for member in answer["members"]], ["linear", "sentence:tiny"])
        self.assertTrue(all(member["label"] and member["latency_ms"] >= 0 for member in answer["members"]))
        self.assertIn("leather", {word["text"] for word in answer["explanation"]["evidence"]})
        self.assertIn("sentence:tiny", self.aisle("predict", *words, "--field", "title=leather boots").out)
        rows = [{"id": str(i), "title": item["title"] if i % 2 else "", "body": item["body"]} for i, item in enumerate(shop_items(40))]
        answers = self.aisle("predict", *words, "--input", self.write_jsonl("input.jsonl", rows)).lines
        self.assertTrue(all(len(one["members"]) == 2 for one in answers))
        evaluated = self.aisle("evaluate", *words, "--robustness", "--json").json
        self.assertEqual(evaluated["accuracy"], trained["accuracy"])
        self.assertEqual(len(evaluated["robustness"]), 3)
        again = self.aisle(*train, "--model", "weighted", "--set", "linear.epochs=3", "--threads", "1").json
        self.assertEqual(again["accuracy"], trained["accuracy"])
        self.aisle("backbone", "remove", "tiny", status=1)

    def test_M6_versions_are_members_while_they_share_the_data(self):
        task = self.trained_task()
        self.aisle("train", "--task", task, "--model", "sentence", "--set", "backbone=tiny", "--set", "precision=f32")
        self.aisle("train", "--task", task, "--model", "concat", "--set", "members=1,2")
        answer = self.aisle("predict", "--task", task, "--version", "3", "--field", "title=leather boots", "--json").json
        self.assertEqual([member["model"] for member in answer["members"]], ["1", "2"])
        self.aisle("models", "remove", "--task", task, "2")
        self.aisle("predict", "--task", task, "--version", "3", "--field", "title=leather boots")
        self.assertIn("version 3", self.aisle("backbone", "remove", "tiny", status=1).err)
        self.aisle("import", "--task", task, "--certified", self.write_jsonl("more.jsonl", [{"id": "new", "title": "new boots", "label": "shoes"}]))
        refused = self.aisle("train", "--task", task, "--model", "average", "--set", "members=1,sentence:tiny", status=1)
        self.assertIn("snapshot", refused.err)
        for members in ("linear", "linear,tree", "linear,weighted", "linear,sentence"):
            self.assertIn(self.run_program("train", "--task", task, "--model", "average", "--set", "members=" + members).status, (1, 2))
        unknown = self.aisle("train", "--task", task, "--model", "average", "--set", "members=linear,1", "--set", "linear.epoch=1", status=2)
        self.assertIn("linear.epochs", unknown.err)

    def test_M14_a_cascade_asks_the_second_model_where_the_first_is_unsure(self):
        task = self.trained_task()
        self.aisle("train", "--task", task, "--model", "cascade", "--set", "first=linear", "--set", "second=sentence:tiny", "--set",
                   "second.precision=f32")
        words = ("predict", "--task", task, "--version", "2", "--json", "--field")
        self.assertEqual([member["model"] for member in self.aisle(*words, "title=leather boots").json["members"]][0], "linear")
        asked = self.aisle(*words, "title=zzz").json["members"]
        self.assertEqual([member["model"] for member in asked], ["linear", "sentence:tiny"])
        self.assertIsNone(asked[0]["label"])

    def test_M4_embed_writes_a_row_an_item(self):
        rows = [{"id": "a", "title": "red shoes"}, {"id": "b", "title": ""}, {"id": "c", "title": "red shoes"}]
        result, features = self.embed("some", rows, "--field", "title", status=3)
        self.assertEqual((result["rows"], result["items"], result["rejected"]), (3, 2, 1))
        self.assertEqual(len(features), 3)
        self.assertTrue(any(features[0]))
        self.assertEqual(features[0], features[2])
        self.assertFalse(any(features[1]))
        self.aisle("embed", "--backbone", "nobody", "--input", self.folder / "some.jsonl", "--field", "title", "--output", self.folder / "x.npy", status=1)
        self.assertFalse((self.folder / "x.npy").exists())

    def test_M4_embed_gives_the_same_with_one_thread_and_alone(self):
        rows = [{"id": str(i), "title": item["title"]} for i, item in enumerate(shop_items(40))]
        words = ("--field", "title", "--precision", "f32")
        _, together = self.embed("many", rows, *words, "--threads", "2")
        (self.workspace / "features.db").unlink()
        for suffix in ("-wal", "-shm"):
            (self.workspace / ("features.db" + suffix)).unlink(missing_ok=True)
        _, alone = self.embed("one", rows[7:8], *words, "--threads", "1")
        for a, b in zip(together[7], alone[0]):
            self.assertAlmostEqual(a, b, places=5)


if __name__ == "__main__":
    unittest.main()
