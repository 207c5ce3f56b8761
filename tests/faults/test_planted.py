"""The list of faults fits the code: each can be planted, and its tests exist."""

from pathlib import Path

import pytest

from tests.faults.planted import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_can_be_planted(fault: Fault) -> None:
    source = (ROOT / "marketplace" / fault.path).read_text(encoding="utf-8")
    assert source.count(fault.old) == 1, f"{fault.path} changed: move the fault along in tests/faults/planted.py"
    assert fault.new != fault.old, f"a fault must change something: {fault.name}"
    assert all((ROOT / path.partition("::")[0]).exists() for path in fault.tests.split()), fault.tests


def test_there_are_sixty_faults_over_all_features() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 60, (
        "give every fault a name of its own, and keep at least 60 of them"
    )
    features = {path.name for path in (ROOT / "marketplace").iterdir() if (path / "models.py").exists()}
    planted = {fault.path.partition("/")[0] for fault in FAULTS}
    assert not features - planted - {"mail", "pages", "semantic"}, "plant a fault in each feature"
