from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import Invalid
from wenqu import config_file, serving
from wenqu.config import Config


def load(text: str, tmp_path: Path, environ: dict[str, str] | None = None) -> Config:
    path = tmp_path / "wenqu.toml"
    path.write_text(text, encoding="utf-8")
    return config_file.load(path, environ or {})


def test_defaults_run_on_a_laptop(tmp_path: Path) -> None:
    config = load("", tmp_path)
    assert config.host == "127.0.0.1"
    assert config.url.startswith("sqlite:///")


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    config = load("port = 9000\n", tmp_path, {"WENQU_PORT": "9001", "HOME": "/"})
    assert config.port == 9001


def test_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("geheim\n")
    config = load("", tmp_path, {"WENQU_SMTP_PASSWORD_FILE": str(tmp_path / "smtp")})
    assert config.smtp_password == "geheim"
    assert "geheim" not in repr(config)


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("prot = 1\n", "config_unknown", "prot"),
        ("port = 'x'\n", "config_value", "port"),
        ("port = true\n", "config_value", "port"),
        ("port = 70000\n", "config_value", "port"),
        ("engine = 'lucene'\n", "config_choice", "engine"),
        ("timezone = 'Mars/Base'\n", "config_value", "timezone"),
        ("lmtp_listen = 'nowhere'\n", "config_value", "lmtp_listen"),
        ("log_json = 'maybe'\n", "config_value", "log_json"),
        ("alarm_webhook = 'qyapi.weixin.qq.com/x'\n", "config_value", "alarm_webhook"),
        ("[[mailbox]]\nhost = 'x'\n", "config_value", "mailbox.address"),
        ("[[mailbox]]\naddress='a@b'\nhost='x'\ntls='ssl'\n", "config_choice", "mailbox.tls"),
    ],
)
def test_wrong_values_stop_the_start(text: str, code: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(text, tmp_path)
    assert (caught.value.code, caught.value.params["key"]) == (code, key)


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load("port = \n", tmp_path)
    assert caught.value.code == "config_syntax"


def test_missing_file_that_was_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        config_file.load(tmp_path / "none.toml", {})
    assert caught.value.code == "config_missing"


def test_mailboxes(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("code")
    text = f"[[mailbox]]\naddress='a@b.cn'\nhost='imap.b.cn'\npassword_file='{tmp_path / 'p'}'\n"
    (box,) = load(text, tmp_path).mailboxes
    assert (box.port, box.password) == (993, "code")


def test_web_processes_read_the_same_configuration(tmp_path: Path) -> None:
    config = load("trusted_hosts = ['a.cn', 'b.cn']\ncookie_secure = false\n", tmp_path)
    again = config_file.load(tmp_path / "wenqu.toml", serving.environment(config))
    assert again == config
