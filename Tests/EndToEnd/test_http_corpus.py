"""IN-00, IN-01: requests that servers read wrongly, too large or too slow, sent to both services, each asked directly and
behind the sample proxy."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from latchkey.clients import Client
from latchkey.corpus import CorpusCase, RequestCorpus
from latchkey.files import replace_text
from latchkey.installation import Installation
from latchkey.process import ServiceProcess
from latchkey.rawhttp import Endpoint, dribble, exchange, statuses
from latchkey.reverse_proxy import ReverseProxy

SERVICES = ["auth", "helpdesk"]
SOURCES = {"auth": "127.0.0.11", "helpdesk": "127.0.0.12"}  # the proxy counts requests by address
# What a service says to what the corpus lets through: the operation in its log, and the status.
END = ("getOpenAPI", 400)
SERVED = {
    "GET <path> |": ("getOpenAPI", 200), "GET <path> a=b&c= |": ("getOpenAPI", 400),
    "POST <action> |hello": ("createSession", 400), "POST <action> |": ("createSession", 400),
}
REFUSALS = [*range(400, 500), 501, 505]
HEAD_SECONDS, BODY_SECONDS, PROXY_BODY_SECONDS = 5, 60, 30


class Front:
    """Both services, and the sample proxy in front of them."""

    def __init__(self, installation: Installation, folder: Path, prefix: list[str]):
        self.installation = installation
        for name in SERVICES:
            replace_text(installation.folder / f"{name}.json5", r"(?<=listen: \{)", " behindProxy: true,")
            self.service(name).prefix = prefix
        self.proxy = ReverseProxy(installation, folder)
        self.proxy.prefix = prefix

    def start(self) -> "Front":
        self.installation.start()
        self.proxy.start()
        return self

    def stop(self) -> None:
        self.proxy.stop()
        self.installation.auth.kill()
        self.installation.helpdesk.kill()

    def service(self, name: str) -> ServiceProcess:
        return getattr(self.installation, name)

    def direct(self, name: str) -> Endpoint:
        return self.service(name).port, None, name

    def assert_healthy(self) -> None:
        for name in SERVICES:
            service = self.service(name)
            assert service.is_running, service.log_tail()
            for call in (Client(service.url).health, Client(service.url).ready):
                call().expect(200)
            assert "unexpected_error" not in service.log_text()


class AccessLog:
    """What a service writes of the requests that reach its router from now on."""

    def __init__(self, service: ServiceProcess):
        self._file = service.log
        self._start = service.log.stat().st_size

    def served(self) -> list[tuple[str, int]]:
        """Operation and status of each; a line is written before its answer is sent."""
        lines = self._file.read_bytes()[self._start:].splitlines()
        events = [json.loads(line) for line in lines if b'"http.request"' in line]
        return [(event["operation"], event["status"]) for event in events]


def corpus_for(name: str) -> RequestCorpus:
    return RequestCorpus(
        host=f"{name}.example.org", path="/openapi.json", action="/v1/sessions", type="application/json")


@pytest.fixture(scope="module")
def front(golden: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("front")
    own = Front(Installation(golden.programs, folder / "latchkey").copied_from(golden), folder / "proxy", [])
    try:
        yield own.start()
    finally:
        own.stop()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_reads_no_request_in_two_ways(front: Front, name: str):
    """IN-00, IN-01"""
    corpus, wrong = corpus_for(name), {}
    for case in corpus.cases:
        log = AccessLog(front.service(name))
        request = corpus.text(case.bytes + "<end>")
        answered = statuses(exchange(front.direct(name), SOURCES[name], request))
        meant = [SERVED[meaning] for meaning in case.meanings] + [END] if case.is_legal else []
        expected = [status for _, status in meant] if case.is_legal else [case.status] if case.status else []
        if (answered, log.served()) != (expected, meant):
            wrong[case.name] = (answered, log.served())
    assert wrong == {}
    front.assert_healthy()


@pytest.mark.parametrize("name", SERVICES)
def test_no_request_becomes_another_one_behind_the_proxy(front: Front, name: str):
    """IN-00, IN-01"""
    corpus, wrong = corpus_for(name), {}
    for case in corpus.cases:
        log = AccessLog(front.service(name))
        request = corpus.text(case.bytes + "<end>")
        answered = statuses(exchange(front.proxy.endpoint(name), SOURCES[name], request))
        if not is_right_behind_proxy(case, answered, log.served()):
            wrong[case.name] = (answered, log.served())
    assert wrong == {}
    assert "client sent" in front.proxy.errors
    front.assert_healthy()


def is_right_behind_proxy(case: CorpusCase, answered: list[int], served: list[tuple[str, int]]) -> bool:
    """Whether what reached the service is what the request can only mean, or nothing; the proxy may go on after it."""
    meant = [SERVED[meaning] for meaning in case.meanings]
    if case.is_legal:
        return served == meant + [END] and answered == [status for _, status in served]
    if served in ([], [END]):
        return answered == [] or answered[0] in REFUSALS
    return served in (meant, meant + [END])


@pytest.mark.parametrize("speed", [10, pytest.param(1, marks=pytest.mark.deep)])
def test_slow_requests_are_cut_at_their_deadlines(golden: Installation, tmp_path: Path, speed: int):
    """IN-00: with the clocks of all three programs going faster, so that a minute takes seconds."""
    faster = ["faketime", "-f", f"+0 x{speed}", "setpriv", "--pdeathsig", "KILL"] if speed > 1 else []
    own = Front(Installation(golden.programs, tmp_path / "latchkey").copied_from(golden), tmp_path / "proxy", faster)
    try:
        own.start()
        logs = {name: AccessLog(own.service(name)) for name in SERVICES}
        with ThreadPoolExecutor(32) as threads:
            running = [(threads.submit(dribble, *arguments, every), least / speed, what)
                       for name in SERVICES for what, arguments, every, least in slow_requests(own, name, speed)]
            took = [(what, future.result(), least) for future, least, what in running]
        late = 1.5 + 15 / speed  # the reaper looks every half a second, and the machine is busy
        assert [each for each in took if not each[1] or not each[2] * 0.9 <= each[1] <= each[2] + late] == []
        for name in SERVICES:
            assert logs[name].served() == [("getOpenAPI", 200)] * 2, name
        own.assert_healthy()
    finally:
        own.stop()


def slow_requests(front: Front, name: str, speed: int) -> Iterator[tuple[str, tuple, float, int]]:
    """What is sent slowly, where, with which pause between two bytes, and after how many seconds it is cut."""
    corpus, limit = corpus_for(name), 90 / speed + 10
    heads = ["", "GET /o", "<get>X: ", "<get>\r\nGET /s"]
    body = "<post>Content-Length: 60000\r\n\r\n"
    for place, endpoint in (("direct", front.direct(name)), ("proxy", front.proxy.endpoint(name))):
        for text in heads:
            arguments = (endpoint, SOURCES[name], corpus.text(text), limit)
            yield f"{name} {place} {text!r}", arguments, 0.05, HEAD_SECONDS
    yield f"{name} body", (front.direct(name), SOURCES[name], corpus.text(body), limit), 0.1, BODY_SECONDS
    # The proxy waits this long for the next byte of a body, and the service sees nothing of it meanwhile.
    arguments = (front.proxy.endpoint(name), SOURCES[name], corpus.text(body), limit)
    yield f"{name} silent body", arguments, limit, PROXY_BODY_SECONDS
