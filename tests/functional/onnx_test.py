"""What leaves as ONNX gives the same answers in onnxruntime. Run by with_venv.sh, which has onnxruntime."""
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest
import zlib

import numpy
import onnx

import onnx_reference
from program import DATA, WorkspaceTest, question_items, shop_items

CASES = os.environ.get("AISLE_ONNX_CASES", "")
MOST_PARAMETERS = os.environ.get("AISLE_ONNX_MOST_PARAMETERS", "100000000")
EXACT = 1e-4
NEAR = 1e-5  # made-up pictures differ little behind a deep network


class TestArchitectures(unittest.TestCase):
    """The engine and onnxruntime on every architecture with made-up weights."""

    def test_M13_every_network_gives_the_same_answers_in_onnxruntime(self):
        with tempfile.TemporaryDirectory(prefix="aisle-onnx-") as folder:
            subprocess.run([CASES, folder, MOST_PARAMETERS], check=True)
            files = sorted(pathlib.Path(folder).glob("*.onnx"))
            self.assertGreaterEqual(len(files), 12)
            for file in files:
                network = onnx_reference.checked_session(file)
                case = onnx_reference.read_safetensors(file.with_suffix(".safetensors"))
                for item in (None, 0, 1, 2):
                    with self.subTest(network=file.stem, item=item):
                        self.assertLess(onnx_reference.case_difference(network, case, item), NEAR)


def make_png(pixels):
    """[height, width, 3] bytes, without a filter."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class ExportTest(WorkspaceTest):
    def export(self, *words, status=0):
        self.output = self.folder / "exported.onnx"
        return self.aisle(*words, "--format", "onnx", "--output", self.output, "--json", status=status).json

    def metadata(self):
        return {entry.key: entry.value for entry in onnx.load(str(self.output)).metadata_props}

    def predictions(self, task, version, items, *words):
        """[items, labels] in the order of the file's labels."""
        labels = json.loads(self.metadata()["labels"])
        source = self.write_jsonl("input.jsonl", items)
        rows = self.aisle("predict", "--task", task, "--version", version, "--input", source, "--top", len(labels), *words).lines
        table = [{one["label"]: one["probability"] for one in row["predictions"]} for row in rows]
        return numpy.array([[row.get(label, 0) for label in labels] for row in table])


class TestTexts(ExportTest):
    def setUp(self):
        super().setUp()
        self.aisle("backbone", "add", DATA / "backbones/tiny", "--name", "tiny")

    def tokens(self, texts):
        """Ids as the tiny tokenizer gives them: words, and pieces of words, by the longest that it knows."""
        vocabulary = json.loads((DATA / "backbones/tiny/tokenizer.json").read_text())["model"]["vocab"]
        rows = []
        for text in texts:
            ids = [vocabulary["[CLS]"]]
            for word in text.lower().replace(",", " , ").split():
                pieces, rest, prefix = [], word, ""
                while rest:
                    size = next((n for n in range(len(rest), 0, -1) if prefix + rest[:n] in vocabulary), 0)
                    if size == 0:
                        pieces = [vocabulary["[UNK]"]]
                        break
                    pieces.append(vocabulary[prefix + rest[:size]])
                    rest, prefix = rest[size:], "##"
                ids += pieces
            rows.append(ids + [vocabulary["[SEP]"]])
        longest = max(map(len, rows))
        ids, mask = (numpy.zeros((len(rows), longest), dtype=numpy.int64) for _ in range(2))
        for i, row in enumerate(rows):
            ids[i, :len(row)] = row
            mask[i, :len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}

    def check_version(self, task, items):
        """The file's answers to new items are the program's."""
        result = self.export("models", "export", "--task", task, "2")
        self.assertEqual(result["inputs"], ["input_ids", "attention_mask", "token_type_ids"])
        self.assertEqual(result["outputs"], ["features", "probabilities"])
        self.assertGreaterEqual(result["opset"], 13)
        network = onnx_reference.checked_session(self.output)
        inputs = self.tokens([item["title"] + "\n" + item["body"] for item in items])
        got = onnx_reference.answers(network, inputs)["probabilities"]
        expected = self.predictions(task, 2, [{key: item[key] for key in ("id", "title", "body")} for item in items])
        numpy.testing.assert_allclose(got, expected, atol=EXACT)
        self.assertGreater(numpy.ptp(expected, axis=0).max(), 0.1, "all items have one answer")

    def trained(self, kind, items):
        task = self.trained_task(items, kind)
        self.aisle("train", "--task", task, "--model", "sentence", "--set", "backbone=tiny", "--set", "precision=f32")
        return task

    def test_M13_a_sentence_model_of_a_category_answers_the_same(self):
        task = self.trained("category", shop_items())
        self.check_version(task, shop_items(400)[300:])
        metadata = self.metadata()
        self.assertEqual(json.loads(metadata["labels"]), ["books", "garden", "shoes"])
        self.assertEqual(json.loads(metadata["text_fields"]), ["title", "body"])
        self.assertEqual((metadata["backbone"], metadata["version"], metadata["task"]), ("tiny", "2", task))
        self.assertAlmostEqual(sum(json.loads(metadata["priors"])), 1, places=4)

    def test_M13_a_sentence_model_of_tags_answers_the_same(self):
        self.check_version(self.trained("tags", question_items()), question_items(400)[300:])
        self.assertEqual(len(json.loads(self.metadata()["tag_limits"])), 4)

    def test_M13_a_backbone_leaves_with_its_features_alone(self):
        result = self.export("backbone", "export", "tiny")
        self.assertEqual(result["outputs"], ["features"])
        rows = [{"id": str(i), "title": item["title"]} for i, item in enumerate(shop_items(20))]
        self.aisle("embed", "--backbone", "tiny", "--input", self.write_jsonl("rows.jsonl", rows), "--field", "title", "--precision", "f32",
                   "--output", self.folder / "rows.npy")
        got = onnx_reference.answers(onnx_reference.checked_session(self.output), self.tokens([row["title"] for row in rows]))["features"]
        self.assertLess(onnx_reference.difference(got, numpy.load(self.folder / "rows.npy")), EXACT)

    def test_M13_what_is_no_network_and_what_is_there_are_refused(self):
        task = self.trained_task()
        error = self.export("models", "export", "--task", task, status=1)["error"]
        self.assertEqual(error["code"], "unsupported")
        self.assertIn("linear", error["message"])
        self.assertFalse(self.output.exists())
        self.write("exported.onnx", "mine")
        self.assertIn("--force", self.export("backbone", "export", "tiny", status=1)["error"]["message"])
        self.assertEqual(self.output.read_text(), "mine")
        self.export("backbone", "export", "tiny", "--force")
        self.assertGreater(self.output.stat().st_size, 1000)
        self.aisle("backbone", "export", "tiny", "--format", "coreml", "--output", self.folder / "x", status=2)
        self.aisle("backbone", "export", "tiny", "--output", self.folder / "no/folder.onnx", status=1)

    def test_M13_a_library_that_is_missing_is_named(self):
        result = self.aisle("backbone", "export", "tiny", "--output", self.folder / "x.onnx", status=1,
                            environment={"AISLE_ONNX_LIBRARY": "/nowhere/libaisle_onnx.so"})
        self.assertIn("/nowhere/libaisle_onnx.so", result.err)
        self.assertEqual(list(self.folder.glob("x.onnx*")), [])


class TestPictures(ExportTest):
    """A timm folder with made-up weights, on pictures of the size that it cuts out."""
    SIZE = 64
    MEAN, DEVIATION = [0.5, 0.4, 0.3], [0.3, 0.25, 0.2]

    def setUp(self):
        super().setUp()
        self.make_backbone()
        self.aisle("backbone", "add", self.folder / "backbone", "--name", "lite")

    def make_backbone(self):
        random = numpy.random.default_rng(5)
        lines = (DATA / "networks/efficientnet_lite0.txt").read_text().splitlines()[1:]
        header, data = {}, b""
        for line in lines:
            name, shape = line.split(" ", 1)
            shape = json.loads(shape)
            if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
                values = random.uniform(0.8, 1.2, shape)
            elif len(shape) == 1:
                values = random.uniform(-0.2, 0.2, shape)
            else:
                values = random.normal(0, (1.5 / numpy.prod(shape[1:])) ** 0.5, shape)
            encoded = values.astype(numpy.float32).tobytes()
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(encoded)]}
            data += encoded
        encoded = json.dumps(header).encode()
        self.write("backbone/model.safetensors", struct.pack("<Q", len(encoded)) + encoded + data)
        self.write("backbone/config.json", json.dumps({
            "architecture": "efficientnet_lite0", "num_classes": 1000,
            "pretrained_cfg": {"input_size": [3, self.SIZE, self.SIZE], "interpolation": "bicubic", "crop_pct": 1.0, "mean": self.MEAN,
                               "std": self.DEVIATION}}))

    def picture(self, label, number):
        random = numpy.random.default_rng(number)
        pixels = random.integers(0, 120, (self.SIZE, self.SIZE, 3), dtype=numpy.uint8)
        pixels[:, :, ("red", "green", "blue").index(label)] += 100
        return pixels

    def test_M13_a_picture_model_answers_the_same(self):
        self.aisle("task", "create", "colours", "--kind", "category", "--text", "title", "--image", "image")
        items, pictures = [], []
        for i in range(150):
            label = ("red", "green", "blue")[i % 3]
            pictures.append(self.picture(label, i))
            self.write(f"{i}.png", make_png(pictures[-1]))
            items.append({"id": str(i), "title": "", "image": f"{i}.png", "label": label})
        self.aisle("import", "--task", "colours", "--certified", self.write_jsonl("items.jsonl", items))
        self.aisle("train", "--task", "colours", "--model", "picture", "--set", "backbone=lite", "--set", "precision=f32")
        result = self.export("models", "export", "--task", "colours", "1")
        self.assertEqual(result["inputs"], ["pixel_values"])
        picture = json.loads(self.metadata()["picture"])
        self.assertEqual((picture["size"], picture["resized"], picture["mean"]), (self.SIZE, self.SIZE, self.MEAN))
        pixels = numpy.stack(pictures).astype(numpy.float32) / 255
        pixels = (pixels - numpy.array(picture["mean"])) / numpy.array(picture["deviation"])
        inputs = {"pixel_values": pixels.transpose(0, 3, 1, 2).astype(numpy.float32)}
        got = onnx_reference.answers(onnx_reference.checked_session(self.output), inputs)["probabilities"]
        rows = [{key: item[key] for key in ("id", "title", "image")} for item in items]
        expected = self.predictions("colours", 1, rows)
        numpy.testing.assert_allclose(got, expected, atol=EXACT)
        self.assertGreater(numpy.ptp(expected, axis=0).max(), 0.1, "all pictures have one answer")


if __name__ == "__main__":
    unittest.main()
