"""PURE: what `make run` is told by its environment and by .env, checked, with one clear line for what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from ops.failures import OpsFailure

DEMO_PASSWORD = "xunfang-demo"  # noqa: S105 - printed on purpose, invented people only
# Name, who it is in English and in Chinese; the accounts that seed_demo makes.
DEMO_ACCOUNTS = [
    ("officer", "officer of a police station", "派出所民警"),
    ("lead", "lead of the same station", "同一派出所所长"),
    ("neighbour", "officer of another station", "另一派出所民警"),
    ("analyst", "analyst of the bureau", "市局分析员"),
    ("administrator", "system administrator", "系统管理员"),
]
# What ops.prepare ends with when the database holds these accounts, so that they are named only where they work.
READY_WITH_DEMO = 10


@dataclass(frozen=True)
class RunSettings:
    """Where the web server listens, and whether an empty database gets the demo story."""

    host: str
    port: int
    web_workers: int
    seeds_demo: bool

    @property
    def address(self) -> str:
        """The address to open; "every interface" (0.0.0.0) is no address, so this machine's own stands for it."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def with_env_file(environment: Mapping[str, str], text: str) -> dict[str, str]:
    """Return `environment` completed by the NAME=value lines of a .env file; what is set already wins."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#") and "=" in line)
    from_file = {name.strip(): _unquoted(value.strip()) for name, _, value in pairs if value.strip()}
    return {**from_file, **{name: value for name, value in environment.items() if value or name not in from_file}}


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def run_settings(environment: Mapping[str, str]) -> RunSettings:
    """Return the settings of `make run`; an unreadable one is one line that names it."""
    return RunSettings(
        host=environment.get("HOST") or "127.0.0.1",
        port=_whole_number(environment, "PORT", 8000, 1, 65535),
        web_workers=_whole_number(environment, "WEB_WORKERS", 2, 1, 64),
        seeds_demo=(environment.get("XUNFANG_DEMO") or "yes").lower() not in {"no", "0", "false", "off"},
    )


def _whole_number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise OpsFailure(f"{name}={text!r} is not a whole number between {least} and {most}.")
    return int(text)


def welcome(settings: RunSettings, log: str, password: str | None, *, demo: bool) -> str:
    """Return what the terminal says once everything is up; a password of one's own is not repeated there."""
    lines = ["", f"  巡访 Xunfang · 已启动 running      {settings.address}", ""]
    if demo:
        shown = "as set in XUNFANG_DEMO_PASSWORD" if password else DEMO_PASSWORD
        lines += [f"  演示账号 demo accounts · 密码 password: {shown}"]
        lines += [f"    {name:<15}{english:<30}{chinese}" for name, english, chinese in DEMO_ACCOUNTS] + [""]
    return "\n".join([*lines, f"  日志 logs: {log}", "  停止 stop: Ctrl-C", ""])
