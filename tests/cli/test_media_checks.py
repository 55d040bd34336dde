"""The doctor tries what every picture goes through, and says what stands in the way."""

from pathlib import Path

from pydantic import SecretStr

from sokoni.cli.findings import Finding, Weight
from sokoni.cli.media_checks import media_findings
from sokoni.config import Environment, Settings
from sokoni.testing.fake_s3 import fake_s3


def wrongs(findings: list[Finding]) -> list[str]:
    return [finding.text for finding in findings if finding.weight is Weight.WRONG]


async def test_folder_that_is_not_there_yet_is_made_when_it_is_needed(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"

    findings = await media_findings(Settings(media_dir=folder))

    assert wrongs(findings) == []
    assert f"Files are kept in {folder}." in [finding.text for finding in findings]
    assert not folder.parent.exists()


async def test_folder_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    findings = await media_findings(Settings(media_dir=tmp_path / "file" / "media"))

    assert wrongs(findings) == [
        f"Files cannot be kept in {tmp_path}/file/media: {tmp_path}/file takes none."
    ]


async def test_bucket_is_tried_and_left_empty() -> None:
    async with fake_s3() as bucket:
        settings = Settings(
            media_bucket_url=bucket.url,
            media_bucket_region="af-south-1",
            media_bucket_key_id="fake-access",
            media_bucket_secret=SecretStr("fake-secret"),
        )

        assert wrongs(await media_findings(settings)) == []
        assert bucket.objects == {}

        bucket.away = True
        assert wrongs(await media_findings(settings)) == ["The bucket takes no files (PUT 503)."]


async def test_links_that_no_provider_follows_are_named(tmp_path: Path) -> None:
    settings = Settings(
        env=Environment.PRODUCTION, media_base_url="http://files.example", media_dir=tmp_path
    )

    assert wrongs(await media_findings(settings)) == [
        "MEDIA_BASE_URL is http://files.example: providers fetch from https:// alone."
    ]
