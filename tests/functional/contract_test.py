"""The commands, files and JSON that users rely on, on the real program."""
import csv
import io
import json
import os
import shutil
import unittest

from program import DATA, WorkspaceTest, question_items, shop_items

TRAIN_KEYS = {"version", "model", "snapshot", "items", "classes", "accuracy", "weighted_f1", "macro_f1", "micro_f1", "jaccard", "any_right",
              "all_right", "coverage", "no_prediction", "expected_calibration_error", "train_seconds", "peak_memory_bytes", "model_bytes"}


class TestTasks(WorkspaceTest):
    def test_F2_tasks_are_made_listed_shown_and_removed(self):
        self.make_task("shop")
        self.assertEqual([task["task"] for task in self.aisle("task", "list", "--json").json["tasks"]], ["shop"])
        shown = self.aisle("task", "show", "shop", "--json").json
        self.assertEqual((shown["kind"], shown["text_fields"], shown["production"]), ("category", ["title", "body"], None))
        self.aisle("task", "create", "shop", "--kind", "tags", "--text", "title", status=1)
        self.aisle("task", "remove", "shop")
        self.aisle("task", "show", "shop", status=1)

    def test_F2_wrong_usage_exits_2_and_says_why(self):
        for words in (["task", "create", "x", "--kind", "colour", "--text", "t"], ["frobnicate"], ["train"], ["task", "create"], [],
                      ["predict", "--task", "x", "--top", "many"]):
            result = self.run_program(*words)
            self.assertEqual(result.status, 2, words)
            self.assertIn("aisle", result.err)
        refused = self.aisle("train", "--json", status=2)
        self.assertEqual(refused.json["error"]["code"], "usage")

    def test_F2_errors_are_json_on_request(self):
        error = self.aisle("task", "show", "none", "--json", status=1).json["error"]
        self.assertEqual(error["code"], "not_found")
        self.assertIn("aisle task create", error["message"])

    def test_F2_a_folder_without_a_workspace_names_init(self):
        result = self.run_program("task", "list", "--workspace", self.folder / "nowhere")
        self.assertEqual(result.status, 1)
        self.assertIn("aisle init", result.err)

    def test_labels_get_names_that_predictions_show(self):
        task = self.trained_task()
        names = self.write("names.csv", "label,name\nshoes,Chaussures\nbooks,Livres\n")
        listed = {row["label"]: row["name"] for row in self.aisle("task", "labels", task, names, "--json").json["labels"]}
        self.assertEqual(listed, {"shoes": "Chaussures", "books": "Livres", "garden": "garden"})
        answer = self.aisle("predict", "--task", task, "--field", "title=running shoes", "--json").json
        self.assertEqual((answer["predictions"][0]["label"], answer["predictions"][0]["name"]), ("shoes", "Chaussures"))


class TestImport(WorkspaceTest):
    def import_file(self, path, *words, status=0):
        return self.aisle("import", "--task", "shop", path, "--json", *words, status=status).json

    def test_D1_importing_twice_changes_nothing(self):
        self.make_task()
        path = self.write_jsonl("items.jsonl", shop_items(50))
        self.assertEqual(self.import_file(path)["added"], 50)
        again = self.import_file(path)
        self.assertEqual((again["added"], again["updated"], again["unchanged"]), (0, 0, 50))

    def test_D6_importing_again_with_certified_certifies(self):
        self.make_task()
        path = self.write_jsonl("items.jsonl", shop_items(20))
        self.import_file(path)
        self.assertEqual(self.import_file(path, "--certified")["certified"], 20)

    def test_D1_other_content_under_the_same_id_updates(self):
        self.make_task()
        self.import_file(self.write_jsonl("a.jsonl", [{"id": "1", "title": "an old title of some length", "label": "x"}]))
        report = self.import_file(self.write_jsonl("b.jsonl", [{"id": "1", "title": "another text altogether here", "label": "x"}]))
        self.assertEqual(report["updated"], 1)

    def test_D2_bad_rows_are_rejected_with_their_place_and_can_be_mended(self):
        self.make_task()
        path = self.write("items.csv", b"id,title,body,label\n1,good shoes,fine,shoes\n2,bad \xff bytes,x,shoes\n3,too,many,cells,here\n1,again,same id,shoes\n4,,,shoes\n")
        rejects = self.folder / "rejects.csv"
        report = self.import_file(path, "--rejects", rejects, status=3)
        self.assertEqual((report["added"], report["rejected"]), (1, 4))
        places = {(problem["kind"], problem["row"]) for problem in report["problems"] if problem["severity"] == "rejected"}
        self.assertEqual(places, {("encoding", 3), ("schema", 4), ("duplicate_id", 5), ("empty", 6)})
        mended = rejects.read_bytes().replace(b"\xff", b"").replace(b"too,many,cells,here", b"too,many,cells")
        rows = list(csv.reader(io.StringIO(mended.decode("utf-8"))))
        self.assertEqual(rows[0], ["id", "title", "body", "label"])
        self.assertEqual(len(rows), 5)
        self.assertEqual(self.import_file(self.write("mended.csv", mended), status=3)["added"], 2)

    def test_D2_strict_imports_nothing_if_anything_is_rejected(self):
        self.make_task()
        path = self.write("items.jsonl", '{"id":"1","title":"good shoes"}\n{"id":"2","title":\n')
        self.assertFalse(self.import_file(path, "--strict", status=3)["stored"])
        self.assertEqual(self.aisle("data", "list", "--task", "shop", "--json").json["items"]["proposal"], 0)

    def test_D2_a_dry_run_stores_nothing(self):
        self.make_task()
        report = self.import_file(self.write_jsonl("items.jsonl", shop_items(9)), "--dry-run")
        self.assertEqual((report["rows"], report["stored"]), (9, False))
        self.assertEqual(self.aisle("data", "list", "--task", "shop", "--json").json["items"]["proposal"], 0)

    def test_D2_exact_duplicates_are_skipped_and_near_ones_share_a_split(self):
        self.make_task()
        text = "a long description of a comfortable pair of running shoes with leather soles and strong laces for every trail in the mountains and the city"
        report = self.import_file(self.write_jsonl("items.jsonl", [{"id": "1", "title": "shoes", "body": text}, {"id": "2", "title": "shoes", "body": text},
                                                                     {"id": "3", "title": "shoes", "body": text + " today"}]), "--certified")
        self.assertEqual((report["added"], report["skipped"], report["by_kind"].get("near_duplicate")), (2, 1, 1))
        exported = self.aisle("data", "export", "--task", "shop").lines
        self.assertEqual(len({item["split"] for item in exported}), 1)

    def test_D3_personal_data_is_masked(self):
        self.make_task()
        report = self.import_file(self.write_jsonl("items.jsonl", [{"id": "1", "title": "sofa", "body": "call 06 12 34 56 78 or mail jean.dupont@example.com today"}]), "--certified")
        body = self.aisle("data", "export", "--task", "shop").lines[0]["body"]
        self.assertNotIn("example.com", body)
        self.assertNotIn("12 34", body)
        self.assertEqual(report["by_kind"]["personal_data"], 1)

    def test_D1_columns_are_mapped_and_a_missing_one_is_explained(self):
        self.make_task()
        path = self.write("items.tsv", "designation\tdescription\tcode\nred shoes\tnice and new\t10\n")
        error = self.import_file(path, status=1)["error"]
        self.assertIn("--map", error["message"])
        report = self.import_file(path, "--map", "designation=title,description=body,code=label", "--certified")
        self.assertEqual((report["added"], report["labels"]), (1, {"10": 1}))

    def test_D1_rakuten_files_are_read_as_they_are(self):
        self.make_task("rakuten", fields="designation,description")
        x = self.write("X_train.csv", ",designation,description,productid,imageid\n0,Livre ancien,,3804725264,1263597046\n1,Piscine,\"Une grande, belle piscine\",436067568,1008141237\n")
        y = self.write("Y_train.csv", ",prdtypecode\n0,10\n1,2583\n")
        report = self.aisle("import", "--task", "rakuten", "--format", "rakuten", "--certified", "--json", x, y).json
        self.assertEqual(report["labels"], {"10": 1, "2583": 1})

    def test_D1_stack_exchange_results_are_read_as_they_are(self):
        self.make_task("questions", kind="tags", fields="Title,Body")
        path = self.write("QueryResults.csv", 'Title,Body,Tags\n"How to sort?","<p>I have a list</p><pre><code>x=[]</code></pre>","<python><list>"\n')
        report = self.aisle("import", "--task", "questions", "--certified", "--json", path).json
        self.assertEqual(report["labels"], {"python": 1, "list": 1})


class TestLifecycle(WorkspaceTest):
    def test_train_without_certified_items_names_certify(self):
        self.make_task()
        self.aisle("import", "--task", "shop", self.write_jsonl("items.jsonl", shop_items(30)))
        result = self.aisle("train", "--task", "shop", status=1)
        self.assertIn("certify", result.err)
        self.aisle("certify", "--task", "shop", "--all")
        self.aisle("train", "--task", "shop")

    def test_certify_and_reject_by_id_are_all_or_nothing(self):
        self.make_task()
        self.aisle("import", "--task", "shop", self.write_jsonl("items.jsonl", shop_items(5)))
        self.aisle("certify", "--task", "shop", "item-0001", "none", status=1)
        self.assertEqual(self.aisle("certify", "--task", "shop", "item-0001", "item-0002", "--json").json["certified"], 2)
        self.assertEqual(self.aisle("reject", "--task", "shop", "item-0003", "--json").json["rejected"], 1)
        self.aisle("certify", "--task", "shop", status=2)

    def test_M1_train_help_lists_every_key_and_an_unknown_one_exits_2(self):
        self.assertIn("--set", self.aisle("train", "--help").out)
        self.trained_task()
        self.assertIn("Keys", self.aisle("train", "--help").out)
        self.aisle("train", "--task", "shop", "--set", "no_such_key=1", status=2)

    def test_M9_train_and_evaluate_answer_the_contract_s_keys(self):
        task = self.trained_task()
        trained = self.aisle("train", "--task", task, "--json", "--quiet").json
        self.assertLessEqual(TRAIN_KEYS, set(trained))
        evaluated = self.aisle("evaluate", "--task", task, "--json", "--report", self.folder / "report.html").json
        self.assertLessEqual(TRAIN_KEYS, set(evaluated))
        self.assertGreater(evaluated["accuracy"], 0.8)
        self.assertEqual(evaluated["snapshot"], 1)
        self.assertIn("<html", (self.folder / "report.html").read_text(encoding="utf-8"))

    def test_M9_robustness_measures_missing_fields_and_typos(self):
        task = self.trained_task()
        self.assertIsNone(self.aisle("evaluate", "--task", task, "--json").json["robustness"])
        report = self.folder / "report.html"
        measured = self.aisle("evaluate", "--task", task, "--robustness", "--report", report, "--json").json
        rows = {row["what"]: row for row in measured["robustness"]}
        self.assertEqual(list(rows), ["title missing", "body missing", "typos in 5 % of the letters"])
        for row in rows.values():
            self.assertEqual(row["items"], measured["items"])
            self.assertLessEqual(row["weighted_f1"], measured["weighted_f1"] + 0.05)
            self.assertGreater(row["weighted_f1"], 0.3)
        self.assertGreater(measured["predict_microseconds_per_item"], 0)
        self.assertEqual(self.aisle("evaluate", "--task", task, "--robustness", "--threads", "1", "--json").json["robustness"], measured["robustness"])
        for text in (report.read_text(encoding="utf-8"), self.aisle("evaluate", "--task", task, "--robustness").out):
            self.assertIn("title missing", text)
            self.assertIn("typos in 5 % of the letters", text)

    def test_M9_robustness_reads_a_file_again_and_refuses_what_is_read_once(self):
        task = self.trained_task(kind="tags")
        path = self.write_jsonl("other.jsonl", question_items(40) + [{"id": "no texts", "label": ["shoes"]}, {"id": "no body", "title": "a novel", "label": ["books"]}])
        measured = self.aisle("evaluate", "--task", task, "--data", path, "--robustness", "--json", status=3).json
        self.assertEqual({row["items"] for row in measured["robustness"]}, {41})
        self.assertTrue(all(row["micro_f1"] <= measured["micro_f1"] + 0.05 for row in measured["robustness"]))
        refused = self.aisle("evaluate", "--task", task, "--data", "-", "--format", "jsonl", "--robustness", "--json", status=2, stdin="").json["error"]
        self.assertIn("give a file", refused["message"])
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        self.aisle("evaluate", "--task", task, "--data", pipe, "--format", "jsonl", "--robustness", status=2)

    def test_M9_an_unknown_label_in_a_file_counts_as_wrong(self):
        task = self.trained_task()
        path = self.write_jsonl("other.jsonl", [{"title": "running shoes", "label": "shoes"}, {"title": "running shoes", "label": "spaceships"}])
        measured = self.aisle("evaluate", "--task", task, "--data", path, "--json").json
        self.assertEqual((measured["items"], measured["accuracy"], measured["snapshot"]), (2, 0.5, None))

    def test_M9_without_a_test_part_measures_are_null_and_evaluate_needs_data(self):
        task = self.make_task()
        items = [{**item, "split": "train"} for item in shop_items(60)]
        self.aisle("import", "--task", task, "--certified", self.write_jsonl("items.jsonl", items))
        self.assertIsNone(self.aisle("train", "--task", task, "--json").json["accuracy"])
        self.assertIn("--data", self.aisle("evaluate", "--task", task, status=1).err)

    def test_M12_the_first_version_serves_and_a_later_one_only_when_better(self):
        task = self.trained_task()
        self.aisle("train", "--task", task, "--threads", "1", "--quiet")
        models = {model["version"]: model["aliases"] for model in self.aisle("models", "list", "--task", task, "--json").json["models"]}
        self.assertEqual(models, {1: ["production"], 2: ["candidate"]})
        refused = self.aisle("models", "promote", "--task", task, "--json", status=4).json
        self.assertFalse(refused["promoted"])
        self.assertTrue(self.aisle("models", "promote", "--task", task, "--force", "--json").json["promoted"])
        self.assertEqual(self.aisle("predict", "--task", task, "--field", "title=seed", "--json").json["version"], 2)
        self.assertEqual(self.aisle("models", "rollback", "--task", task, "--json").json["version"], 1)
        shown = self.aisle("models", "show", "--task", task, "1", "--json").json
        self.assertEqual((shown["snapshot"], shown["run"]), (1, 1))
        self.assertTrue(all(entry["who"] and entry["when"] for entry in shown["promotions"]))
        self.aisle("models", "remove", "--task", task, "1", status=1)
        self.aisle("models", "remove", "--task", task, "2")

    def test_D7_snapshots_are_immutable_and_compared(self):
        task = self.trained_task()
        changed = [{**shop_items(1)[0], "title": "a new title about purple shoes and laces"}, {"id": "new", "title": "poem book of stories", "label": "books"}]
        self.aisle("import", "--task", task, "--certified", self.write_jsonl("changed.jsonl", changed))
        self.aisle("train", "--task", task, "--quiet")
        diff = self.aisle("data", "diff", "--task", task, "1", "2", "--json").json
        self.assertEqual((diff["added"], diff["removed"], diff["changed"]), (["new"], [], ["item-0000"]))
        first = {item["id"]: item["title"] for item in self.aisle("data", "export", "--task", task, "1").lines}
        self.assertEqual(first["item-0000"], shop_items(1)[0]["title"])
        self.assertNotIn("new", first)

    def blobs(self):
        return {path for path in (self.workspace / "blobs").rglob("*") if path.is_file()}

    def test_D7_what_nothing_refers_to_is_deleted(self):
        pictures = [DATA / "pictures" / f"gradient.{kind}" for kind in ("png", "jpg", "webp")]
        self.aisle("task", "create", "pictured", "--kind", "category", "--text", "title,body", "--image", "image")
        for picture in pictures:  # the same item with another picture: the first is in a snapshot, the second nowhere
            first, *others = shop_items()
            shutil.copy(picture, self.folder / picture.name)
            path = self.write_jsonl("items.jsonl", [{**first, "image": picture.name}, *others])
            self.aisle("import", "--task", "pictured", "--certified", path)
            if picture == pictures[0]:
                self.aisle("train", "--task", "pictured")
        self.assertEqual(len(self.blobs()), 4)  # three pictures and a model
        done = self.aisle("data", "gc", "--json").json
        self.assertEqual((done["removed"], done["removed_bytes"], done["kept"]), (1, pictures[1].stat().st_size, 3))
        self.aisle("train", "--task", "pictured", "--seed", "2")
        self.assertEqual(len(self.blobs()), 4)
        self.aisle("models", "remove", "--task", "pictured", "2")
        self.assertEqual(len(self.blobs()), 3)
        self.aisle("predict", "--task", "pictured", "--field", "title=a thing")
        self.aisle("task", "remove", "pictured")
        self.assertEqual(self.blobs(), set())

    def test_M8_one_thread_and_one_seed_give_the_same_model(self):
        task = self.trained_task()
        versions = [self.aisle("train", "--task", task, "--threads", "1", "--seed", "7", "--json", "--quiet").json for _ in range(2)]
        self.assertEqual(versions[0]["archive"], versions[1]["archive"])

    def test_M11_runs_keep_parameters_and_metrics_by_epoch(self):
        task = self.trained_task()
        run = self.aisle("runs", "show", "--task", task, "1", "--json").json
        self.assertEqual((run["state"], run["snapshot"], run["model"]), ("done", 1, "linear"))
        self.assertTrue(run["parameters"] and run["environment"]["code"] and run["epochs"])

    def test_exported_items_import_again_unchanged(self):
        task = self.trained_task()
        exported = self.write("export.jsonl", self.aisle("data", "export", "--task", task).out)
        report = self.aisle("import", "--task", task, exported, "--json").json
        self.assertEqual((report["unchanged"], report["added"], report["updated"]), (240, 0, 0))


class TestPredict(WorkspaceTest):
    def test_M10_one_text_gets_the_contract_s_answer(self):
        task = self.trained_task()
        answer = self.aisle("predict", "--task", task, "--field", "title=leather boots", "--field", "body=for walking", "--top", "2", "--json").json
        self.assertEqual((answer["task"], answer["version"], len(answer["predictions"])), (task, 1, 2))
        first = answer["predictions"][0]
        self.assertEqual((first["label"], first["selected"]), ("shoes", True))
        self.assertFalse(answer["predictions"][1]["selected"])
        self.assertIn(answer["decision"], ("sure", "unsure"))
        self.assertGreater(answer["latency_ms"], 0)

    def test_tags_are_selected_by_their_limits(self):
        task = self.trained_task(kind="tags")
        answer = self.aisle("predict", "--task", task, "--field", "title=red running shoes", "--field", "body=leather sole", "--json").json
        self.assertIn("shoes", [row["label"] for row in answer["predictions"] if row["selected"]])

    def test_P5_a_file_is_answered_in_its_order_and_bad_rows_say_so(self):
        task = self.trained_task()
        lines = [json.dumps({"id": f"n{i}", "title": "flower pot"}) for i in range(500)]
        lines[250] = '{"id": "n250", "title": '
        path = self.write("input.jsonl", "\n".join(lines) + "\n")
        result = self.aisle("predict", "--task", task, "--input", path, "--threads", "2", "--top", "1", status=3)
        self.assertEqual([row.get("id") for row in result.lines if "error" not in row], [f"n{i}" for i in range(500) if i != 250])
        self.assertEqual(result.lines[250]["line"], 251)
        self.assertIn("error", result.lines[250])
        output = self.folder / "answers.jsonl"
        self.aisle("predict", "--task", task, "--input", path, "--output", output, status=3)
        self.assertEqual(len(output.read_text(encoding="utf-8").splitlines()), 500)

    def test_P5_every_row_of_a_long_file_is_answered_however_many_threads_share_it(self):
        task = self.trained_task()
        rows = [{"id": f"n{i}", "title": item["title"], "body": item["body"] + " and more" * 30} for i, item in enumerate(shop_items(40) * 150)]
        path = self.write_jsonl("input.jsonl", rows)
        for threads in ("1", "3"):
            answers = self.aisle("predict", "--task", task, "--input", path, "--threads", threads).lines
            self.assertEqual(len(answers), len(rows))
            for i, answer in enumerate(answers):
                self.assertEqual((answer["id"], answer["predictions"]), (f"n{i}", answers[i % 40]["predictions"]))
                self.assertGreater(answer["predictions"][0]["probability"], 0)

    def test_P5_csv_input_gives_the_same_answers_as_jsonl(self):
        task = self.trained_task()
        rows = [(f"n{i}", item["title"], item["body"]) for i, item in enumerate(shop_items(50))]
        as_csv = self.write("input.csv", "id,title,body\n" + "".join(f'{a},"{b}","{c}"\n' for a, b, c in rows))
        as_jsonl = self.write_jsonl("input.jsonl", [{"id": a, "title": b, "body": c} for a, b, c in rows])
        def strip(result):
            return [{**row, "latency_ms": None} for row in result.lines]
        self.assertEqual(strip(self.aisle("predict", "--task", task, "--input", as_csv)), strip(self.aisle("predict", "--task", task, "--input", as_jsonl)))

    def test_predict_explains_with_words_of_the_text(self):
        task = self.trained_task()
        answer = self.aisle("predict", "--task", task, "--field", "title=leather boots", "--explain", "--json").json
        self.assertIn("boots", json.dumps(answer["explanation"]))
        places = [(word["field"], word["text"]) for word in answer["explanation"]["evidence"]]
        self.assertIn(("title", "leather"), places)
        self.assertEqual(len(places), len(set(places)), "a word is named once a field")

    def test_P4_an_empty_item_is_refused_as_over_http(self):
        task = self.trained_task()
        said = "the item is empty: give at least one of title, body"
        for fields in (["title="], ["title= \t\n", "body="]):
            options = [word for field in fields for word in ("--field", field)]
            self.assertIn(said, self.aisle("predict", "--task", task, *options, status=1).err)
        error = self.aisle("predict", "--task", task, "--field", "title=", "--json", status=1).json["error"]
        self.assertEqual((error["code"], error["message"]), ("invalid_argument", said))

    def test_P5_an_empty_item_of_a_file_is_a_bad_row_with_its_line(self):
        task = self.trained_task()
        rows = [{"id": "a", "title": "boots"}, {"id": "b", "title": " ", "body": ""}, {"id": "c", "body": "flower pot"}]
        for path in (self.write_jsonl("some.jsonl", rows),
                     self.write("some.csv", "id,title,body\na,boots,\nb, ,\nc,,flower pot\n")):
            result = self.aisle("predict", "--task", task, "--input", path, status=3)
            self.assertEqual([row["id"] for row in result.lines], ["a", "b", "c"])
            self.assertEqual(["error" in row for row in result.lines], [False, True, False])
            self.assertEqual(result.lines[1]["line"], 2 if str(path).endswith("jsonl") else 3)
            self.assertIn("the item is empty", json.dumps(result.lines[1]["error"]))

    def test_predict_refuses_fields_that_the_task_has_not(self):
        task = self.trained_task()
        self.assertIn("title", self.aisle("predict", "--task", task, "--field", "titel=boots", status=2).err)
        self.aisle("predict", "--task", task, status=2)

    def test_P4_a_picture_is_taken_where_the_task_has_pictures_and_refused_elsewhere(self):
        task = self.trained_task()
        picture = self.write("a.png", b"\x89PNG")
        self.assertIn("no pictures", self.aisle("predict", "--task", task, "--field", "title=boots", "--image", picture, status=2).err)
        self.aisle("task", "create", "pictured", "--kind", "category", "--text", "title,body", "--image", "image")
        self.aisle("import", "--task", "pictured", "--certified", self.folder / "items.jsonl", "--quiet")
        self.aisle("train", "--task", "pictured", "--quiet")
        result = self.aisle("predict", "--task", "pictured", "--field", "title=boots", "--image", picture, "--json")
        self.assertIn("not used", result.err)
        self.assertEqual(result.json["predictions"][0]["label"], "shoes")

    def test_predict_without_a_model_names_train(self):
        self.make_task()
        self.assertIn("aisle train", self.aisle("predict", "--task", "shop", "--field", "title=x", status=1).err)

    def test_hostile_texts_are_answered(self):
        task = self.trained_task()
        texts = ["", " ", "\u0000x", "<" * 10000, "a" * 900000, "\U0001f600" * 1000, "<b>" * 5000, "&#x0;", "\u202e\u200b\ufeff"]
        path = self.write_jsonl("input.jsonl", [{"id": str(i), "title": text} for i, text in enumerate(texts)])
        result = self.run_program("predict", "--task", task, "--input", path)
        self.assertIn(result.status, (0, 3))
        self.assertEqual(len(result.lines), len(texts))


if __name__ == "__main__":
    unittest.main()
