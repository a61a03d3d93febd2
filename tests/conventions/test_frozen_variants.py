"""Install variants never change once issued: a changed name or icon would be shown beside the old one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from backend.offline.variants import VARIANTS, variant_files
from tests.builders import Server
from tests.chromium import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.markup import parse

# SHA-256 of every file of every variant. A new variant adds lines; no line ever changes or goes.
FROZEN: dict[str, str] = {
    "/i/appui/manifest.webmanifest": "794a1083b378fd2cdc254bd201285e770d971aa522d6be18d74bb243764c8cc6",
    "/i/appui/icone.svg": "660f61ec0e44b3da8ae8d3d78afab952d1a7fbbc05fdfac5f98302b6f54159dc",
    "/i/appui/icone-180.png": "d1791f2638405012ecbae307469585fd05dc5707ce83aa20a3aa06513c864cc5",
    "/i/appui/icone-192.png": "c3f2bddb528a1c64057b4d2b7c27387706f86f9f06fcec34164dec10d288f0d8",
    "/i/appui/icone-512.png": "063171f1e9b4b4944998105b6d02d5721cde603408ed53a25949a5763273e8e1",
    "/i/appui/icone-512-plein.png": "79e7464294d2da378492932597f1aadbd815271ee4a7011505e10658e602a6cd",
    "/i/carnet/manifest.webmanifest": "8624afef1f97d5da6b81f0361929827e75bfe9c12a596f4ed04b52a3195e8a06",
    "/i/carnet/icone.svg": "8c2c917515853af7b313ce0aca4451a9440f636294b8ea84e10f586745ad84dc",
    "/i/carnet/icone-180.png": "d4993b409a35e87786818e0ed26437bb085528faf63a05981a637b50a5d75242",
    "/i/carnet/icone-192.png": "33912528d3260e98c6963e0cbfd1b83a06d1f6df50625ac5932eb2c7163db76e",
    "/i/carnet/icone-512.png": "af4550d9fd6ca9699e79474a00b47ca5580d2fd8e222b0a08434b2ca49a19f73",
    "/i/carnet/icone-512-plein.png": "d666c111a309d7510aebc8794baee61b9e463ce95eb247ea7f8058ab9ede4dcc",
    "/i/lecture/manifest.webmanifest": "40822f2881ba5a15c94169686b15ea7e93b137b223185a137742402a788b161b",
    "/i/lecture/icone.svg": "47ee213b43d36e3ab6b193564d3899a82e466d11f1833aa9aa68abca3aacce4f",
    "/i/lecture/icone-180.png": "bff81b9092004982c6484b6fa0cc2518e4e00d7546dd67842a858bc17bae824f",
    "/i/lecture/icone-192.png": "18012b99a78464d7f6ec7d158b50db8b11494006cc9a02990742f849ded193bc",
    "/i/lecture/icone-512.png": "cf2de2ed2c15abfe28913bd9b89fd448da84e4c45f16e8108e90fbd707577edb",
    "/i/lecture/icone-512-plein.png": "b135f5d94cfdba335b7ff7f484129465790c2294c1ae8234d93470603134d0ae",
    "/i/jardin/manifest.webmanifest": "8fc7d5a3e77edae9ae7f9630fe7e19da48f62e58d3d92bbf7e092d13a855205b",
    "/i/jardin/icone.svg": "0b9cf2ac96ae409cda2291c2171107b9f44c4c660e5b1fa26017f88d6aace37d",
    "/i/jardin/icone-180.png": "22e684d51ec4e8126e9e835fa39fdd26cb979c72bbc7f00456e950bf6ce561a5",
    "/i/jardin/icone-192.png": "a433bb48975310becb6b4d404d7954d96b0c7fdb3778335192b8c4ce8f7c78a3",
    "/i/jardin/icone-512.png": "865a0f0bf61ade205b905633747273974caf8e62adb9ba1ecf89344c1c63b1e8",
    "/i/jardin/icone-512-plein.png": "4d126db9ebd886baedb5611c11155eaa970c8daf77266a9dfa7c72a032711e7e",
}


def test_there_is_a_choice_and_nothing_of_it_has_changed() -> None:
    assert len(VARIANTS) >= 3
    assert {url: hashlib.sha256(body).hexdigest() for url, (body, _) in variant_files().items()} == FROZEN


@pytest.mark.browser
@pytest.mark.parametrize("variant", [VARIANTS[0], VARIANTS[-1]], ids=lambda variant: str(variant.id))
def test_chromium_finds_nothing_against_installing(
    playwright: Playwright, server: Server, tmp_path: Path, variant: object
) -> None:
    base = f"/i/{variant.id}/"  # type: ignore[attr-defined]
    # A profile of its own: Chromium installs nothing from a private window, which contexts are.
    context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
    try:
        page = context.new_page()
        page.goto(server.url + base)
        session = context.new_cdp_session(page)
        assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        manifest = session.send("Page.getAppManifest")
        assert manifest["errors"] == []
        assert manifest["url"] == f"{server.url}{base}manifest.webmanifest"
    finally:
        context.close()


def test_only_the_page_of_a_variant_offers_to_install(server: Server) -> None:
    for path in ("/", "/installer/", "/guides/temoin/"):
        page = parse(server.get(path)[2].decode())
        assert page.having("rel", "manifest") == [], path
    for variant in VARIANTS:
        page = parse(server.get(f"/i/{variant.id}/")[2].decode())
        assert [link["href"] for link in page.having("rel", "manifest")] == [f"/i/{variant.id}/manifest.webmanifest"]
