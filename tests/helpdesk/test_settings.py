"""Settings: one table, in the code and in the documentation."""

from pathlib import Path

from helpdesk.settings import Settings, read_settings, settings_table

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_documentation_shows_the_table_that_holds() -> None:
    assert settings_table() in PAGE.read_text(encoding="utf-8")


def test_nothing_given_is_the_defaults() -> None:
    assert read_settings({}) == Settings()


def test_an_environment_gives_every_kind_of_setting() -> None:
    read = read_settings({"OKIENKO_PORT": "80", "OKIENKO_DEMO": "Yes", "OKIENKO_SMTP_TLS": "0", "OKIENKO_HOST": "::1",
                          "OTHER_PORT": "1"})

    assert (read.port, read.demo, read.smtp_tls, read.host) == (80, True, False, "::1")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "okienko.toml"
    file.write_text('address = "https://pomoc.example.gov.pl"\nfile_megabytes = 25\ndemo = false\n', encoding="utf-8")

    read = read_settings({"OKIENKO_SETTINGS": str(file), "OKIENKO_FILE_NUMBER": "3"})

    assert (read.address, read.limits.size, read.limits.number) == ("https://pomoc.example.gov.pl", 25 * 1024 * 1024, 3)
