"""Photos: made anew, closed with the resident's key, and shown to them alone."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from PIL import Image
from sqlalchemy import text

from album import MOST_BODY
from album.images import rewritten
from kernel.clock import move
from kernel.decider import Refused
from tests.intake.residents import FORM_PAGE, SAID, filled, issue_of, key_in
from tests.journeys.web import Web, form_of

WHERE = "GPS: 36.0611 N"


def picture(size: tuple[int, int] = (3000, 1000), kind: str = "JPEG", colour: str = "red") -> bytes:
    """As a phone makes it: lying on its side, and telling where it was taken."""
    image, out = Image.new("RGB", size, colour), BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, WHERE
    image.save(out, kind, exif=exif) if kind == "JPEG" else image.save(out, kind)
    return out.getvalue()


def test_a_photo_is_made_anew_upright_and_small() -> None:
    raw = picture()
    assert WHERE.encode() in raw
    made = rewritten(raw)
    with Image.open(BytesIO(made)) as image:
        assert (image.format, image.size) == ("JPEG", (533, 1600))
        assert not image.getexif()
    assert WHERE.encode() not in made


def test_the_same_photo_is_made_the_same_again() -> None:
    assert rewritten(picture()) == rewritten(picture())


def test_what_is_seen_through_becomes_white() -> None:
    image, out = Image.new("RGBA", (10, 10), (0, 0, 0, 0)), BytesIO()
    image.save(out, "PNG")
    with Image.open(BytesIO(rewritten(out.getvalue()))) as shown:
        assert shown.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("raw", [b"", b"%PDF-1.7 not a photo", picture()[:500]])
def test_what_is_no_photo_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match="not-a-photo"):
        rewritten(raw)


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused() -> None:
    out = BytesIO()
    Image.new("1", (8000, 7000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Refused, match="not-a-photo"):
        rewritten(out.getvalue())


def files(*raws: bytes) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("photos", (f"{n}.jpg", raw, "image/jpeg")) for n, raw in enumerate(raws)]


def as_it_stands(answer: Response, **changed: Any) -> dict[str, Any]:
    """What a browser would send again, all that was ticked included."""
    return {**form_of(answer, FORM_PAGE), "consents[]": SAID["consents[]"], **changed}


PHOTOS = text("select count(*) as n from intake.photo where form = issue")


async def kept(web: Web) -> int:
    return int((await web.houses["intake"].running.db.one(PHOTOS)).n)


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.connected
async def test_a_photo_rests_closed_and_opens_for_who_has_the_secret(
    web: Web, tmp_path: Path
) -> None:
    form = await filled(web)
    sent = await web.send(FORM_PAGE, form, files=files(picture(), picture(colour="blue")))
    assert sent.status_code == 303, sent.text
    again = await web.send(FORM_PAGE, form, files=files(picture(), picture(colour="blue")))
    assert again.headers["location"] == sent.headers["location"]
    track = sent.headers["location"].removesuffix("/receipt")
    assert len(on_disk(tmp_path)) == 2
    for path in on_disk(tmp_path):
        assert not path.read_bytes().startswith(b"\xff\xd8")
    page = await web.page(track, k=key_in(sent))
    photo = page.text.partition(f'href="{track}/photo/')[2].partition('"')[0]
    shown = await web.page(f"{track}/photo/{photo}", k=key_in(sent))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.content.startswith(b"\xff\xd8")
    web.client.cookies.clear()
    assert (await web.page(f"{track}/photo/{photo}")).status_code == 403
    other = await web.page(f"{track}/photo/{await issue_of(web, track[3:])}", k=key_in(sent))
    assert other.status_code == 404


@pytest.mark.connected
async def test_a_large_photo_and_a_pdf_get_their_words_and_the_rest_stays(web: Web) -> None:
    large = picture() + b"\0" * 11 * 1024 * 1024
    form = await filled(web)
    answer = await web.send(FORM_PAGE, form, files=files(picture(), large))
    assert answer.status_code == 422
    assert "第2张照片超过10MB" in answer.text
    assert "已经收到 1 张照片" in answer.text
    assert form_of(answer, FORM_PAGE)["matter"] == SAID["matter"]
    answer = await web.send(FORM_PAGE, as_it_stands(answer), files=files(b"%PDF-1.7"))
    assert answer.status_code == 422
    assert "第1个文件不是照片" in answer.text
    assert '<a href="#photos">' in answer.text
    sent = await web.send(FORM_PAGE, as_it_stands(answer))
    track = await web.page(sent.headers["location"].removesuffix("/receipt"), k=key_in(sent))
    assert track.text.count("/photo/") == 1


@pytest.mark.connected
async def test_a_photo_that_was_kept_can_be_left_out_and_ten_are_too_many(web: Web) -> None:
    form = await filled(web, name="")
    many = files(*(picture((20, 20), colour=f"#{25 * n:02x}0000") for n in range(9)))
    answer = await web.send(FORM_PAGE, form, files=many)
    assert "已经收到 9 张照片" in answer.text
    named = as_it_stands(answer, name="李建国")
    answer = await web.send(FORM_PAGE, named, files=files(picture()))
    assert answer.status_code == 422
    assert "照片最多9张。" in answer.text
    drop = answer.text.partition('name="drop[]" value="')[2].partition('"')[0]
    left = await web.send(FORM_PAGE, as_it_stands(answer, **{"drop[]": [drop]}))
    assert left.status_code == 303, left.text
    assert await kept(web) == 9


@pytest.mark.connected
async def test_a_photo_of_a_matter_that_was_raised_stays(web: Web, tmp_path: Path) -> None:
    form = await filled(web, name="")
    answer = await web.send(FORM_PAGE, form, files=files(picture()))
    drop = answer.text.partition('name="drop[]" value="')[2].partition('"')[0]
    named = as_it_stands(answer, name="李建国")
    sent = await web.send(FORM_PAGE, named)
    again = await web.send(FORM_PAGE, {**named, "drop[]": [drop]})
    assert again.headers["location"] == sent.headers["location"]
    assert (await kept(web), len(on_disk(tmp_path))) == (1, 1)


@pytest.mark.connected
async def test_photos_that_nobody_sent_to_the_end_are_gone_after_a_day(
    web: Web, tmp_path: Path
) -> None:
    await web.send(FORM_PAGE, await filled(web, name=""), files=files(picture()))
    assert (await kept(web), len(on_disk(tmp_path))) == (1, 1)
    await move(web.houses["intake"].running.db, timedelta(hours=26))
    await web.send(FORM_PAGE, await filled(web), files=files(picture(colour="blue")))
    assert (await kept(web), len(on_disk(tmp_path))) == (1, 1)


@pytest.mark.connected
async def test_a_body_that_no_form_can_have_is_refused_unread(web: Web) -> None:
    headers = {**await web.browser(None, {}), "Content-Length": str(MOST_BODY + 1)}
    answer = await web.client.post(FORM_PAGE, content=b"x", headers=headers)
    assert answer.status_code == 413
