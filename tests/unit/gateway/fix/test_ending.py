"""How a worker ends says why."""

from gateway.fix import ending


def test_every_exit_code_of_a_worker_means_one_thing() -> None:
    codes = [code for name, code in vars(ending).items() if name.startswith("EXIT_")]
    assert len(codes) == 11
    assert len(set(codes)) == len(codes)
