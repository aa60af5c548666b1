"""What a confirmation leaves, kept after every step of it: its numbers and its page."""

from line_sim.study.confirm.confirm import Confirmation
from line_sim.study.confirm.files import write_confirmation
from line_sim.study.confirm.page import write_confirm_page


def keep(state: Confirmation) -> None:
    """Write confirm.json anew, and confirm.html from it. Raises RunFileError when that cannot be done."""
    write_confirmation(state)
    write_confirm_page(state.folder)
