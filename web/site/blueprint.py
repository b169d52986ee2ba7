"""The customers' blueprint; the modules beside this one add its views."""

from __future__ import annotations

from flask import Blueprint

site = Blueprint("site", __name__)
