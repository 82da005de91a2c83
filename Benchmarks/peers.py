"""Removes an attribute from every item of a table, as a script without a journal would: the peers that sparta-journal is compared with.

    peers.py NAME URL TABLE

NAME is boto3 (a pool of threads), boto3-processes (the same on every core) or aiobotocore (128 requests in flight).
"""

import asyncio
import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor

ACCESS = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}


def update(table, item):
    """The request that each peer sends for an item: conditional, so that nobody's change is overwritten."""
    return {
        "TableName": table,
        "Key": {"discordId": item["discordId"]},
        "UpdateExpression": "REMOVE discordUsername",
        "ConditionExpression": "discordUsername = :name",
        "ExpressionAttributeValues": {":name": item["discordUsername"]},
    }


def client(url, connections):
    import boto3
    from botocore.config import Config

    return boto3.client(
        "dynamodb", endpoint_url=url, config=Config(max_pool_connections=connections), **ACCESS
    )


def pages(dynamodb, table):
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        yield page["Items"]


def by_threads(url, table, threads=32):
    dynamodb = client(url, threads)
    with ThreadPoolExecutor(threads) as pool:
        for items in pages(dynamodb, table):
            list(pool.map(lambda item: dynamodb.update_item(**update(table, item)), items))


def part(arguments):
    url, table, items = arguments
    dynamodb = client(url, 16)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: dynamodb.update_item(**update(table, item)), items))


def by_processes(url, table):
    with multiprocessing.Pool() as pool:
        for _ in pool.imap_unordered(part, ((url, table, items) for items in pages(client(url, 1), table))):
            pass


async def by_coroutines(url, table, in_flight=128):
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    async with get_session().create_client(
        "dynamodb", endpoint_url=url, config=AioConfig(max_pool_connections=in_flight), **ACCESS
    ) as dynamodb:
        gate = asyncio.Semaphore(in_flight)

        async def send(item):
            async with gate:
                await dynamodb.update_item(**update(table, item))

        async for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            await asyncio.gather(*(send(item) for item in page["Items"]))


if __name__ == "__main__":
    name, url, table = sys.argv[1:]
    if name == "aiobotocore":
        asyncio.run(by_coroutines(url, table))
    elif name == "boto3-processes":
        by_processes(url, table)
    else:
        by_threads(url, table)
