"""What pages of the staff load. Readers' pages never name it, and no edition holds it."""

from __future__ import annotations

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from backend.offline.assets import read_assets, staff_script, staff_stylesheet
from backend.offline.templates import environment
from backend.staff.space import Frame


def staff_frame() -> tuple[Frame, ControllerRouterHandler]:
    """The frame of the staff's pages, and the route that serves its files where no edition does.

    Outside /equipe/: no cookie goes along, and browsers may keep them.
    """
    public, css, script = read_assets(), staff_stylesheet(), staff_script()
    files = {asset.url: asset for asset in (public.css, css, script, public.htmx)}

    @get("/assets/{name:str}", include_in_schema=False)
    async def staff_asset(name: FromPath[str]) -> Response[bytes]:
        asset = files.get(f"/assets/{name}")
        if asset is None:
            raise NotFoundException
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(asset.body, media_type=asset.type, headers=headers)

    return Frame(environment(), public.css.url, css.url, script.url, public.htmx.url), staff_asset
