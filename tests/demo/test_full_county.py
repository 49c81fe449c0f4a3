def test_x(full):
    assert full > 380
