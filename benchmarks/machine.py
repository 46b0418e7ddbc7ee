"""What one core of this machine does by itself: the yardstick for the rows that count requests and tokens a second."""

import time
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from figures import Figure, in_turn, median_figure

_TOKEN = b"." * 400  # about as long as what a token's signature is over


def measure(rounds: int = 5, seconds: float = 1.0) -> Iterator[Figure]:
    """RS256 signatures verified and made in a second of CPU time, with the library that gateway and tenant use."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public, signature = key.public_key(), key.sign(_TOKEN, padding.PKCS1v15(), SHA256())
    rates = in_turn(
        rounds,
        verified=lambda: _rate(lambda: public.verify(signature, _TOKEN, padding.PKCS1v15(), SHA256()), seconds),
        made=lambda: _rate(lambda: key.sign(_TOKEN, padding.PKCS1v15(), SHA256()), seconds),
    )
    yield median_figure("this machine, one core: RS256 signatures verified, nothing else", rates["verified"], "/s")
    yield median_figure("this machine, one core: RS256 signatures made, nothing else", rates["made"], "/s")


def _rate(step: Callable[[], object], seconds: float) -> float:
    done, used, ends = 0, time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < ends:
        step()
        done += 1
    return done / (time.process_time() - used)
