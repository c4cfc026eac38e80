"""Apache Spark as an engine: its dialect, its sessions, stores that it reads and writes.

Nothing here is imported, and so PySpark is not, unless a command says ``--engine spark``.
"""
