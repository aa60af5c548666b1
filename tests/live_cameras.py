"""A line that is one camera, whose gateway a test writes."""


def live_camera(gateway: str) -> str:
    """Write a scenario with this gateway, in YAML's flow style."""
    return f"""\
version: 1
name: Live line
run: {{items: 4}}
arrivals: {{every: 50 ms}}
line:
  - inspection: camera
    gateway: {gateway}
review: {{time: 1 s}}
"""
