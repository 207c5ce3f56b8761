"""`search-eval` measures what it says, with the site's own analysis."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from marketplace.browse.cli import search_eval
from marketplace.browse.evaluation import run

TEXTS = {
    "a": "Máy lọc nước biển thành nước ngọt cho đảo xa",
    "b": "Phần mềm quản lý bệnh viện và hồ sơ bệnh án",
    "c": "Bơm nước dùng năng lượng mặt trời cho hợp tác xã",
}
QUESTIONS = {
    "1": ("lọc nước biển", "a"),
    "2": ("hồ sơ bệnh án ở đâu", "b"),
    "3": ("bơm cho nông dân", "c"),
    "4": ("không có trả lời", ""),
}


@pytest.fixture
def folder(tmp_path):
    def lines(name, rows):
        (tmp_path / name).write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")

    lines("corpus.jsonl", [{"_id": key, "title": "", "text": text} for key, text in TEXTS.items()])
    lines("queries.jsonl", [{"_id": key, "text": text} for key, (text, _) in QUESTIONS.items()])
    rows = [f"{key}\t{answer}\t1" for key, (_, answer) in QUESTIONS.items() if answer]
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("fold", [False, True])
def test_a_perfect_run(folder, fold):
    result = run(folder, fold_queries=fold)
    assert (result.queries, result.p_at_1, result.recall_at_10, result.ndcg_at_10) == (3, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    "labels",
    [
        "query-id\tcorpus-id\tscore\n1\ta\t1.0\n2\tb\t1\n3\tc\t2.0\n",
        "\ufeffquery-id\tcorpus-id\tscore\r\n1\ta\t1\r\n2\tb\t1\r\n3\tc\t1\r\n\r\n",
        "score\tcorpus-id\tquery-id\n1\ta\t1\n1\tb\t2\n1\tc\t3\n",
        "1\ta\t1\n2\tb\t1\n3\tc\t1\n1\tb\t0\n",
        "1\t0\ta\t1\n2\t0\tb\t1\n3\t0\tc\t1\n3\t0\tb\t-1\n",
        "1 0 a 1\n2 Q0 b 1\n3 0 c 1",
        "qid\tdocid\trel\n1\ta\t1\n2\tb\t1\n3\tc\t1\n",
    ],
    ids=["fractions", "windows", "other order", "no header", "TREC", "TREC, spaces", "unknown header"],
)
def test_labels_may_be_written_in_other_ways(folder, labels):
    (folder / "qrels.tsv").write_bytes(labels.encode())
    result = run(folder)
    assert (result.queries, result.p_at_1, result.recall_at_10, result.ndcg_at_10) == (3, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("line", ["1\ta", "1\ta\thigh", "1\ta\tnan", "1\t0\ta\t1\t1"])
def test_a_label_that_says_nothing_is_named(folder, line):
    with (folder / "qrels.tsv").open("a") as labels:
        labels.write(line + "\n")
    outcome = CliRunner().invoke(search_eval, [str(folder)])
    assert outcome.exit_code == 1 and "qrels.tsv, line 5" in outcome.output


def test_questions_in_another_language_need_meaning(folder, tmp_path):
    english = {"1": "desalination of sea water", "2": "patient records software", "3": "farmers irrigate by sun"}
    other = tmp_path / "english"
    other.mkdir()
    rows = [json.dumps({"_id": key, "text": text}) for key, text in english.items()]
    (other / "queries.jsonl").write_text("\n".join(rows))
    for name in ("corpus.jsonl", "qrels.tsv"):
        (other / name).write_bytes((folder / name).read_bytes())

    class Knowing:
        name = "knowing"

        def passage(self, text):
            return np.eye(3, dtype=np.float32)[list(TEXTS.values()).index(text)]

        def query(self, text):
            return np.eye(3, dtype=np.float32)[list(english.values()).index(text)]

    assert run(folder, questions=other).p_at_1 < 1.0
    assert run(folder, questions=other, embedder=Knowing()).p_at_1 == 1.0


def test_the_limit_and_the_printed_line(folder):
    outcome = CliRunner().invoke(search_eval, [str(folder), "--limit", "1", "--fold-queries"])
    assert outcome.exit_code == 0
    assert re.fullmatch(r"P@1=1\.000 R@10=1\.000 nDCG@10=1\.000 p50_ms=[\d.]+ p95_ms=[\d.]+\n", outcome.output)


def test_a_folder_that_is_no_labelled_set_is_refused_clearly(tmp_path):
    outcome = CliRunner().invoke(search_eval, [str(tmp_path)])
    assert outcome.exit_code == 1
    assert "corpus.jsonl" in outcome.output
