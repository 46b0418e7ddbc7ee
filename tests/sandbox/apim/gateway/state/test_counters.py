"""Windows in which calls are counted, and how many of them are kept."""

from auth0_apim_sandbox.apim.gateway.state.counters import Counters, FixedWindow, SlidingWindow


def test_a_sliding_window_forgets_each_call_in_its_own_time():
    window = SlidingWindow(60)
    for now in (0, 50, 50):
        window.add(now, 1)
    assert [(window.used(now), window.renews(now)) for now in (50, 59, 60, 109)] == [
        (3, 60),
        (3, 60),
        (2, 110),
        (2, 110),
    ]
    assert (window.used(110), window.renews(110), window.ends()) == (0, 110, 0.0)


def test_a_fixed_window_forgets_all_calls_at_once():
    window = FixedWindow(60)
    for now in (10, 50):
        window.add(now, 1)
    assert [(window.used(now), window.renews(now)) for now in (50, 69)] == [(2, 70), (2, 70)]
    assert window.used(70) == 0
    window.add(75, 1)
    assert (window.used(134), window.ends()) == (1, 135)


def test_a_window_of_no_seconds_never_ends():
    window = FixedWindow(0)
    window.add(0, 1)
    assert (window.used(1e12), window.ends()) == (1, float("inf"))


def _counted(counters, number, now):
    counters.window("policy", str(number), lambda: SlidingWindow(10)).add(now, 1)


def test_ever_new_keys_do_not_cost_a_look_at_all_the_others_each():
    looks = []
    counters = Counters(lambda: looks.append(1) or 0.0)
    for number in range(25_000):
        _counted(counters, number, 0.0)
    assert (len(counters), len(looks)) == (25_000, 2)


def test_windows_that_have_ended_are_forgotten():
    now = [0.0]
    counters = Counters(lambda: now[0])
    for number in range(25_000):
        now[0] = number / 100
        _counted(counters, number, now[0])
    assert len(counters) <= 11_000


def test_a_clock_that_is_set_back_delays_nobody_longer_than_a_window():
    sliding, fixed = SlidingWindow(60), FixedWindow(60)
    for window in (sliding, fixed):
        window.add(86400, 1)
        assert (window.used(0), window.renews(0)) == (1, 60)
        assert window.used(59) == 1
        assert window.used(60) == 0
