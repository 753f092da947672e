"""A servicer per service of the contract: translate, call, translate. No decisions, no try/except.

The methods are plain functions that the pipeline runs in a thread of the pool; `context` is a `server.rpc.call.Call`.
"""
