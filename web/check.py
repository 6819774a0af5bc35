"""The check of process packages: every thing that does not fit, with file and element."""

from pathlib import Path

from flask import Flask

from engine.packages import built_in_folder, built_in_forms, read_package
from engine.versions import PackageRefused, check_process
from web.edge import NoRule, demand_rules
from web.pages import ALL


def check_routes() -> list[str]:
    """A line for the routes that do not name their rule, if there are any."""
    app = Flask(__name__)
    for blueprint in ALL:
        app.register_blueprint(blueprint)
    try:
        demand_rules(app)
    except NoRule as error:
        return [str(error)]
    return []


def check_package(folder: Path | None) -> list[str]:
    """A line for each finding in a package folder, or in the built-in package. Raises BadPackage."""
    package = read_package(folder) if folder else read_package(built_in_folder(), built_in_forms())
    lines: list[str] = []
    teams = frozenset(package.teams)
    for content in package.processes:
        try:
            check_process(content, teams)
        except PackageRefused as refused:
            lines += [f"{one.file}:{one.line}: {one.element}: {one.sentence('en')} [{one.rule}]"
                      for one in refused.findings]
            lines += [f"forms/{form}.json: {one.component}: {one.en} [{one.rule}]" for form, one in refused.sheets]
    used = {form for content in package.processes for form in content.forms}
    lines += [f"forms/{form}.json: {form}: No user task or start event uses this form. [form_unused]"
              for form in sorted(set(package.forms) - used)]
    return sorted(set(lines))
