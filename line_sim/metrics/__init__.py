"""Prometheus metrics of a running line: counted as it runs, told when somebody asks.

Each step of the line costs a few additions; the page is made in the thread that answers the scrape.
prometheus_client is imported only where a page is served.
"""
